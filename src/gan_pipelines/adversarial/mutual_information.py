"""InfoGAN: latents with codes, and a lower bound on the mutual information between codes and samples.

Chen, Duan, Houthooft, Schulman, Sutskever and Abbeel, "InfoGAN: Interpretable Representation Learning by Information
Maximizing Generative Adversarial Nets", 2016. A head Q on the discriminator's body predicts the codes c of a generated
sample. The mutual information I(c; G(z, c)) is at least H(c) + E[log Q(c | G(z, c))]; both networks maximise this
bound.
"""

import math
from dataclasses import dataclass

import numpy as np
from keras import ops
from numpy.typing import NDArray

from gan_pipelines.training.backend import Key, Tensor, random_tensor
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import draw

_LOG_DEVIATIONS = (-2.0, 1.0)  # outside, one precisely predicted code would dominate the loss


@dataclass(frozen=True)
class MutualInformationPenalty:
    """Negative lower bound on the mutual information, weighted for each kind of code.

    As in the authors' implementation, the layers of Q belong to the discriminator: they and the shared body are trained
    with the discriminator's loss, which includes this term on generated samples. The generator's loss includes it too.

    Args:
        codes: Layout of the codes.
        categorical_weight: Lambda in the paper, for the categorical code.
        continuous_weight: Lambda in the paper, for the continuous codes.
    """

    codes: CodeParameters
    categorical_weight: float
    continuous_weight: float

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the logged bounds, in nats; the categorical one is at most log(categories)."""
        return ("categorical_information", *(("continuous_information",) if self.codes.continuous else ()))

    def draw(self, count: int | Tensor, key: Key) -> Tensor:
        """Draws codes ``(count, codes.size)``: uniform over the categories, and uniform in [-1, 1]."""
        fraction = (random_tensor(key, "categories", (count,), "uniform") + 1.0) / 2.0
        categories = self.codes.categories
        chosen = ops.minimum(ops.cast(ops.floor(fraction * categories), "int32"), categories - 1)
        values = random_tensor(key, "continuous codes", (count, self.codes.continuous), "uniform")
        return ops.concatenate([ops.one_hot(chosen, categories, dtype="float32"), values], axis=1)

    def loss(self, latents: Tensor, estimates: list[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Returns the term added to both losses, and the bounds by name, per sample ``(batch,)``.

        Args:
            latents: ``(batch, latent_size)``, codes last.
            estimates: Outputs of Q: logits of the categories ``(batch, categories)`` and, if there are continuous
                codes, their means and log standard deviations ``(batch, 2 * continuous)``.
        """
        drawn_codes = latents[:, -self.codes.size :]
        bound = math.log(self.codes.categories) - _categorical_nll(
            drawn_codes[:, : self.codes.categories], ops.cast(estimates[0], "float32")
        )
        loss, bounds = -self.categorical_weight * bound, {"categorical_information": bound}
        if self.codes.continuous:
            values = drawn_codes[:, self.codes.categories :]
            nll = _gaussian_nll(values, ops.cast(estimates[1], "float32"))
            bound = self.codes.continuous * math.log(2.0) - nll
            loss, bounds = loss - self.continuous_weight * bound, bounds | {"continuous_information": bound}
        return loss, bounds


def cyclic_categories(codes: CodeParameters, count: int) -> NDArray[np.int64]:
    """Returns 0, 1, …, categories - 1, repeated cyclically, ``(count,)``."""
    return np.arange(count, dtype=np.int64) % codes.categories


def draw_codes(codes: CodeParameters, count: int, seed: int, stream: str) -> NDArray[np.float32]:
    """Returns codes ``(count, codes.size)``: categories in cyclic order, continuous codes uniform in [-1, 1]."""
    categories = np.eye(codes.categories, dtype=np.float32)[cyclic_categories(codes, count)]
    return np.concatenate([categories, draw("uniform", (count, codes.continuous), seed, stream)], axis=1)


def traversals(latents: NDArray[np.float32], codes: CodeParameters, columns: int) -> dict[str, NDArray[np.float32]]:
    """Returns latents in which a single code varies, keyed by the code's name and range.

    Args:
        latents: One per row, ``(rows, latent_size)``, codes last.
        codes: Layout of the codes.
        columns: Number of values of a continuous code, from -1 to 1; the categorical code takes every category.

    Returns:
        For each code ``(rows, values, latent_size)``.
    """
    first_code = latents.shape[1] - codes.size
    first_number = first_code + codes.categories
    category_path = np.repeat(latents[:, None], codes.categories, axis=1)
    category_path[:, :, first_code:first_number] = np.eye(codes.categories, dtype=np.float32)
    paths = {f"category, from 0 to {codes.categories - 1}": category_path}
    for number in range(codes.continuous):
        path = np.repeat(latents[:, None], columns, axis=1)
        path[:, :, first_number + number] = np.linspace(-1, 1, columns, dtype=np.float32)
        paths[f"number {number + 1}, from -1 to 1"] = path
    return paths


def _categorical_nll(one_hot: Tensor, logits: Tensor) -> Tensor:
    """Returns -log Q of the categorical code, ``(batch,)``."""
    return ops.logsumexp(logits, axis=1) - ops.sum(one_hot * logits, axis=1)


def _gaussian_nll(values: Tensor, estimates: Tensor) -> Tensor:
    """Returns -log Q of the continuous codes under independent Gaussians, ``(batch,)``."""
    count = values.shape[1]
    means, log_deviations = estimates[:, :count], ops.clip(estimates[:, count:], *_LOG_DEVIATIONS)
    distances = ops.square((values - means) * ops.exp(-log_deviations))
    return ops.sum(distances / 2.0 + log_deviations + math.log(2.0 * math.pi) / 2.0, axis=1)
