"""Nodes from raw headlines to examples of the next word."""

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
_FEWEST = 3


def read_headlines(**text: object) -> tuple[DataFrame, dict[str, Any]]:
    """Reads or composes headlines.

    Args:
        **text: Of the section ``<model>.text`` where they come from.

    Returns:
        A table with the column ``headline``, and a report of what was read and dropped.

    Raises:
        UserError: A file cannot be read.
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
    """Cleans headlines, keeps each once, and takes the subset that a limit asks for.

    Returns:
        A table with the column ``headline``, and a report of what was dropped.
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
    """Divides headlines into those that are learnt, those that decide when training ends, and held-out ones.

    Returns:
        Three tables with the column ``headline``, and a report of counts.

    Raises:
        UserError: There are too few.
    """
    import hashlib

    from gan_pipelines.headlines import splitting

    if len(clean_headlines) < _FEWEST:
        raise UserError(
            f"headlines.text: {len(clean_headlines)} distinct headlines are left after cleaning; training, validation "
            f"and held-out headlines take at least {_FEWEST}. Give more, or raise headlines.text.limit or "
            "headlines.text.maximum_words."
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
    """Collects the words of the training headlines; ``words`` in the order of their ids, which begin with 3.

    Raises:
        UserError: No word occurs often enough.
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
    """Turns each set of headlines into examples of the next word: ``tokens`` and ``targets``, int32.

    Returns:
        Training, validation and held-out examples.
    """
    from gan_pipelines.headlines import examples
    from gan_pipelines.headlines.vocabulary import Vocabulary

    known = Vocabulary.from_json(vocabulary)
    encoded = [
        [known.encode(headline) for headline in texts(headlines)]
        for headlines in (training_headlines, validation_headlines, heldout_headlines)
    ]
    length = examples.example_length(*encoded)
    training, validation, heldout = (examples.make_examples(kind, each, length) for each in encoded)
    return training, validation, heldout


def table(headlines: Iterable[str]) -> DataFrame:
    """Returns headlines as a table."""
    import pandas as pd

    # A line break within a headline would be one between rows to some readers of CSV.
    return pd.DataFrame({_COLUMN: [" ".join(headline.split()) for headline in headlines]}, dtype="object")


def texts(headlines: DataFrame) -> list[str]:
    """Returns the headlines of a table."""
    return [str(headline) for headline in headlines[_COLUMN]]
