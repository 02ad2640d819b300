"""Memorisation tests: whether generated images are copies of training images.

The reference are the distances of held-out real images to training images: a generator that has learned the
distribution has similar distances, and one that copies has smaller ones.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import StoredPixels
from gan_pipelines.scores.distances import TIE, NearestNeighbours, checked_features, nearest_neighbours
from gan_pipelines.scores.two_sample import mann_whitney_z, two_proportion_z

_LOW = 0.01
_SUSPICIOUS_Z = 3.0


@dataclass(frozen=True, eq=False)
class Memorisation:
    """Distances of generated images to training images, compared with those of held-out real images.

    Args:
        data_copying_z: Z_u of the data-copying test: far below 0 if generated images are nearer to training images than
            held-out ones are, far above 0 if they are farther.
        low_distance_z: z-score of the fraction of generated images that are nearer than the 1 % quantile of held-out
            distances. It detects copies of a few images, which ``data_copying_z`` can miss.
        authenticity: Fraction of generated images, in [0, 1], that are farther from their nearest training image than
            that image is from its nearest other training image.
        smallest: Smallest distance of a generated image to a training image.
        low_quantile: 1 % quantile of the distances of generated images to their nearest training image.
        heldout_smallest: As ``smallest``, for held-out images.
        heldout_low_quantile: As ``low_quantile``, for held-out images.
        nearest: Nearest training image of each generated image.
    """

    data_copying_z: float
    low_distance_z: float
    authenticity: float
    smallest: float
    low_quantile: float
    heldout_smallest: float
    heldout_low_quantile: float
    nearest: NearestNeighbours

    @property
    def suspicious(self) -> bool:
        """Whether ``data_copying_z`` < -3 or ``low_distance_z`` > 3."""
        return self.data_copying_z < -_SUSPICIOUS_Z or self.low_distance_z > _SUSPICIOUS_Z


def copied_images(generated: NDArray[np.uint8], training: NDArray[np.uint8] | StoredPixels) -> NDArray[np.bool_]:
    """Returns whether each generated image equals a training image in every pixel, ``(generated images,)``.

    Args:
        generated: ``(generated images, height, width, channels)``, gray levels of 0 to 255.
        training: ``(training images, height, width, channels)``, quantised like the generated ones, or on disk.

    Raises:
        ValueError: If the pixels are not uint8, or the image shapes differ.
    """
    training_dtype = np.dtype(np.uint8) if isinstance(training, StoredPixels) else training.dtype
    if generated.dtype != np.uint8 or training_dtype != np.uint8 or generated.shape[1:] != training.shape[1:]:
        raise ValueError(
            f"Pixels must be uint8 and of the same image shape; found {generated.dtype} {generated.shape[1:]} and "
            f"{training_dtype} {training.shape[1:]}."
        )
    digests = [_digest(image) for image in generated]
    # Only the digests of copies are kept in memory, as there may be many more training images.
    training_images = map(training.bytes_at, range(len(training))) if isinstance(training, StoredPixels) else training
    copied = frozenset(digests).intersection(map(_digest, training_images))
    return np.array([digest in copied for digest in digests], np.bool_)


def memorisation(
    generated: NDArray[np.generic], training: NDArray[np.generic], heldout: NDArray[np.generic]
) -> Memorisation:
    """Returns the memorisation tests of generated images.

    The data-copying test is by Meehan et al., "A Non-Parametric Test to Detect Data-Copying in Generative Models",
    2020. It can miss copies of a few images (Bhattacharjee et al., "Data-Copying in Generative Models: A Formal
    Framework", 2023), so the smallest distances are tested as well. Authenticity is by Alaa et al., "How Faithful is
    your Synthetic Data? Sample-level Metrics for Evaluating and Auditing Generative Models", 2022. Distances are
    Euclidean.

    Args:
        generated: Features of generated images, ``(generated images, dimensions)``, of any real dtype.
        training: Features of the training images, ``(training images, dimensions)``.
        heldout: Features of held-out real images, ``(held-out images, dimensions)``. Training images among them would
            hide copies.

    Raises:
        ValueError: If a set is not a matrix, has fewer than two samples or holds values that are not finite, or the
            sets differ in their dimensions.
    """
    names = ("training features", "generated features", "held-out features")
    training, generated, heldout = checked_features(training, generated, heldout, names=names, at_least=2)
    nearest = nearest_neighbours(generated, training)
    neighbours, positions = np.unique(nearest.indices, return_inverse=True)
    own_distances = nearest_neighbours(training[neighbours], training, own=neighbours).squared_distances[positions]
    distances = np.sqrt(nearest.squared_distances)
    heldout_distances = np.sqrt(nearest_neighbours(heldout, training).squared_distances)
    low, heldout_low = (float(np.quantile(each, _LOW)) for each in (distances, heldout_distances))
    nearer, heldout_nearer = (np.count_nonzero(each < heldout_low) for each in (distances, heldout_distances))
    return Memorisation(
        data_copying_z=mann_whitney_z(distances, heldout_distances),
        low_distance_z=float(two_proportion_z(nearer, len(generated), heldout_nearer, len(heldout))),
        authenticity=float((own_distances * (1 + TIE) < nearest.squared_distances).mean()),
        smallest=float(distances.min()),
        low_quantile=low,
        heldout_smallest=float(heldout_distances.min()),
        heldout_low_quantile=heldout_low,
        nearest=nearest,
    )


def _digest(image: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(image.tobytes(), digest_size=16).digest()
