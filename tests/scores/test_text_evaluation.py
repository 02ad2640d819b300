import json
import math

import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.scores.kneser_ney import KneserNeyTrigram
from gan_pipelines.scores.text_evaluation import (
    TextSample,
    language_section,
    quality_diversity_rows,
    text_sections,
)
from gan_pipelines.scores.text_parameters import TextScoringParameters

PARAMETERS = TextScoringParameters()


def random_headlines(count, words=60, seed=0):
    generator = np.random.default_rng(seed)
    return [
        tuple(f"w{word}" for word in generator.integers(0, words, length)) for length in generator.integers(4, 9, count)
    ]


TRAINING = random_headlines(300, seed=1)
HELDOUT = random_headlines(90, seed=2)


def copies(count):
    return TextSample(TRAINING[:count], [True] * count)


def language(model):
    """Of two headlines, the second of which the model does not know."""
    trigram = KneserNeyTrigram([[3], [3, 4]], vocabulary_size=5)
    return language_section(np.log(model), trigram, heldout=[("ab", "cd"), ("q",)], encoded=[[3, 4], [2]])


def test_the_language_section_by_hand():
    section = language([0.25] * 5)
    trigram = 0.8828125 * 0.415625 * 0.840625 * (0.3 * 0.5 * 0.09375) * 0.46875
    assert section == {
        "perplexity": pytest.approx({"model": 4, "trigram": trigram ** (-1 / 5), "uniform": 5}, rel=1e-14),
        "perplexity_reduction": pytest.approx(1 - 4 * trigram ** (1 / 5), rel=1e-13),
        "bits_per_character": pytest.approx(
            {"model": 10 / 7, "trigram": -math.log2(trigram) / 7, "uniform": 5 * math.log2(5) / 7}, rel=1e-14
        ),
        "out_of_vocabulary_rate": pytest.approx(1 / 3),
        "conditions": {
            "heldout_headlines": 2,
            "tokens": 5,
            "characters": 7,
            "vocabulary_size": 5,
            "trigram_discounts": "modified",
        },
    }
    assert language([0.9] * 5)["perplexity_reduction"] > 0 > section["perplexity_reduction"]


def test_an_infinite_perplexity_is_none_in_the_report():
    with np.errstate(divide="ignore"):
        section = language([0.25, 0.25, 0, 0.25, 0.25])
    assert (
        section["perplexity"]["model"]
        is section["bits_per_character"]["model"]
        is section["perplexity_reduction"]
        is None
    )
    json.dumps(section, allow_nan=False)


def test_log_probabilities_of_other_tokens_are_refused():
    with pytest.raises(ValueError, match="There are 4 log probabilities for 5 tokens"):
        language([0.25] * 4)


def test_copies_of_training_headlines_show_beside_held_out_ones():
    sections = text_sections(copies(200), HELDOUT, TRAINING, PARAMETERS)
    assert sections["exact_copy_fraction"] == {"generated": 1, "heldout": 0}
    assert sections["novelty_4"]["generated"] == 0
    assert sections["novelty_4"]["heldout"] > 0.9
    assert sections["longest_copied_span"]["generated"] == 8
    assert sections["mean_copied_span"]["generated"] == sections["mean_words"]["generated"]
    assert sections["eos_rate"] == {"generated": 1, "heldout": 1}
    assert sections["conditions"] == {
        "headlines": 90,
        "low_n": True,
        "training_headlines": 300,
        "self_bleu_headlines": 90,
        "self_bleu_order": 3,
        "seed": 0,
    }


def test_both_sides_have_the_same_number_of_headlines():
    for generated, heldout in ((200, 90), (40, 90)):
        sections = text_sections(copies(generated), HELDOUT[:heldout], TRAINING, PARAMETERS)
        counts = {side: sum(histogram) for side, histogram in sections["length_histogram"].items()}
        assert counts["generated"] == counts["heldout"] == min(generated, heldout)
    few = text_sections(copies(200), HELDOUT, TRAINING, TextScoringParameters(headlines=20))
    assert few["conditions"]["headlines"] == few["conditions"]["self_bleu_headlines"] == 20


def test_which_headlines_are_scored_depends_on_the_seed_alone():
    scores = [text_sections(copies(200), HELDOUT, TRAINING, TextScoringParameters(seed=seed)) for seed in (0, 0, 1)]
    assert scores[0] == scores[1]
    assert scores[0]["distinct_2"] != scores[2]["distinct_2"]


def test_a_model_that_repeats_itself_shows():
    repeated = TextSample([("w1", "w2", "w3", "w1")] * 500, [True, False] * 250)
    sections = text_sections(repeated, random_headlines(600, words=2000), TRAINING, PARAMETERS)
    assert not sections["conditions"]["low_n"]
    assert sections["self_bleu"]["generated"] == 1
    assert sections["self_bleu"]["heldout"] < 0.5
    assert sections["distinct_1"]["generated"] == 3 / 2000
    assert sections["duplicate_fraction"] == {"generated": pytest.approx(499 / 500), "heldout": 0}
    assert sections["eos_rate"] == {"generated": 0.5, "heldout": 1}


def test_flags_stay_with_their_headlines_when_some_are_drawn():
    sample = TextSample(HELDOUT, [len(headline) > 5 for headline in HELDOUT])
    drawn = sample.draw(30, seed=3)
    assert len(drawn.headlines) == 30
    assert drawn.ended == [len(headline) > 5 for headline in drawn.headlines]
    assert sample.draw(90, seed=3) is sample


def test_the_curve_has_a_row_for_each_temperature_and_one_for_people():
    cold = TextSample([("w1", "w2", "w3", "w4")] * 80, [True] * 80)
    warm = TextSample(random_headlines(120, words=2000, seed=5), [False] * 120)
    rows = quality_diversity_rows({1.0: warm, 0.5: cold}, HELDOUT, TRAINING, PARAMETERS)
    assert [row["temperature"] for row in rows] == [0.5, 1.0, None]
    assert {row["headlines"] for row in rows} == {80}
    assert [row["eos_rate"] for row in rows] == [1, 0, 1]
    assert rows[0]["self_bleu"] == 1 > rows[1]["self_bleu"]
    assert rows[0]["distinct_2"] == pytest.approx(3 / 240)
    assert rows[1]["novelty_4"] == 1
    assert [row["exact_copy_fraction"] for row in rows] == [0, 0, 0]


def test_too_few_headlines_are_not_scored():
    refused = text_sections(copies(1), HELDOUT, TRAINING, PARAMETERS)
    assert refused.keys() == {"refused", "conditions"}
    assert quality_diversity_rows({1.0: copies(1)}, HELDOUT, TRAINING, PARAMETERS) == []


def test_headlines_without_words_are_scored():
    sections = text_sections(TextSample([()] * 5, [True] * 5), HELDOUT, TRAINING, PARAMETERS)
    assert sections["distinct_1"]["generated"] == sections["novelty_1"]["generated"] == 0
    assert sections["length_histogram"]["generated"] == [5]


def test_scores_are_json():
    sections = text_sections(copies(50), HELDOUT, TRAINING, PARAMETERS)
    rows = quality_diversity_rows({0.5: copies(50)}, HELDOUT, TRAINING, PARAMETERS)
    section = language([0.25] * 5)
    for report in (sections, rows, section):
        assert json.loads(json.dumps(report, allow_nan=False)) == report


@pytest.mark.parametrize(
    "given",
    [
        {"headlines": 1},
        {"self_bleu_order": 5},
        {"temperatures": [0.0]},
        {"temperatures": "warm"},
        {"temperatures": [1.0, 0.7, 1.0]},
        {"order": 3},
    ],
)
def test_parameters_that_make_no_sense_are_refused(given):
    with pytest.raises(ValidationError):
        TextScoringParameters.model_validate(given)
