"""Learning rate schedules as functions of the training examples seen."""

import math

from keras import ops

from gan_pipelines.training.backend import Tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.parameters import LearningRateScheduleParameters


def learning_rate_factor(parameters: LearningRateScheduleParameters, examples: Tensor) -> Tensor:
    """Returns the factor of the learning rate, in [0, 1], after a number of examples.

    Args:
        parameters: The schedule.
        examples: Examples seen, float32, of any shape.
    """
    factor = ops.ones_like(examples)
    if parameters.decay_examples is not None:
        decay = parameters.decay_examples - parameters.hold_examples
        fraction = ops.clip((examples - parameters.hold_examples) / decay, 0.0, 1.0)
        remaining = 1.0 - fraction if parameters.name == "linear" else (1.0 + ops.cos(math.pi * fraction)) / 2.0
        factor = parameters.final_factor + (1.0 - parameters.final_factor) * remaining
    if parameters.warmup_examples:
        factor = factor * ops.minimum(examples / parameters.warmup_examples, 1.0)
    return factor


def rate_schedule(
    parameters: LearningRateScheduleParameters, learning_rate: float, examples_per_update: float
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Returns a Keras schedule; its only state is the optimizer's update count.

    Args:
        parameters: The schedule.
        learning_rate: Base learning rate, which the factor multiplies.
        examples_per_update: Training examples per update; those of the current update count as seen.
    """
    return _RateSchedule(parameters, learning_rate, examples_per_update)


class _RateSchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(
        self, parameters: LearningRateScheduleParameters, learning_rate: float, examples_per_update: float
    ) -> None:
        self._parameters = parameters
        self._learning_rate = learning_rate
        self._examples_per_update = examples_per_update

    def __call__(self, step: Tensor) -> Tensor:
        examples = (ops.cast(step, "float32") + 1.0) * self._examples_per_update
        return self._learning_rate * learning_rate_factor(self._parameters, examples)
