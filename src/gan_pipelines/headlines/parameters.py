"""What a user can say about the text that a language model learns."""

import codecs
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from gan_pipelines.parameter_model import ParameterModel

ExampleKind = Literal["sequences", "prefixes"]


class CleaningParameters(ParameterModel):
    """Which steps of cleaning are done."""

    punctuation: bool = True
    """Removes ASCII punctuation, Python's ``string.punctuation``."""
    lower_case: bool = True
    ascii: bool = True
    """Takes accents off letters and removes all other characters beyond ASCII."""


class VocabularyParameters(ParameterModel):
    """Which words the model knows; all others are one unknown word to it."""

    minimum_count: Annotated[int, Field(ge=1)] = 2
    """Times that a word occurs in the training headlines, or more."""
    maximum_words: Annotated[int, Field(ge=1)] | None = None
    """Keeps this many of the most frequent ones."""


_ENCODINGS_OF_NO_FILE = {"idna", "punycode", "raw_unicode_escape", "unicode_escape"}
"""Encodings of host names and of Python's own literals, which escape what a file of text would just hold."""


class TextSourceParameters(ParameterModel):
    """Where headlines come from."""

    source: Literal["composed", "csv"] = "composed"
    """Headlines that ship with the project, composed by a grammar; or the user's own."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """CSV file or folder of CSV files, relative to the current directory; ``csv`` needs it, ``composed`` takes none."""
    column: Annotated[str, Field(min_length=1)] = "headline"
    encoding: Annotated[str, Field(min_length=1)] = "utf-8"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Decides which headlines are composed, the subset and the split."""

    @field_validator("encoding")
    @classmethod
    def _is_a_text_encoding(cls, encoding: str) -> str:
        try:
            # A look-up alone would also find codecs between bytes and bytes, such as zlib.
            "a".encode(encoding)
            if codecs.lookup(encoding).name.replace("-", "_") in _ENCODINGS_OF_NO_FILE:
                raise LookupError(encoding)
        except (LookupError, ValueError):
            raise ValueError(
                f"{encoding!r} is no text encoding that Python knows; allowed are, for example, 'utf-8', 'utf-16', "
                "'cp1252' and 'latin-1'"
            ) from None
        return encoding

    @model_validator(mode="after")
    def _path_fits_the_source(self) -> "TextSourceParameters":
        if self.source == "csv" and self.path is None:
            raise ValueError("the source 'csv' needs `path`: a CSV file, or a folder that holds some")
        if self.source == "composed" and self.path is not None:
            raise ValueError(
                f"the source 'composed' reads no files, but `path` is {self.path!r}; remove it, or set `source` to "
                "'csv'"
            )
        return self


class TextParameters(TextSourceParameters):
    """The section ``headlines.text``."""

    limit: Annotated[int, Field(ge=2)] | None = None
    """Takes a seeded subset of this many distinct headlines."""
    heldout_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Share of the distinct headlines that is kept away from training, for the scores."""
    validation_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Share of the others that decides when training ends; no network learns from it, and no score is taken of it."""
    maximum_words: Annotated[int, Field(ge=1, le=1_000)] = 30
    """Longer headlines are dropped."""
    cleaning: CleaningParameters = CleaningParameters()
    vocabulary: VocabularyParameters = VocabularyParameters()
    examples: ExampleKind = "sequences"
    """All positions of a headline at once, or each of its beginnings as an example of its own."""
