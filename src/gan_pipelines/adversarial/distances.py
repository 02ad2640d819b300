"""Distances between batches of pictures, for losses."""

from collections.abc import Callable

from keras import ops

from gan_pipelines.adversarial.losses import per_sample
from gan_pipelines.adversarial.translation_parameters import Distance
from gan_pipelines.training.backend import Tensor


def l1(first: Tensor, second: Tensor) -> Tensor:
    """Returns the mean absolute difference of each pair, ``(batch,)``."""
    return per_sample(ops.abs(first - second), first.shape[0])


def l2(first: Tensor, second: Tensor) -> Tensor:
    """Returns the mean squared difference of each pair, ``(batch,)``."""
    return per_sample(ops.square(first - second), first.shape[0])


DISTANCES: dict[Distance, Callable[[Tensor, Tensor], Tensor]] = {"l1": l1, "l2": l2}
