"""Parameters of the headline text: source, cleaning, split, vocabulary, examples."""

import codecs
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from gan_pipelines.parameter_model import ParameterModel

ExampleKind = Literal["sequences", "prefixes"]


class CleaningParameters(ParameterModel):
    """Cleaning steps."""

    punctuation: bool = True
    """Removes ASCII punctuation (Python's ``string.punctuation``)."""
    lower_case: bool = True
    ascii: bool = True
    """Removes accents from letters, and all other non-ASCII characters."""


class VocabularyParameters(ParameterModel):
    """Selection of the words in the vocabulary; all other words map to one unknown-word id."""

    minimum_count: Annotated[int, Field(ge=1)] = 2
    """Minimum number of occurrences of a word in the training headlines."""
    maximum_words: Annotated[int, Field(ge=1)] | None = None
    """Maximum number of words; the most frequent ones are kept. Default: no maximum."""


_EXCLUDED_ENCODINGS = {"idna", "punycode", "raw_unicode_escape", "unicode_escape"}
"""Encodings of host names and Python literals, which are not used for text files."""


class TextSourceParameters(ParameterModel):
    """Source of the headlines."""

    source: Literal["composed", "csv"] = "composed"
    """``composed``: synthetic headlines from a grammar of the project; ``csv``: the user's files."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """CSV file or folder of CSV files, relative to the current directory; required by ``csv`` only."""
    column: Annotated[str, Field(min_length=1)] = "headline"
    encoding: Annotated[str, Field(min_length=1)] = "utf-8"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of the composed headlines, the subset and the split."""

    @field_validator("encoding")
    @classmethod
    def _validate_encoding(cls, encoding: str) -> str:
        try:
            # ``codecs.lookup`` alone would also accept codecs from bytes to bytes, such as zlib.
            "a".encode(encoding)
            if codecs.lookup(encoding).name.replace("-", "_") in _EXCLUDED_ENCODINGS:
                raise LookupError(encoding)
        except (LookupError, ValueError):
            raise ValueError(
                f"{encoding!r} is not a text encoding of Python; set `encoding` to the encoding of the files, for "
                "example 'utf-8', 'utf-16', 'cp1252' or 'latin-1'"
            ) from None
        return encoding

    @model_validator(mode="after")
    def _validate_path(self) -> "TextSourceParameters":
        if self.source == "csv" and self.path is None:
            raise ValueError("the source 'csv' needs `path`: a CSV file or a folder of CSV files")
        if self.source == "composed" and self.path is not None:
            raise ValueError(
                f"the source 'composed' reads no files, but `path` is {self.path!r}; remove it, or set `source` to "
                "'csv'"
            )
        return self


class TextParameters(TextSourceParameters):
    """The section ``headlines.text``."""

    limit: Annotated[int, Field(ge=2)] | None = None
    """Size of the seeded subset of distinct headlines to use. Default: all headlines."""
    heldout_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Fraction of the distinct headlines held out from training, for the scores."""
    validation_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Fraction of the other headlines used for early stopping, neither for training nor for the scores."""
    maximum_words: Annotated[int, Field(ge=1, le=1_000)] = 30
    """Maximum number of words; longer headlines are dropped."""
    cleaning: CleaningParameters = CleaningParameters()
    vocabulary: VocabularyParameters = VocabularyParameters()
    examples: ExampleKind = "sequences"
    """``sequences``: one example per headline, with targets at all positions; ``prefixes``: one example per prefix."""
