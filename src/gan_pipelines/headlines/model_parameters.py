"""What a user can say about a language model of headlines: its network, its training, its decoding."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, ResumableTrainingParameters


class LanguageModelParameters(ParameterModel):
    """The section ``headlines.networks``."""

    architecture: Literal["tied_lstm", "chapter_lstm"] = "tied_lstm"
    embedding_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Numbers a word is read as; without one, what the architecture was tuned or published with: 128, or 10."""
    units: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Of the LSTM; without a number, 256, or the chapter's 100."""
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Of what the LSTM gives; without a number, 0.6, or the chapter's 0.1."""
    word_dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Of whole words, of `tied_lstm` only; without a number, 0.1."""
    embedding_dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Of features of the embedding, of `tied_lstm` only; without a number, 0.6."""

    @model_validator(mode="after")
    def _has_such_dropout(self) -> "LanguageModelParameters":
        if self.architecture == "chapter_lstm" and (self.word_dropout, self.embedding_dropout) != (None, None):
            raise ValueError("`word_dropout` and `embedding_dropout` are of `tied_lstm`; `chapter_lstm` has `dropout`")
        return self


class EarlyStoppingParameters(ParameterModel):
    """When training ends because it no longer helps with headlines that it does not see.

    Prechelt, "Early Stopping - But When?", 1998.
    """

    every_epochs: Annotated[int, Field(ge=1)] = 1
    """Distance of measurements."""
    every_steps: Annotated[int, Field(ge=1)] | None = None
    """Instead of `every_epochs`; where both are given, `every_steps` counts."""
    patience: Annotated[int, Field(ge=1)] | None = 3
    """Measurements without a new best after which training ends; `null` never ends it early."""


class LanguageTrainingParameters(ResumableTrainingParameters):
    """The section ``headlines.training``; the weights of the best measurement are kept, whenever training ends."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000)] | None = 30
    optimizer: OptimizerParameters = AdamParameters(learning_rate=4e-3)
    average_decay: Annotated[float, Field(gt=0, lt=1)] | None = 0.998
    """Of an exponential moving average of the weights, which becomes the model; `null` for the weights themselves."""
    early_stopping: EarlyStoppingParameters = EarlyStoppingParameters()


class SeedPhrase(ParameterModel):
    """The beginning of a headline."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    words: Annotated[int, Field(ge=1, le=1000)]
    """How many words are appended at most; the model may end the headline sooner."""


class DecodingParameters(ParameterModel):
    """The section ``headlines.sampling``."""

    strategy: Literal["sample", "greedy", "beam"] = "sample"
    """Of continuing seed phrases: draws words, takes the likeliest, or keeps the likeliest headlines so far.

    The last two ignore the seed, and would write one and the same headline without a beginning; those are always drawn.
    """
    temperature: Annotated[float, Field(gt=0, le=100)] = 1.0
    top_k: Annotated[int, Field(ge=1)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    beams: Annotated[int, Field(ge=1, le=64)] = 5
    title_case: bool = False
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    seed_phrases: list[SeedPhrase] = Field(
        max_length=1000,
        default=[
            SeedPhrase(text="10 ways", words=11),
            SeedPhrase(text="europe looks to", words=8),
            SeedPhrase(text="best way", words=10),
            SeedPhrase(text="homeless in", words=10),
            SeedPhrase(text="unexpected results", words=10),
            SeedPhrase(text="critics warn", words=10),
        ],
    )
    headlines: Annotated[int, Field(ge=2, le=1_000_000)] = 1000
    """How many are written without a beginning, for the scores."""
    maximum_words: Annotated[int, Field(ge=1, le=1000)] = 30
    """How long those may become."""
