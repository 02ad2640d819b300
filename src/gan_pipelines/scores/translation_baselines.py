"""Simple methods that a translator must beat: pictures uint8 ``(pictures, height, width, channels)`` throughout."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pictures = NDArray[np.uint8]

_BLOCK_VALUES = 2**22
"""Values of a block of pictures in memory as float64: 32 MiB."""


def mean_picture(training_targets: Pictures, count: int) -> Pictures:
    """Returns the mean of the training targets, rounded, as the answer to each of ``count`` sources.

    Args:
        training_targets: ``(pictures, height, width, channels)``, at least one.
        count: Number of held-out sources.

    Returns:
        ``(count, height, width, channels)``.
    """
    total = training_targets.sum(axis=0, dtype=np.int64)
    mean = np.rint(total / len(training_targets)).astype(np.uint8)
    return np.repeat(mean[np.newaxis], count, axis=0)


def nearest_source(training_sources: Pictures, training_targets: Pictures, heldout_sources: Pictures) -> Pictures:
    """Returns for each held-out source the target of the training source with the least Euclidean distance.

    The first of equally near ones counts. Distances are exact, since all are sums of integers.

    Args:
        training_sources: ``(training pictures, height, width, channels)``, at least one.
        training_targets: The target of each, of any size and channels.
        heldout_sources: ``(pictures, height, width, channels)`` of the training sources' size and channels.

    Returns:
        ``(pictures, height, width, channels)`` of the targets.

    Raises:
        ValueError: If the sources' shapes differ, or each does not have one target.
    """
    if training_sources.shape[1:] != heldout_sources.shape[1:] or len(training_sources) != len(training_targets):
        raise ValueError(
            f"Sources must have one shape and one target each, not {training_sources.shape} with "
            f"{len(training_targets):,} targets for training and {heldout_sources.shape} held out."
        )
    nearest = np.zeros(len(heldout_sources), np.intp)
    for heldout in _blocks(heldout_sources):
        rows = _rows(heldout_sources[heldout])
        smallest = np.full(len(rows), np.inf)
        for training in _blocks(training_sources):
            columns = _rows(training_sources[training])
            # The squared norm of a row is left out: it is the same for all columns.
            distances = np.einsum("ij,ij->i", columns, columns) - 2 * (rows @ columns.T)
            found = distances.argmin(axis=1)
            values = distances[np.arange(len(rows)), found]
            nearer = values < smallest
            nearest[heldout][nearer] = training.start + found[nearer]
            smallest[nearer] = values[nearer]
    return np.asarray(training_targets[nearest])


def colour_transfer(pictures: Pictures, reference_pictures: Pictures) -> Pictures:
    """Returns the pictures in the colours of other ones.

    Each channel of each picture is shifted and scaled to the mean and standard deviation of all pixels of that channel
    in the reference pictures; a channel without contrast becomes the mean. As Reinhard, Ashikhmin, Gooch and Shirley,
    "Color Transfer between Images", 2001, but in RGB instead of their decorrelated space, and towards a whole domain.

    Args:
        pictures: ``(pictures, height, width, channels)``.
        reference_pictures: Pictures of the other domain, of the same number of channels and any size; at least one.
    """
    mean, deviation = _moments(reference_pictures)
    translated = np.empty(pictures.shape, np.uint8)
    for result, picture in zip(translated, pictures, strict=True):
        own_mean, own_deviation = _moments(picture[np.newaxis])
        scale = np.divide(deviation, own_deviation, out=np.zeros_like(deviation), where=own_deviation > 0)
        result[...] = np.clip(np.rint((picture - own_mean) * scale + mean), 0, 255)
    return translated


def enlarged(low: Pictures, scale: int) -> Pictures:
    """Returns the pictures enlarged by Pillow's bicubic interpolation.

    Args:
        low: ``(pictures, height, width, channels)`` with 1 or 3 channels.
        scale: Integer factor.

    Returns:
        ``(pictures, scale * height, scale * width, channels)``.
    """
    count, height, width, channels = low.shape
    large = np.empty((count, scale * height, scale * width, channels), np.uint8)
    for result, picture in zip(large, low, strict=True):
        image = Image.fromarray(picture[..., 0] if channels == 1 else picture)
        resized = image.resize((scale * width, scale * height), Image.Resampling.BICUBIC)
        result[...] = np.asarray(resized).reshape(result.shape)
    return large


def _blocks(pictures: Pictures) -> Iterator[slice]:
    step = max(1, _BLOCK_VALUES // max(1, pictures[:1].size))
    for start in range(0, len(pictures), step):
        yield slice(start, start + step)


def _rows(pictures: Pictures) -> NDArray[np.float64]:
    return pictures.reshape(len(pictures), -1).astype(np.float64)


def _moments(pictures: Pictures) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns mean and standard deviation of each channel ``(channels,)``, of all pixels."""
    total, squares = np.zeros((2, pictures.shape[-1]), np.int64)
    for block in _blocks(pictures):
        values = pictures[block].reshape(-1, pictures.shape[-1]).astype(np.int64)
        total += values.sum(axis=0)
        squares += (values**2).sum(axis=0)
    pixels = pictures.size // pictures.shape[-1]
    mean = total / pixels
    # Sums of integers are exact, so the deviation of a channel without contrast is exactly 0.
    return mean, np.sqrt(np.maximum(squares / pixels - mean**2, 0))
