"""Parameters of the headline language model: network, training, decoding."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, ResumableTrainingParameters


class LanguageModelParameters(ParameterModel):
    """The section ``headlines.networks``."""

    architecture: Literal["tied_lstm", "chapter_lstm"] = "tied_lstm"
    embedding_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Dimensions of the word embedding. Default: 128 for `tied_lstm`, 10 for `chapter_lstm`."""
    units: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Units of the LSTM. Default: 256 for `tied_lstm`, 100 for `chapter_lstm`."""
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Dropout rate of the LSTM output. Default: 0.6 for `tied_lstm`, 0.1 for `chapter_lstm`."""
    word_dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Dropout rate of whole words, for `tied_lstm` only. Default: 0.1."""
    embedding_dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Dropout rate of embedding features, for `tied_lstm` only. Default: 0.6."""

    @model_validator(mode="after")
    def _validate_dropout(self) -> "LanguageModelParameters":
        if self.architecture == "chapter_lstm" and (self.word_dropout, self.embedding_dropout) != (None, None):
            raise ValueError(
                "`word_dropout` and `embedding_dropout` apply only to `tied_lstm`; remove them, as `chapter_lstm` has "
                "`dropout` only"
            )
        return self


class EarlyStoppingParameters(ParameterModel):
    """Early stopping on the loss of the validation headlines.

    Prechelt, "Early Stopping - But When?", 1998.
    """

    every_epochs: Annotated[int, Field(ge=1)] = 1
    """Interval between validations, in epochs."""
    every_steps: Annotated[int, Field(ge=1)] | None = None
    """Interval between validations, in steps; overrides `every_epochs`."""
    patience: Annotated[int, Field(ge=1)] | None = 3
    """Number of validations without improvement after which training stops; `null` disables early stopping."""


class LanguageTrainingParameters(ResumableTrainingParameters):
    """The section ``headlines.training``; the result has the weights of the best validation."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000)] | None = 30
    optimizer: OptimizerParameters = AdamParameters(learning_rate=4e-3)
    ema_decay: Annotated[float, Field(gt=0, lt=1)] | None = 0.998
    """Decay of the exponential moving average of the weights, which is the resulting model; `null` disables it."""
    early_stopping: EarlyStoppingParameters = EarlyStoppingParameters()


class Prompt(ParameterModel):
    """First words of a headline, to be continued."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    max_new_words: Annotated[int, Field(ge=1, le=1000)]
    """Maximum number of words to append; the model may end the headline earlier."""


class DecodingParameters(ParameterModel):
    """The section ``headlines.sampling``."""

    strategy: Literal["sample", "greedy", "beam"] = "sample"
    """Decoding strategy for prompts: sampling, the most likely word, or beam search.

    `greedy` and `beam` ignore the seed. Headlines without a prompt are always sampled, as they would all be equal.
    """
    temperature: Annotated[float, Field(gt=0, le=100)] = 1.0
    top_k: Annotated[int, Field(ge=1)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    beams: Annotated[int, Field(ge=1, le=64)] = 5
    title_case: bool = False
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    prompts: list[Prompt] = Field(
        max_length=1000,
        default=[
            Prompt(text="10 ways", max_new_words=11),
            Prompt(text="europe looks to", max_new_words=8),
            Prompt(text="best way", max_new_words=10),
            Prompt(text="homeless in", max_new_words=10),
            Prompt(text="unexpected results", max_new_words=10),
            Prompt(text="critics warn", max_new_words=10),
        ],
    )
    headlines: Annotated[int, Field(ge=2, le=1_000_000)] = 1000
    """Number of headlines to generate without a prompt, for the scores."""
    maximum_words: Annotated[int, Field(ge=1, le=1000)] = 30
    """Maximum number of words of the headlines without a prompt."""
