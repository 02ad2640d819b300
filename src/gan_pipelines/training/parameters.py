"""What a user can say about any training: how long, how fast, on what."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

Devices = Literal["auto", "cpu", "gpu", "mirrored", "multi_worker"]
"""``auto`` takes a GPU where there is one; ``mirrored`` all devices of the machine; ``multi_worker`` those of several
processes."""
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]

DEFAULT_STEPS = 5_500

_NOT_PART_OF_THE_RESULT = {
    "epochs",
    "steps",
    "devices",
    "jit_compile",
    "checkpoint_every_steps",
    "on_changed_configuration",
}


class ScheduleParameters(ParameterModel):
    """How a learning rate changes with the examples that the training has seen."""

    name: Literal["constant", "linear", "cosine"]
    """Falls along a line or half a period of a cosine, or not at all."""
    until_examples: Annotated[int, Field(ge=1)] | None = None
    """Where it has fallen; it stays so afterwards."""
    final_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Of the rate, that is left there."""
    warmup_examples: Annotated[int, Field(ge=0)] = 0
    """Over which it rises from 0 first."""

    @model_validator(mode="after")
    def _falls_where_it_is_said(self) -> "ScheduleParameters":
        falls = self.name != "constant"
        if falls and self.until_examples is None:
            raise ValueError(f"the schedule {self.name!r} needs `until_examples`, where the rate has fallen")
        if not falls and self.until_examples is not None:
            raise ValueError(
                f"the schedule 'constant' never falls, but `until_examples` is {self.until_examples}; "
                "leave it out, or take 'linear' or 'cosine'"
            )
        return self


class _RateParameters(ParameterModel):
    """What every optimizer has."""

    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    clip_norm: Annotated[float, Field(gt=0)] | None = None
    """Gradients whose joint Euclidean length is above this are shortened to it."""
    schedule: ScheduleParameters | None = None
    """Without one, the rate stays."""


class AdamParameters(_RateParameters):
    """Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014."""

    name: Literal["adam"] = "adam"
    beta_1: Annotated[float, Field(ge=0, lt=1)] = 0.9
    beta_2: Annotated[float, Field(ge=0, lt=1)] = 0.999
    epsilon: Annotated[float, Field(gt=0)] = 1e-7


class RMSpropParameters(_RateParameters):
    """Tieleman and Hinton, "Lecture 6.5: Divide the Gradient by a Running Average of Its Recent Magnitude", 2012."""

    name: Literal["rmsprop"]
    rho: Annotated[float, Field(ge=0, lt=1)] = 0.9
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.0
    epsilon: Annotated[float, Field(gt=0)] = 1e-7


class SGDParameters(_RateParameters):
    """Stochastic gradient descent, with momentum where asked for."""

    name: Literal["sgd"]
    learning_rate: Annotated[float, Field(gt=0)] = 1e-2
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.0


OptimizerParameters = Annotated[AdamParameters | RMSpropParameters | SGDParameters, Field(discriminator="name")]


class TrainingParameters(ParameterModel):
    """What the section ``<model>.training`` has for every kind of model."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    steps: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    """Instead of `epochs`; where both are given, `steps` counts, and where neither is, 5,500 steps are done.

    Steps take the same time whatever the number of images, epochs do not.
    """
    batch_size: Annotated[int, Field(ge=1)] = 32
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    devices: Devices = "auto"
    precision: Precision = "float32"
    jit_compile: Literal["auto"] | bool = "auto"
    """Whether XLA compiles the step; `auto` follows the measurements in the README."""

    def total_steps(self, steps_per_epoch: int) -> int:
        """Returns the step at which training ends."""
        if self.steps is None and self.epochs is not None:
            return self.epochs * steps_per_epoch
        return self.steps or DEFAULT_STEPS


class ResumableTrainingParameters(TrainingParameters):
    """What is added for a training that keeps checkpoints."""

    checkpoint_every_steps: Annotated[int, Field(ge=1)] = 500
    on_changed_configuration: Literal["refuse", "restart"] = "refuse"
    """What happens to checkpoints of a training that was configured differently."""

    def result_settings(self, section: str = "training") -> dict[str, Any]:
        """Returns all that the result depends on, by the key that a user would change: how, not how long or where."""
        return dict(_flattened(self.model_dump(mode="json", exclude=_NOT_PART_OF_THE_RESULT), section))


def _flattened(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}.{key}")
        else:
            yield f"{prefix}.{key}", value
