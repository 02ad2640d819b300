"""Parameters of all trainings: duration, optimizers and devices."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

Devices = Literal["auto", "cpu", "gpu", "mirrored", "multi_worker"]
"""``auto``: a GPU if there is one, otherwise the CPU; ``mirrored``: all devices of the machine; ``multi_worker``: the
devices of several processes."""
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


class LearningRateScheduleParameters(ParameterModel):
    """Learning rate schedule, as a function of the training examples seen."""

    name: Literal["constant", "linear", "cosine"]
    """Shape of the decay: ``linear``, ``cosine`` (half a period), or ``constant`` for no decay."""
    decay_examples: Annotated[int, Field(ge=1)] | None = None
    """Number of examples at which the decay ends. Required unless `name` is ``constant``, which does not allow it."""
    final_factor: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Fraction of `learning_rate` that remains after the decay. Default: 0."""
    warmup_examples: Annotated[int, Field(ge=0)] = 0
    """Number of examples over which the rate first rises linearly from 0. Default: no warmup."""
    hold_examples: Annotated[int, Field(ge=0)] = 0
    """Number of examples before the decay begins; it still ends at `decay_examples`. Default: it begins at once."""

    @model_validator(mode="after")
    def _check_decay_examples(self) -> "LearningRateScheduleParameters":
        decays = self.name != "constant"
        if decays and self.decay_examples is None:
            raise ValueError(f"the schedule {self.name!r} needs `decay_examples`, at which the decay ends")
        if not decays and self.decay_examples is not None:
            raise ValueError(
                f"the schedule 'constant' has no decay, but `decay_examples` is {self.decay_examples}; "
                "remove it, or use 'linear' or 'cosine'"
            )
        if self.hold_examples >= (self.decay_examples or self.hold_examples + 1):
            raise ValueError(
                f"`hold_examples` is {self.hold_examples}, but the decay ends at `decay_examples` "
                f"{self.decay_examples}; choose a smaller `hold_examples`"
            )
        return self


class _RateParameters(ParameterModel):
    """Parameters of all optimizers."""

    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    clip_norm: Annotated[float, Field(gt=0)] | None = None
    """Maximum global norm of the gradients; larger gradients are scaled down to it. Default: no clipping."""
    schedule: LearningRateScheduleParameters | None = None
    """Learning rate schedule. Default: constant rate."""


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
    """Stochastic gradient descent, optionally with momentum."""

    name: Literal["sgd"]
    learning_rate: Annotated[float, Field(gt=0)] = 1e-2
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.0


OptimizerParameters = Annotated[AdamParameters | RMSpropParameters | SGDParameters, Field(discriminator="name")]


class TrainingParameters(ParameterModel):
    """Parameters in the section ``<model>.training`` of all models."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    steps: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    """Number of training steps; takes precedence over `epochs`. Default: 5,500 if `epochs` is not given either.

    The duration of a step does not depend on the number of images; that of an epoch does.
    """
    batch_size: Annotated[int, Field(ge=1)] = 32
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    devices: Devices = "auto"
    precision: Precision = "float32"
    jit_compile: Literal["auto"] | bool = "auto"
    """Whether XLA compiles the step. Default: `auto`, chosen by the measurements in the README."""

    def total_steps(self, steps_per_epoch: int) -> int:
        """Returns the total number of steps."""
        if self.steps is None and self.epochs is not None:
            return self.epochs * steps_per_epoch
        return self.steps or DEFAULT_STEPS


class ResumableTrainingParameters(TrainingParameters):
    """Parameters of a training with checkpoints."""

    checkpoint_every_steps: Annotated[int, Field(ge=1)] = 500
    on_changed_configuration: Literal["refuse", "restart"] = "refuse"
    """What to do with checkpoints of another configuration: `refuse` raises an error, `restart` deletes them and trains
    from the start. Default: `refuse`."""

    def result_settings(self, section: str = "training") -> dict[str, Any]:
        """Returns the settings that affect the result, by configuration key; not duration, devices and checkpoints."""
        return dict(_flattened(self.model_dump(mode="json", exclude=_NOT_PART_OF_THE_RESULT), section))


def _flattened(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}.{key}")
        else:
            yield f"{prefix}.{key}", value
