"""Linear and spherical interpolation between latents."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import Distribution

_SMALLEST_SINE = 1e-6  # of the angle between two latents; below it, rounding would decide the direction of the arc


def interpolate_latents(
    latents: NDArray[np.float32], columns: int, distribution: Distribution, codes: CodeParameters | None = None
) -> NDArray[np.float32]:
    """Interpolates the noise and keeps the codes fixed; returns ``(rows, columns, latent_size)``.

    Row k goes from latent k to the noise of latent rows + k. Normal noise is interpolated spherically, because its norm
    concentrates around sqrt(size); uniform noise linearly, which keeps it within [-1, 1].

    Args:
        latents: Start points, then end points: ``(2 * rows, latent_size)``, codes last.
        columns: Points per row, including both ends; at least 2.
        distribution: Distribution of the noise.
        codes: Layout of the codes. Default: the latents have none.
    """
    starts, ends = np.split(latents, 2)
    noise = slice(latents.shape[1] - (0 if codes is None else codes.size))
    paths = np.repeat(starts[:, None], columns, axis=1)
    interpolate = slerp if distribution == "normal" else lerp
    paths[:, :, noise] = interpolate(starts[:, noise], ends[:, noise], columns)
    return paths


def lerp(starts: NDArray[np.float32], ends: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Interpolates linearly from starts to ends, both ``(rows, size)``; returns ``(rows, columns, size)``."""
    fractions = _fractions(columns)
    return ((1 - fractions) * starts[:, None] + fractions * ends[:, None]).astype(np.float32)


def slerp(starts: NDArray[np.float32], ends: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Interpolates spherically from starts to ends, both ``(rows, size)``; returns ``(rows, columns, size)``.

    White, "Sampling Generative Networks", 2016: equal steps in angle; the norm goes from that of the start to that of
    the end. Parallel or opposite latents define no unique arc and are interpolated linearly.
    """
    first, last = starts.astype(np.float64), ends.astype(np.float64)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(last, axis=1)
    cosines = np.sum(first * last, axis=1) / np.maximum(lengths, np.finfo(np.float64).tiny)
    angles = np.arccos(np.clip(cosines, -1, 1))[:, None, None]
    fractions = _fractions(columns)
    has_arc = np.sin(angles) > _SMALLEST_SINE
    sines = np.where(has_arc, np.sin(angles), 1)
    first_weights = np.where(has_arc, np.sin((1 - fractions) * angles) / sines, 1 - fractions)
    last_weights = np.where(has_arc, np.sin(fractions * angles) / sines, fractions)
    return (first_weights * first[:, None] + last_weights * last[:, None]).astype(np.float32)


def _fractions(columns: int) -> NDArray[np.float64]:
    """Returns the interpolation weights of the end point, from 0 to 1, ``(columns, 1)``."""
    return np.linspace(0, 1, columns)[:, None]
