"""Nodes that turn raw headlines into next-word prediction examples."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.parameters import (
    CleaningParameters,
    ExampleKind,
    TextSourceParameters,
    VocabularyParameters,
)
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame

_COLUMN = "headline"
_MINIMUM_HEADLINES = 3


def read_headlines(**text: object) -> tuple[DataFrame, dict[str, Any]]:
    """Reads or composes headlines.

    Args:
        **text: Parameters of the source, from the section ``<model>.text``.

    Returns:
        A table with the column ``headline``, and a report of the rows read and dropped.

    Raises:
        UserError: If a file cannot be read.
    """
    from gan_pipelines.sources.composed_headlines import COMPOSED_HEADLINES, compose_headlines
    from gan_pipelines.sources.headline_files import read_headline_files

    parameters = TextSourceParameters.model_validate(text)
    if parameters.path is None:
        headlines = compose_headlines(COMPOSED_HEADLINES, parameters.seed)
        return table(headlines), {"source": parameters.source, "path": None, "rows": len(headlines)}
    reading = read_headline_files(Path(parameters.path), parameters.column, parameters.encoding)
    return table(reading.headlines), {"source": parameters.source, "path": parameters.path, **reading.report}


def clean_headlines(
    raw_headlines: DataFrame, steps: dict[str, Any], maximum_words: int, limit: int | None, seed: int
) -> tuple[DataFrame, dict[str, Any]]:
    """Cleans headlines, removes duplicates and takes a seeded subset of ``limit`` headlines.

    Returns:
        A table with the column ``headline``, and a report of the headlines dropped.
    """
    from gan_pipelines.headlines import cleaning
    from gan_pipelines.sources.seeded_choice import seeded_subset

    parameters = CleaningParameters.model_validate(steps)
    kept, dropped = cleaning.clean_headlines(texts(raw_headlines), parameters, maximum_words)
    chosen = [kept[position] for position in seeded_subset(len(kept), limit, seed)]
    return table(chosen), {"distinct": len(kept), "used": len(chosen), **dropped}


def split_headlines(
    clean_headlines: DataFrame, heldout_fraction: float, validation_fraction: float, seed: int
) -> tuple[DataFrame, DataFrame, DataFrame, dict[str, Any]]:
    """Splits headlines into training, validation (for early stopping) and held-out headlines (for scores).

    Returns:
        Three tables with the column ``headline``, and a report of the counts and the hash of the training headlines.

    Raises:
        UserError: If there are fewer than 3 headlines.
    """
    import hashlib

    from gan_pipelines.headlines import splitting

    if len(clean_headlines) < _MINIMUM_HEADLINES:
        raise UserError(
            f"headlines.text: {len(clean_headlines)} distinct headlines are left after cleaning; the split into "
            f"training, validation and held-out headlines needs at least {_MINIMUM_HEADLINES}. Provide more headlines, "
            "or raise headlines.text.limit or headlines.text.maximum_words."
        )
    others, heldout = splitting.split_headlines(texts(clean_headlines), heldout_fraction, seed)
    training, validation = splitting.split_headlines(others, validation_fraction, seed)
    report = {
        "train": len(training),
        "validation": len(validation),
        "heldout": len(heldout),
        "sha256": hashlib.sha256("\n".join(training).encode()).hexdigest(),
    }
    return table(training), table(validation), table(heldout), report


def build_vocabulary(training_headlines: DataFrame, words: dict[str, Any]) -> dict[str, Any]:
    """Builds the vocabulary of the training headlines; ``words`` are in the order of their ids, starting at 3.

    Raises:
        UserError: If no word reaches the minimum count.
    """
    from gan_pipelines.headlines import vocabulary

    parameters = VocabularyParameters.model_validate(words)
    return vocabulary.build_vocabulary(texts(training_headlines), parameters).to_json()


def make_examples(
    training_headlines: DataFrame,
    validation_headlines: DataFrame,
    heldout_headlines: DataFrame,
    vocabulary: dict[str, Any],
    kind: ExampleKind,
) -> tuple[Arrays, Arrays, Arrays]:
    """Encodes each set of headlines as next-word prediction examples: ``tokens`` and ``targets``, int32.

    Returns:
        Training, validation and held-out examples.
    """
    from gan_pipelines.headlines import examples
    from gan_pipelines.headlines.vocabulary import Vocabulary

    word_ids = Vocabulary.from_json(vocabulary)
    encoded = [
        [word_ids.encode(headline) for headline in texts(headlines)]
        for headlines in (training_headlines, validation_headlines, heldout_headlines)
    ]
    length = examples.example_length(*encoded)
    training, validation, heldout = (examples.make_examples(kind, split, length) for split in encoded)
    return training, validation, heldout


def table(headlines: Iterable[str]) -> DataFrame:
    """Returns headlines as a table."""
    import pandas as pd

    # Some CSV readers take a line break within a headline for the end of a row.
    return pd.DataFrame({_COLUMN: [" ".join(headline.split()) for headline in headlines]}, dtype="object")


def texts(headlines: DataFrame) -> list[str]:
    """Returns the headlines of a table."""
    return [str(headline) for headline in headlines[_COLUMN]]
