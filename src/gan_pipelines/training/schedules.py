"""Learning rates as functions of the examples that a training has seen."""

import math

from keras import ops

from gan_pipelines.training.backend import Tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.parameters import ScheduleParameters


def rate_share(parameters: ScheduleParameters, examples: Tensor) -> Tensor:
    """Returns the share of the learning rate, in [0, 1], that is used once so many examples were seen.

    Args:
        parameters: The schedule.
        examples: How many, float32, of any shape.
    """
    share = ops.ones_like(examples)
    if parameters.until_examples is not None:
        way = ops.minimum(examples / parameters.until_examples, 1.0)
        remaining = 1.0 - way if parameters.name == "linear" else (1.0 + ops.cos(math.pi * way)) / 2.0
        share = parameters.final_share + (1.0 - parameters.final_share) * remaining
    if parameters.warmup_examples:
        share = share * ops.minimum(examples / parameters.warmup_examples, 1.0)
    return share


def rate_schedule(
    parameters: ScheduleParameters, learning_rate: float, examples_per_update: int
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Returns a schedule for an optimizer, whose count of updates is the only state.

    Args:
        parameters: The schedule.
        learning_rate: The rate, of which a share is used.
        examples_per_update: Examples that the training sees from one update to the next; an update's own ones count.
    """
    return _RateSchedule(parameters, learning_rate, examples_per_update)


class _RateSchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, parameters: ScheduleParameters, learning_rate: float, examples_per_update: int) -> None:
        self._parameters = parameters
        self._learning_rate = learning_rate
        self._examples_per_update = examples_per_update

    def __call__(self, step: Tensor) -> Tensor:
        examples = (ops.cast(step, "float32") + 1.0) * self._examples_per_update
        return self._learning_rate * rate_share(self._parameters, examples)
