"""Ways from one latent to another, in equal steps."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import Distribution

_SMALLEST_SINE = 1e-6  # of the angle between two latents; below, rounding would choose the arc


def noise_paths(
    latents: NDArray[np.float32], columns: int, distribution: Distribution, codes: CodeParameters | None = None
) -> NDArray[np.float32]:
    """Returns latents along which the noise changes and codes stay, ``(rows, columns, latent_size)``.

    Row k starts at latent k and ends at the noise of latent rows + k. Normal noise goes along an arc, since nearly all
    of it lies about as far from zero as its ends; uniform noise goes straight, which keeps it within [-1, 1].

    Args:
        latents: Starts, then ends: ``(2 * rows, latent_size)``, codes last.
        columns: Steps of a row, both ends among them; at least 2.
        distribution: What the noise was drawn from.
        codes: Which codes there are.
    """
    starts, ends = np.split(latents, 2)
    noise = slice(latents.shape[1] - (0 if codes is None else codes.size))
    paths = np.repeat(starts[:, None], columns, axis=1)
    between = arcs if distribution == "normal" else lines
    paths[:, :, noise] = between(starts[:, noise], ends[:, noise], columns)
    return paths


def lines(starts: NDArray[np.float32], ends: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Returns equal steps straight from starts to ends, both ``(rows, size)``: ``(rows, columns, size)``."""
    shares = _shares(columns)
    return ((1 - shares) * starts[:, None] + shares * ends[:, None]).astype(np.float32)


def arcs(starts: NDArray[np.float32], ends: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Returns equal steps by angle from starts to ends, both ``(rows, size)``: ``(rows, columns, size)``.

    Spherical interpolation as in White, "Sampling Generative Networks", 2016: the length moves from that of the start
    to that of the end with the direction. Between latents in the same direction or in opposite ones, which have no arc
    of their own, the way is straight.
    """
    first, last = starts.astype(np.float64), ends.astype(np.float64)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(last, axis=1)
    cosines = np.sum(first * last, axis=1) / np.maximum(lengths, np.finfo(np.float64).tiny)
    angles = np.arccos(np.clip(cosines, -1, 1))[:, None, None]
    shares = _shares(columns)
    has_arc = np.sin(angles) > _SMALLEST_SINE
    sines = np.where(has_arc, np.sin(angles), 1)
    of_first = np.where(has_arc, np.sin((1 - shares) * angles) / sines, 1 - shares)
    of_last = np.where(has_arc, np.sin(shares * angles) / sines, shares)
    return (of_first * first[:, None] + of_last * last[:, None]).astype(np.float32)


def _shares(columns: int) -> NDArray[np.float64]:
    """Returns how far along a way each step is, from 0 to 1: ``(columns, 1)``."""
    return np.linspace(0, 1, columns)[:, None]
