"""InfoGAN: latents with codes, and a bound on what samples tell of them.

Chen, Duan, Houthooft, Schulman, Sutskever and Abbeel, "InfoGAN: Interpretable Representation Learning by Information
Maximizing Generative Adversarial Nets", 2016. A head Q on the discriminator's body estimates the codes of a generated
sample. The mutual information between codes and samples is at least the entropy of the codes less Q's mean surprise at
them, and both players are paid for that bound.
"""

import math
from dataclasses import dataclass

import numpy as np
from keras import ops
from numpy.typing import NDArray

from gan_pipelines.training.backend import Key, Tensor, noise
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import draw

_LOG_DEVIATIONS = (-2.0, 1.0)  # beyond, a code that is told exactly would drown all others


@dataclass(frozen=True)
class Information:
    """The bound for both kinds of codes, weighted.

    As in the authors' program, Q's own layers belong to the discriminator: they and the shared body move with the
    discriminator's loss, of which the bound on generated samples is a part. The generator's loss has the same part.

    Args:
        codes: Which codes there are.
        categorical_weight: Lambda in the paper, for the category.
        continuous_weight: The same for the numbers.
    """

    codes: CodeParameters
    categorical_weight: float
    continuous_weight: float

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of what is logged: the bounds in nats, at most log(categories) for the category."""
        return ("categorical_information", *(("continuous_information",) if self.codes.continuous else ()))

    def draw(self, count: int | Tensor, key: Key) -> Tensor:
        """Draws codes ``(count, codes.size)``, all categories equally often and numbers evenly in [-1, 1]."""
        share = (noise(key, "categories", (count,), "uniform") + 1.0) / 2.0
        categories = self.codes.categories
        chosen = ops.minimum(ops.cast(ops.floor(share * categories), "int32"), categories - 1)
        numbers = noise(key, "continuous codes", (count, self.codes.continuous), "uniform")
        return ops.concatenate([ops.one_hot(chosen, categories, dtype="float32"), numbers], axis=1)

    def loss(self, latents: Tensor, estimates: list[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns what is added to both players' losses, and the bounds by name, per sample ``(batch,)``.

        Args:
            latents: ``(batch, latent_size)``, codes last.
            estimates: Q's: logits of the categories ``(batch, categories)`` and, where there are numbers, their means
                and the logarithms of their standard deviations ``(batch, 2 * continuous)``.
        """
        latents = latents[:, -self.codes.size :]
        bound = math.log(self.codes.categories) - _surprise_at_category(
            latents[:, : self.codes.categories], ops.cast(estimates[0], "float32")
        )
        loss, bounds = -self.categorical_weight * bound, {"categorical_information": bound}
        if self.codes.continuous:
            numbers = latents[:, self.codes.categories :]
            surprise = _surprise_at_numbers(numbers, ops.cast(estimates[1], "float32"))
            bound = self.codes.continuous * math.log(2.0) - surprise
            loss, bounds = loss - self.continuous_weight * bound, bounds | {"continuous_information": bound}
        return loss, bounds


def categories_in_turn(codes: CodeParameters, count: int) -> NDArray[np.int64]:
    """Returns the categories 0, 1, 2, … and from 0 again, ``(count,)``."""
    return np.arange(count, dtype=np.int64) % codes.categories


def draw_codes(codes: CodeParameters, count: int, seed: int, stream: str) -> NDArray[np.float32]:
    """Returns codes for samples that people look at, ``(count, codes.size)``: categories in turn, numbers drawn."""
    categories = np.eye(codes.categories, dtype=np.float32)[categories_in_turn(codes, count)]
    return np.concatenate([categories, draw("uniform", (count, codes.continuous), seed, stream)], axis=1)


def traversals(latents: NDArray[np.float32], codes: CodeParameters, columns: int) -> dict[str, NDArray[np.float32]]:
    """Returns latents along which one code changes and all else stays, for each code by its name and range.

    Args:
        latents: One for each row, ``(rows, latent_size)``, codes last.
        codes: Which codes there are.
        columns: Values of a number, from -1 to 1; a category takes each of its own.

    Returns:
        For each code ``(rows, values, latent_size)``.
    """
    first_code = latents.shape[1] - codes.size
    first_number = first_code + codes.categories
    of_category = np.repeat(latents[:, None], codes.categories, axis=1)
    of_category[:, :, first_code:first_number] = np.eye(codes.categories, dtype=np.float32)
    paths = {f"category, from 0 to {codes.categories - 1}": of_category}
    for number in range(codes.continuous):
        path = np.repeat(latents[:, None], columns, axis=1)
        path[:, :, first_number + number] = np.linspace(-1, 1, columns, dtype=np.float32)
        paths[f"number {number + 1}, from -1 to 1"] = path
    return paths


def _surprise_at_category(one_hot: Tensor, logits: Tensor) -> Tensor:
    """Returns -log Q of the category, ``(batch,)``."""
    return ops.logsumexp(logits, axis=1) - ops.sum(one_hot * logits, axis=1)


def _surprise_at_numbers(numbers: Tensor, estimates: Tensor) -> Tensor:
    """Returns -log Q of the numbers under Gaussians that do not depend on each other, ``(batch,)``."""
    count = numbers.shape[1]
    means, log_deviations = estimates[:, :count], ops.clip(estimates[:, count:], *_LOG_DEVIATIONS)
    distances = ops.square((numbers - means) * ops.exp(-log_deviations))
    return ops.sum(distances / 2.0 + log_deviations + math.log(2.0 * math.pi) / 2.0, axis=1)
