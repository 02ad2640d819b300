"""The cheap scores over a training: which of the generators that were kept by the way is the best."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.collapse import is_collapsed, largest_pixel_deviation
from gan_pipelines.scores.frechet import frechet_distance
from gan_pipelines.scores.metric_network import Judgement

_FEWEST_CLASSES_SHARE = 0.5  # of the classes that real images have; below it, most of them are lost


@dataclass(frozen=True)
class SnapshotScores:
    """What the generator of one moment draws, beside training images.

    Args:
        step: The moment.
        epoch: The moment in epochs.
        distance: Frechet distance of its images from the training images; None where features are not to be trusted.
        covered_classes: Classes that at least one image is put into; None without classes.
        smallest_share: Share of the images in the rarest class; None without classes.
        largest_pixel_deviation: Standard deviation of the pixel that varies most between images, in gray levels of 255.
        is_collapsed: Whether the images hardly differ, or less than half of the real images' classes is left.
    """

    step: int
    epoch: float
    distance: float | None
    covered_classes: int | None
    smallest_share: float | None
    largest_pixel_deviation: float
    is_collapsed: bool


@dataclass(frozen=True, eq=False)
class Reals:
    """The training images that snapshots are scored against; the scores that are reported take others.

    Args:
        judgement: What was said of them.
        classes: How many classes there are; 0 without.
        features_are_trusted: Whether distances mean anything.
    """

    judgement: Judgement
    classes: int
    features_are_trusted: bool


def score_snapshot(
    moment: tuple[int, float], judgement: Judgement, pixels: NDArray[np.uint8], reals: Reals
) -> SnapshotScores:
    """Scores the images of one moment.

    Args:
        moment: Its step and epoch.
        judgement: What was said of the images.
        pixels: The images ``(images, height, width, channels)``, uint8.
        reals: What they are compared with.
    """
    distance = None
    if reals.features_are_trusted:
        distance = frechet_distance(reals.judgement.features, judgement.features)
    counts = np.bincount(judgement.classes, minlength=reals.classes) if reals.classes else None
    covered = None if counts is None else int(np.count_nonzero(counts))
    expected = len(np.unique(reals.judgement.classes))
    has_lost_classes = covered is not None and covered < _FEWEST_CLASSES_SHARE * min(expected, len(pixels))
    return SnapshotScores(
        *moment,
        distance=distance,
        covered_classes=covered,
        smallest_share=None if counts is None else float(counts.min() / counts.sum()),
        largest_pixel_deviation=largest_pixel_deviation(pixels),
        is_collapsed=is_collapsed(pixels) or has_lost_classes,
    )


def best_snapshot(snapshots: Sequence[SnapshotScores]) -> int:
    """Returns the position of the smallest distance, the earliest of equal ones; the last where there are none."""
    distances = [np.inf if snapshot.distance is None else snapshot.distance for snapshot in snapshots]
    return int(np.argmin(distances)) if np.isfinite(distances).any() else len(snapshots) - 1


def snapshots_report(snapshots: Sequence[SnapshotScores], conditions: Mapping[str, object]) -> dict[str, object]:
    """Returns the scores over the training, which moment was the best, and since when it has been collapsed.

    Args:
        snapshots: In the order of their steps; the last is the end.
        conditions: Under which all of them were scored.
    """
    best, last = snapshots[best_snapshot(snapshots)], snapshots[-1]
    sound = [position for position, snapshot in enumerate(snapshots) if not snapshot.is_collapsed]
    after_sound = sound[-1] + 1 if sound else 0
    return {
        "best": {"step": best.step, "epoch": best.epoch, "distance": best.distance},
        "last": {"step": last.step, "epoch": last.epoch, "distance": last.distance},
        "collapsed_since_step": snapshots[after_sound].step if after_sound < len(snapshots) else None,
        "snapshots": [asdict(snapshot) for snapshot in snapshots],
        "conditions": dict(conditions),
    }
