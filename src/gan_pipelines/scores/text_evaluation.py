"""The scores of a language model and of the headlines it writes, beside those of people's, with their conditions."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.diversity import Headline, distinct_n, duplicate_share, length_histogram, self_bleu
from gan_pipelines.scores.kneser_ney import KneserNeyTrigram
from gan_pipelines.scores.language import bits_per_character, count_characters, out_of_vocabulary_rate, perplexity
from gan_pipelines.scores.novelty import copied_spans, copy_rate, novelty
from gan_pipelines.scores.text_parameters import TextScoringParameters
from gan_pipelines.training.randomness import random_generator

_ENOUGH_HEADLINES = 500  # below this many on each side, distinct-n and self-BLEU say more about the number
_MOST_IN_SELF_BLEU = 500


@dataclass(frozen=True)
class TextSample:
    """Headlines, and which of them came to an end.

    Args:
        headlines: Words, cleaned as the training headlines are.
        ended: For each headline, whether its writer ended it; otherwise it was cut off.
    """

    headlines: Sequence[Headline]
    ended: Sequence[bool]

    def draw(self, count: int, seed: int) -> "TextSample":
        """Returns ``count`` of them, drawn by the seed and in the same order; all if there are no more."""
        if count >= len(self.headlines):
            return self
        chosen = random_generator(seed, "headlines to score").choice(len(self.headlines), count, replace=False)
        positions = np.sort(chosen).tolist()
        return TextSample([self.headlines[one] for one in positions], [self.ended[one] for one in positions])


def language_section(
    model_log_probabilities: NDArray[np.floating],
    trigram: KneserNeyTrigram,
    heldout: Sequence[Headline],
    encoded: Sequence[Sequence[int]],
) -> dict[str, Any]:
    """Returns how well a model foresees held-out headlines, beside a trigram model and a uniform one.

    Args:
        model_log_probabilities: Natural logarithms, one for each word and each headline's end, ``(tokens,)``.
        trigram: Made from the same training headlines and vocabulary.
        heldout: The headlines that neither model has seen.
        encoded: Their ids, without boundaries.

    Returns:
        ``perplexity`` and ``bits_per_character`` of each (None where a token had no probability), ``below_trigram``: by
        which share the model's perplexity is lower than the trigram's, the rate of unknown words, and the conditions.

    Raises:
        ValueError: The log probabilities are not those of these tokens, or are none.
    """
    tokens = sum(len(ids) + 1 for ids in encoded)
    if len(model_log_probabilities) != tokens:
        raise ValueError(f"There are {len(model_log_probabilities):,} log probabilities for {tokens:,} tokens.")
    characters = count_characters(heldout, encoded)
    logarithms = {
        "model": model_log_probabilities,
        "trigram": trigram.log_probabilities(encoded),
        "uniform": np.full(tokens, -math.log(trigram.vocabulary_size)),
    }
    perplexities = {name: perplexity(values) for name, values in logarithms.items()}
    bits = {name: bits_per_character(values, characters) for name, values in logarithms.items()}
    return {
        "perplexity": {name: _finite(value) for name, value in perplexities.items()},
        "below_trigram": _finite(1 - perplexities["model"] / perplexities["trigram"]),
        "bits_per_character": {name: _finite(value) for name, value in bits.items()},
        "out_of_vocabulary_rate": out_of_vocabulary_rate(encoded),
        "conditions": {
            "heldout_headlines": len(heldout),
            "tokens": tokens,
            "characters": characters,
            "vocabulary_size": trigram.vocabulary_size,
            "trigram_discounts": trigram.discounts,
        },
    }


def text_sections(
    generated: TextSample,
    heldout: Sequence[Headline],
    training: Collection[Headline],
    parameters: TextScoringParameters,
) -> dict[str, Any]:
    """Returns diversity and novelty of generated headlines, each beside that of as many held-out human ones.

    Args:
        generated: What the model wrote.
        heldout: Human headlines that are not in the training set, with words of theirs that the model does not know.
        training: What the model was trained on.
        parameters: How to score.

    Returns:
        For each measure what ``generated`` and ``heldout`` get, and the conditions; or why nothing was scored.
    """
    count = min(len(generated.headlines), len(heldout), parameters.headlines)
    conditions = {
        "headlines": count,
        "low_n": count < _ENOUGH_HEADLINES,
        "training_headlines": len(training),
        "self_bleu_headlines": min(count, _MOST_IN_SELF_BLEU),
        "self_bleu_order": parameters.self_bleu_order,
        "seed": parameters.seed,
    }
    if count < 2:
        return {"refused": "Diversity takes at least 2 headlines on either side.", "conditions": conditions}
    known = frozenset(training)
    sides = {"generated": generated, "heldout": _written_by_people(heldout)}
    measures = {
        side: _measure(sample.draw(count, parameters.seed), known, parameters) for side, sample in sides.items()
    }
    names = measures["generated"]
    return {name: {side: measures[side][name] for side in sides} for name in names} | {"conditions": conditions}


def quality_diversity_rows(
    samples: Mapping[float, TextSample],
    heldout: Sequence[Headline],
    training: Collection[Headline],
    parameters: TextScoringParameters,
) -> list[dict[str, Any]]:
    """Returns what a model gives up for diversity as the temperature rises, and last what held-out headlines get.

    Caccia et al., "Language GANs Falling Short", 2020: one temperature alone says little.

    Args:
        samples: Headlines by the temperature at which they were generated.
        heldout: Human headlines that are not in the training set.
        training: What the model was trained on.
        parameters: How to score.

    Returns:
        Rows by rising temperature, all of the same number of headlines; people's have the temperature None. No rows
        where a sample or the held-out headlines are fewer than two.
    """
    every: list[tuple[float | None, TextSample]] = [*sorted(samples.items()), (None, _written_by_people(heldout))]
    count = min(parameters.headlines, *(len(sample.headlines) for _, sample in every))
    known = frozenset(training)
    if count < 2:
        return []
    return [
        {
            "temperature": temperature,
            "headlines": count,
            **_tradeoff(sample.draw(count, parameters.seed), known, parameters),
        }
        for temperature, sample in every
    ]


def _measure(sample: TextSample, training: frozenset[Headline], parameters: TextScoringParameters) -> dict[str, Any]:
    headlines = sample.headlines
    spans = copied_spans(headlines, training)
    return {
        **{f"distinct_{n}": distinct_n(headlines, n) for n in range(1, 4)},
        "self_bleu": self_bleu(headlines, _MOST_IN_SELF_BLEU, parameters.seed, parameters.self_bleu_order),
        "duplicate_share": duplicate_share(headlines),
        "exact_copy_share": copy_rate(headlines, training),
        **{f"novelty_{n}": novelty(headlines, training, n) for n in range(1, 7)},
        "mean_copied_span": spans.mean,
        "longest_copied_span": spans.longest,
        "ends_properly": float(np.mean(sample.ended)),
        "mean_words": float(np.mean([len(headline) for headline in headlines])),
        "length_histogram": length_histogram(headlines),
    }


def _tradeoff(sample: TextSample, training: frozenset[Headline], parameters: TextScoringParameters) -> dict[str, float]:
    return {
        "self_bleu": self_bleu(sample.headlines, _MOST_IN_SELF_BLEU, parameters.seed, parameters.self_bleu_order),
        "distinct_2": distinct_n(sample.headlines, 2),
        "novelty_4": novelty(sample.headlines, training, 4),
        "exact_copy_share": copy_rate(sample.headlines, training),
        "ends_properly": float(np.mean(sample.ended)),
    }


def _written_by_people(headlines: Sequence[Headline]) -> TextSample:
    return TextSample(headlines, [True] * len(headlines))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
