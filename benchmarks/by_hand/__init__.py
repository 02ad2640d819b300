"""The steps of `benchmarks.accelerator_cases` written by hand, as someone would who needs nothing else.

Networks, losses, optimizers, batches and latents are the engine's; how a step is put together, differentiated, compiled
and repeated is not. One file for each backend, and a twin in PyTorch.
"""

from typing import Protocol

from benchmarks.accelerator_cases import Case, Loop
from gan_pipelines.backend_choice import Backend
from gan_pipelines.training.parameters import Precision


class ByHand(Protocol):
    """What the file of a backend has."""

    def loop(self, case: Case, precision: Precision, *, on_gpu: bool) -> Loop:
        """Returns the hand-written loop of a case.

        Args:
            case: The kind of step.
            precision: In which the layers compute.
            on_gpu: Whether the steps of a call are compiled into one.
        """

    def matrix_product(self, size: int, dtype: str) -> float:
        """Returns the sum of a product of two matrices ``(size, size)``, once it is known; the first call compiles."""

    def peak_memory(self) -> int | None:
        """Returns the most bytes of the device that were in use since `forget_peak_memory`; None where not known."""

    def forget_peak_memory(self) -> None:
        """Starts the peak anew, where the backend can."""


def by_hand_on(backend: Backend) -> ByHand:
    """Returns the hand-written loops of the backend that Keras runs on."""
    if backend == "jax":
        from benchmarks.by_hand import jax_loops

        return jax_loops
    from benchmarks.by_hand import tensorflow_loops

    return tensorflow_loops
