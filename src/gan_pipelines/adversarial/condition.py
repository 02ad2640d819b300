"""Second input of conditional networks."""

from typing import Protocol

from keras import ops

from gan_pipelines.training.backend import Key, Tensor
from gan_pipelines.training.engine import Batch
from gan_pipelines.training.wordings import drawn_wording


class Condition(Protocol):
    """Computes the second input of generator and discriminator."""

    def __call__(self, batch: Batch, key: Key) -> Tensor:
        """Returns the condition of each real sample of the batch, ``(batch, size)``; generated samples get the same."""


class ClassCondition:
    """One-hot classes of the ``labels`` of a batch.

    Args:
        classes: Number of classes.
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes

    def __call__(self, batch: Batch, key: Key) -> Tensor:  # noqa: ARG002 - of the protocol
        """Returns ``(batch, classes)``, float32."""
        return ops.one_hot(batch["labels"], self._classes, dtype="float32")


class CaptionCondition:
    """Vector of one of the wordings of each sample's caption, drawn anew in each step."""

    def __call__(self, batch: Batch, key: Key) -> Tensor:
        """Returns ``(batch, size)``; ``batch`` has ``captions`` and ``wordings``, see `drawn_wording`."""
        return drawn_wording(batch["captions"], batch["wordings"], key)
