"""Nodes that let the language model write, and score what it wrote."""

from typing import Any

from gan_pipelines.headlines.model_parameters import DecodingParameters
from gan_pipelines.headlines.parameters import CleaningParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure, KerasModel
from gan_pipelines.pipelines.headlines.text_nodes import texts
from gan_pipelines.scores.text_parameters import TextScoringParameters

_PHRASE_COLUMNS = ["seed_phrase", "headline", "words", "appended", "has_ended", "unknown_words", "strategy"]


def write_headlines(language_model: KerasModel, vocabulary: dict[str, Any], sampling: dict[str, Any]) -> DataFrame:
    """Writes headlines without a beginning, always by drawing words.

    Returns:
        A table with the columns ``headline``, lower case, and ``has_ended``: whether the model ended it itself.
    """
    parameters = DecodingParameters.model_validate({**sampling, "strategy": "sample"})
    return _written(language_model, vocabulary, parameters)


def write_at_temperatures(
    language_model: KerasModel,
    vocabulary: dict[str, Any],
    sampling: dict[str, Any],
    headlines: int,
    temperatures: list[float],
) -> DataFrame:
    """Writes headlines at each temperature of ``<model>.scoring.temperatures``.

    Returns:
        A table with the columns ``temperature``, ``headline`` and ``has_ended``.
    """
    import pandas as pd

    count = min(headlines, DecodingParameters.model_validate(sampling).headlines)
    plain = {"strategy": "sample", "top_k": None, "top_p": 1.0, "headlines": count}
    tables = [pd.DataFrame({"temperature": [], "headline": [], "has_ended": []})]
    for temperature in temperatures:
        parameters = DecodingParameters.model_validate({**sampling, **plain, "temperature": temperature})
        written = _written(language_model, vocabulary, parameters)
        tables.append(written.assign(temperature=temperature)[["temperature", "headline", "has_ended"]])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def continue_seed_phrases(
    language_model: KerasModel, vocabulary: dict[str, Any], cleaning: dict[str, Any], sampling: dict[str, Any]
) -> DataFrame:
    """Continues each seed phrase, one after the other as they are given.

    Returns:
        A table with the columns ``seed_phrase``, ``headline`` (seed phrase and continuation), ``words`` (how many were
        asked for), ``appended``, ``has_ended``, ``unknown_words`` (of the seed phrase, to the model) and ``strategy``.
    """
    import pandas as pd

    from gan_pipelines.headlines.cleaning import clean
    from gan_pipelines.headlines.decoding import generate, title_case
    from gan_pipelines.headlines.vocabulary import Vocabulary

    parameters, steps = DecodingParameters.model_validate(sampling), CleaningParameters.model_validate(cleaning)
    known = Vocabulary.from_json(vocabulary)
    phrases = [clean(phrase.text, steps) for phrase in parameters.seed_phrases]
    words = [phrase.words for phrase in parameters.seed_phrases]
    continuations = generate(language_model, [known.encode(phrase) for phrase in phrases], words, parameters)
    rows = []
    for asked, phrase, continuation in zip(parameters.seed_phrases, phrases, continuations, strict=True):
        headline = f"{phrase} {known.decode(continuation.words)}".strip()
        rows.append(
            {
                "seed_phrase": asked.text,
                "headline": title_case(headline) if parameters.title_case else headline,
                "words": asked.words,
                "appended": len(continuation.words),
                "has_ended": continuation.has_ended,
                "unknown_words": " ".join(word for word in phrase.split() if word not in known.index),
                "strategy": parameters.strategy,
            }
        )
    return pd.DataFrame(rows, columns=_PHRASE_COLUMNS)


def score_headlines(
    language_model: KerasModel,
    generated_headlines: DataFrame,
    tempered_headlines: DataFrame,
    training_headlines: DataFrame,
    heldout_headlines: DataFrame,
    heldout_examples: Arrays,
    vocabulary: dict[str, Any],
    scoring: dict[str, Any],
) -> dict[str, Any]:
    """Scores the model on held-out headlines beside a trigram model, and what it wrote beside what people wrote."""
    from gan_pipelines.headlines.language_model import token_log_probabilities
    from gan_pipelines.headlines.vocabulary import Vocabulary
    from gan_pipelines.scores.kneser_ney import KneserNeyTrigram
    from gan_pipelines.scores.text_evaluation import language_section, quality_diversity_rows, text_sections

    known, parameters = Vocabulary.from_json(vocabulary), TextScoringParameters.model_validate(scoring)
    training, heldout = (_words(table) for table in (training_headlines, heldout_headlines))
    encoded_training, encoded_heldout = (
        [known.encode(headline) for headline in texts(table)] for table in (training_headlines, heldout_headlines)
    )
    trigram = KneserNeyTrigram(encoded_training, len(known))
    log_probabilities = token_log_probabilities(language_model, heldout_examples)
    temperatures = tempered_headlines["temperature"]
    tempered = {
        temperature: _sample(tempered_headlines[temperatures == temperature]) for temperature in parameters.temperatures
    }
    return {
        "language": language_section(log_probabilities, trigram, heldout, encoded_heldout),
        "headlines": text_sections(_sample(generated_headlines), heldout, training, parameters),
        "quality_and_diversity": quality_diversity_rows(tempered, heldout, training, parameters),
    }


def plot_quality_and_diversity(scores: dict[str, Any]) -> Figure:
    """Returns diversity and novelty over the temperature, beside those of held-out headlines."""
    from gan_pipelines.reporting.text_curves import quality_diversity_curves

    return quality_diversity_curves(scores["quality_and_diversity"])


def _written(language_model: KerasModel, vocabulary: dict[str, Any], parameters: DecodingParameters) -> DataFrame:
    import pandas as pd

    from gan_pipelines.headlines.decoding import generate
    from gan_pipelines.headlines.vocabulary import Vocabulary

    known, count = Vocabulary.from_json(vocabulary), parameters.headlines
    first_number = len(parameters.seed_phrases)  # whose draws belong to the seed phrases
    limits = [parameters.maximum_words] * count
    written = generate(language_model, [()] * count, limits, parameters, first_number)
    return pd.DataFrame(
        {
            "headline": [known.decode(headline.words) for headline in written],
            "has_ended": [headline.has_ended for headline in written],
        }
    )


def _sample(table: DataFrame) -> Any:  # noqa: ANN401
    from gan_pipelines.scores.text_evaluation import TextSample

    return TextSample(_words(table), [bool(ended) for ended in table["has_ended"]])


def _words(table: DataFrame) -> list[tuple[str, ...]]:
    return [tuple(headline.split()) for headline in texts(table)]
