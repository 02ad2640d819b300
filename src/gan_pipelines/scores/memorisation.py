"""Whether a generator gives back its training images.

What counts as near is what held-out real images show: a generator that has learnt the distribution comes as near to
the training images as they do, and one that copies comes nearer.
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
    """How near generated images come to training images, beside held-out real ones.

    Args:
        distance_z: The copying test's Z_u: far below 0 where generated images are nearer to training images than
            held-out ones are, far above 0 where they are farther.
        low_distance_z: By how many standard deviations too many generated images are nearer than the nearest hundredth
            of the held-out ones. Copies of a few images show here, and not in the test of all.
        authentic_share: Share of generated images, in [0, 1], that are farther from their nearest training image than
            that one is from its own nearest.
        smallest: Distance of the generated image nearest to a training image.
        low_quantile: Distance within which a hundredth of the generated images lies.
        heldout_smallest: As ``smallest``, of held-out images.
        heldout_low_quantile: As ``low_quantile``, of held-out images.
        nearest: The nearest training image of each generated one.
    """

    distance_z: float
    low_distance_z: float
    authentic_share: float
    smallest: float
    low_quantile: float
    heldout_smallest: float
    heldout_low_quantile: float
    nearest: NearestNeighbours

    @property
    def suspicious(self) -> bool:
        """Whether chance hardly explains how near the generated images come to training images."""
        return self.distance_z < -_SUSPICIOUS_Z or self.low_distance_z > _SUSPICIOUS_Z


def copied_images(generated: NDArray[np.uint8], training: NDArray[np.uint8] | StoredPixels) -> NDArray[np.bool_]:
    """Returns which generated images equal a training image in every pixel, ``(generated images,)``.

    Args:
        generated: ``(generated images, height, width, channels)``, gray levels of 0 to 255.
        training: ``(training images, height, width, channels)``, quantised as the generated ones are, or on the disk.

    Raises:
        ValueError: The pixels are not uint8, or the images differ in their shape.
    """
    of_training = np.dtype(np.uint8) if isinstance(training, StoredPixels) else training.dtype
    if generated.dtype != np.uint8 or of_training != np.uint8 or generated.shape[1:] != training.shape[1:]:
        raise ValueError(
            f"Pixels are compared as uint8 and at one size; found {generated.dtype} {generated.shape[1:]} and "
            f"{of_training} {training.shape[1:]}."
        )
    digests = [_digest(image) for image in generated]
    # Of the training images, which may be many more, only the digests of copies are held.
    pictures = map(training.bytes_at, range(len(training))) if isinstance(training, StoredPixels) else training
    copied = frozenset(digests).intersection(map(_digest, pictures))
    return np.array([digest in copied for digest in digests], np.bool_)


def memorisation(
    generated: NDArray[np.generic], training: NDArray[np.generic], heldout: NDArray[np.generic]
) -> Memorisation:
    """Returns how near generated images come to training images.

    The test of Meehan et al., "A Non-Parametric Test to Detect Data-Copying in Generative Models", 2020, which can miss
    copies of a few images (Bhattacharjee et al., "Data-Copying in Generative Models: A Formal Framework", 2023), so the
    nearest images are tested as well; and the authenticity of Alaa et al., "How Faithful is your Synthetic Data?
    Sample-level Metrics for Evaluating and Auditing Generative Models", 2022. Distances are Euclidean.

    Args:
        generated: Features of generated images, ``(generated images, dimensions)``, of any real dtype.
        training: Features of the training images, ``(training images, dimensions)``.
        heldout: Features of real images kept away from training, ``(held-out images, dimensions)``. Training images
            that stand in both make copies look usual.

    Raises:
        ValueError: A set is not a matrix, has fewer than two samples or holds values that are not finite, or the sets
            differ in their dimensions.
    """
    names = ("training features", "generated features", "held-out features")
    training, generated, heldout = checked_features(training, generated, heldout, names=names, at_least=2)
    nearest = nearest_neighbours(generated, training)
    copied, places = np.unique(nearest.indices, return_inverse=True)
    own = nearest_neighbours(training[copied], training, own=copied).squared_distances[places]
    distances = np.sqrt(nearest.squared_distances)
    heldout_distances = np.sqrt(nearest_neighbours(heldout, training).squared_distances)
    low, heldout_low = (float(np.quantile(each, _LOW)) for each in (distances, heldout_distances))
    nearer, heldout_nearer = (np.count_nonzero(each < heldout_low) for each in (distances, heldout_distances))
    return Memorisation(
        distance_z=mann_whitney_z(distances, heldout_distances),
        low_distance_z=float(two_proportion_z(nearer, len(generated), heldout_nearer, len(heldout))),
        authentic_share=float((own * (1 + TIE) < nearest.squared_distances).mean()),
        smallest=float(distances.min()),
        low_quantile=low,
        heldout_smallest=float(heldout_distances.min()),
        heldout_low_quantile=heldout_low,
        nearest=nearest,
    )


def _digest(image: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(image.tobytes(), digest_size=16).digest()
