"""Cheap scores of generator snapshots over the training, and the choice of the best snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.collapse import is_collapsed, largest_pixel_deviation
from gan_pipelines.scores.frechet import frechet_distance
from gan_pipelines.scores.metric_network import ImageFeatures

_MINIMUM_CLASS_FRACTION = 0.5  # of the real images' classes; with fewer, the generator has collapsed


@dataclass(frozen=True)
class SnapshotScores:
    """Scores of the generator at one step, against training images.

    Args:
        step: Training step.
        epoch: The step in epochs.
        distance: Frechet distance of its images to the training images; None if the features are unreliable.
        covered_classes: Number of predicted classes; None without classes.
        smallest_fraction: Fraction of the images in the rarest class; None without classes.
        largest_pixel_deviation: Largest per-pixel standard deviation between images, in gray levels, 0 to 255.
        is_collapsed: Whether no pixel differs visibly, or fewer than half of the real images' classes are covered.
    """

    step: int
    epoch: float
    distance: float | None
    covered_classes: int | None
    smallest_fraction: float | None
    largest_pixel_deviation: float
    is_collapsed: bool


@dataclass(frozen=True, eq=False)
class SnapshotReference:
    """Training images that snapshots are scored against; the scores of samples use held-out images.

    Args:
        image_features: Their features and class probabilities.
        classes: Number of classes; 0 if there are none.
        features_are_trusted: Whether the features are reliable enough for distances.
    """

    image_features: ImageFeatures
    classes: int
    features_are_trusted: bool


def score_snapshot(
    moment: tuple[int, float], image_features: ImageFeatures, pixels: NDArray[np.uint8], reals: SnapshotReference
) -> SnapshotScores:
    """Scores the images of one snapshot.

    Args:
        moment: Step and epoch of the snapshot.
        image_features: Features and class probabilities of the images.
        pixels: Images ``(images, height, width, channels)``, uint8.
        reals: Training images to compare with.
    """
    distance = None
    if reals.features_are_trusted:
        distance = frechet_distance(reals.image_features.features, image_features.features)
    counts = np.bincount(image_features.classes, minlength=reals.classes) if reals.classes else None
    covered = None if counts is None else int(np.count_nonzero(counts))
    expected = len(np.unique(reals.image_features.classes))
    has_lost_classes = covered is not None and covered < _MINIMUM_CLASS_FRACTION * min(expected, len(pixels))
    return SnapshotScores(
        *moment,
        distance=distance,
        covered_classes=covered,
        smallest_fraction=None if counts is None else float(counts.min() / counts.sum()),
        largest_pixel_deviation=largest_pixel_deviation(pixels),
        is_collapsed=is_collapsed(pixels) or has_lost_classes,
    )


def best_snapshot(snapshots: Sequence[SnapshotScores]) -> int:
    """Returns the index of the smallest distance, the first in case of a tie; the last index without distances."""
    distances = [np.inf if snapshot.distance is None else snapshot.distance for snapshot in snapshots]
    return int(np.argmin(distances)) if np.isfinite(distances).any() else len(snapshots) - 1


def snapshots_report(snapshots: Sequence[SnapshotScores], conditions: Mapping[str, object]) -> dict[str, object]:
    """Returns the scores over the training, the best snapshot, and the step of the final collapse if there is one.

    Args:
        snapshots: In the order of their steps; the last is the end.
        conditions: Conditions that all scores depend on.
    """
    best, last = snapshots[best_snapshot(snapshots)], snapshots[-1]
    not_collapsed = [position for position, snapshot in enumerate(snapshots) if not snapshot.is_collapsed]
    collapse_start = not_collapsed[-1] + 1 if not_collapsed else 0
    return {
        "best": {"step": best.step, "epoch": best.epoch, "distance": best.distance},
        "last": {"step": last.step, "epoch": last.epoch, "distance": last.distance},
        "collapsed_since_step": snapshots[collapse_start].step if collapse_start < len(snapshots) else None,
        "snapshots": [asdict(snapshot) for snapshot in snapshots],
        "conditions": dict(conditions),
    }
