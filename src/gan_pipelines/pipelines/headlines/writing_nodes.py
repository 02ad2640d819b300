"""Nodes that generate headlines with the language model and score them."""

from typing import Any

from gan_pipelines.headlines.model_parameters import DecodingParameters
from gan_pipelines.headlines.parameters import CleaningParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure, KerasModel
from gan_pipelines.pipelines.headlines.text_nodes import texts
from gan_pipelines.scores.text_parameters import TextScoringParameters

_PROMPT_COLUMNS = ["prompt", "headline", "words", "appended", "has_ended", "unknown_words", "strategy"]


def generate_headlines(language_model: KerasModel, vocabulary: dict[str, Any], sampling: dict[str, Any]) -> DataFrame:
    """Samples headlines without a prompt; the strategy is always ``sample``.

    Returns:
        A table with the columns ``headline``, lower case, and ``has_ended``: whether the model generated the end token.
    """
    parameters = DecodingParameters.model_validate({**sampling, "strategy": "sample"})
    return _generated_table(language_model, vocabulary, parameters)


def sample_at_temperatures(
    language_model: KerasModel,
    vocabulary: dict[str, Any],
    sampling: dict[str, Any],
    headlines: int,
    temperatures: list[float],
) -> DataFrame:
    """Samples headlines at each temperature of ``<model>.scoring.temperatures``.

    Returns:
        A table with the columns ``temperature``, ``headline`` and ``has_ended``.
    """
    import pandas as pd

    count = min(headlines, DecodingParameters.model_validate(sampling).headlines)
    unfiltered = {"strategy": "sample", "top_k": None, "top_p": 1.0, "headlines": count}
    tables = [pd.DataFrame({"temperature": [], "headline": [], "has_ended": []})]
    for temperature in temperatures:
        parameters = DecodingParameters.model_validate({**sampling, **unfiltered, "temperature": temperature})
        generated = _generated_table(language_model, vocabulary, parameters)
        tables.append(generated.assign(temperature=temperature)[["temperature", "headline", "has_ended"]])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def continue_prompts(
    language_model: KerasModel, vocabulary: dict[str, Any], cleaning: dict[str, Any], sampling: dict[str, Any]
) -> DataFrame:
    """Generates a continuation of each prompt.

    Returns:
        A table in the order of the prompts, with the columns ``prompt``, ``headline`` (prompt and continuation),
        ``words`` (maximum number of generated words), ``appended`` (number of generated words), ``has_ended``,
        ``unknown_words`` (words of the prompt that are not in the vocabulary) and ``strategy``.
    """
    import pandas as pd

    from gan_pipelines.headlines.cleaning import clean
    from gan_pipelines.headlines.decoding import generate, title_case
    from gan_pipelines.headlines.vocabulary import Vocabulary

    parameters, steps = DecodingParameters.model_validate(sampling), CleaningParameters.model_validate(cleaning)
    word_ids = Vocabulary.from_json(vocabulary)
    cleaned_prompts = [clean(prompt.text, steps) for prompt in parameters.prompts]
    limits = [prompt.max_new_words for prompt in parameters.prompts]
    encoded_prompts = [word_ids.encode(prompt) for prompt in cleaned_prompts]
    continuations = generate(language_model, encoded_prompts, limits, parameters)
    rows = []
    for prompt, cleaned, continuation in zip(parameters.prompts, cleaned_prompts, continuations, strict=True):
        headline = f"{cleaned} {word_ids.decode(continuation.words)}".strip()
        rows.append(
            {
                "prompt": prompt.text,
                "headline": title_case(headline) if parameters.title_case else headline,
                "words": prompt.max_new_words,
                "appended": len(continuation.words),
                "has_ended": continuation.has_ended,
                "unknown_words": " ".join(word for word in cleaned.split() if word not in word_ids.index),
                "strategy": parameters.strategy,
            }
        )
    return pd.DataFrame(rows, columns=_PROMPT_COLUMNS)


def score_headlines(
    language_model: KerasModel,
    generated_headlines: DataFrame,
    temperature_samples: DataFrame,
    training_headlines: DataFrame,
    heldout_headlines: DataFrame,
    heldout_examples: Arrays,
    vocabulary: dict[str, Any],
    scoring: dict[str, Any],
) -> dict[str, Any]:
    """Scores the model against a trigram model on held-out headlines, and its samples against held-out headlines."""
    from gan_pipelines.headlines.language_model import token_log_probabilities
    from gan_pipelines.headlines.vocabulary import Vocabulary
    from gan_pipelines.scores.kneser_ney import KneserNeyTrigram
    from gan_pipelines.scores.text_evaluation import language_section, quality_diversity_rows, text_sections

    word_ids, parameters = Vocabulary.from_json(vocabulary), TextScoringParameters.model_validate(scoring)
    training, heldout = (_words(table) for table in (training_headlines, heldout_headlines))
    encoded_training, encoded_heldout = (
        [word_ids.encode(headline) for headline in texts(table)] for table in (training_headlines, heldout_headlines)
    )
    trigram = KneserNeyTrigram(encoded_training, len(word_ids))
    log_probabilities = token_log_probabilities(language_model, heldout_examples)
    temperatures = temperature_samples["temperature"]
    samples_by_temperature = {
        temperature: _sample(temperature_samples[temperatures == temperature])
        for temperature in parameters.temperatures
    }
    return {
        "language": language_section(log_probabilities, trigram, heldout, encoded_heldout),
        "headlines": text_sections(_sample(generated_headlines), heldout, training, parameters),
        "quality_and_diversity": quality_diversity_rows(samples_by_temperature, heldout, training, parameters),
    }


def plot_quality_and_diversity(scores: dict[str, Any]) -> Figure:
    """Returns the chart of diversity and novelty by temperature, compared with held-out headlines."""
    from gan_pipelines.reporting.text_curves import quality_diversity_curves

    return quality_diversity_curves(scores["quality_and_diversity"])


def _generated_table(
    language_model: KerasModel, vocabulary: dict[str, Any], parameters: DecodingParameters
) -> DataFrame:
    import pandas as pd

    from gan_pipelines.headlines.decoding import generate
    from gan_pipelines.headlines.vocabulary import Vocabulary

    word_ids, count = Vocabulary.from_json(vocabulary), parameters.headlines
    first_number = len(parameters.prompts)  # the random streams before it belong to the prompts
    limits = [parameters.maximum_words] * count
    headlines = generate(language_model, [()] * count, limits, parameters, first_number)
    return pd.DataFrame(
        {
            "headline": [word_ids.decode(headline.words) for headline in headlines],
            "has_ended": [headline.has_ended for headline in headlines],
        }
    )


def _sample(table: DataFrame) -> Any:  # noqa: ANN401
    from gan_pipelines.scores.text_evaluation import TextSample

    return TextSample(_words(table), [bool(ended) for ended in table["has_ended"]])


def _words(table: DataFrame) -> list[tuple[str, ...]]:
    return [tuple(headline.split()) for headline in texts(table)]
