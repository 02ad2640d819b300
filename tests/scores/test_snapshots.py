import json

import numpy as np
import pytest

from gan_pipelines.scores.metric_network import ImageFeatures
from gan_pipelines.scores.snapshots import SnapshotReference, best_snapshot, score_snapshot, snapshots_report

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.integers(0, 255, (60, 4, 4, 1), dtype=np.uint8)


def image_features(shift=0.0, classes=(0, 1, 2, 3)):
    features = np.random.default_rng(1).normal(shift, 1, (60, 3)).astype(np.float32)
    return ImageFeatures(features, np.eye(4)[np.resize(classes, 60)])


REALS = SnapshotReference(image_features(), classes=4, features_are_trusted=True)


def scored(step, shift=0.0, classes=(0, 1, 2, 3), pixels=NOISE, reals=REALS):
    return score_snapshot((step, step / 10), image_features(shift, classes), pixels, reals)


def test_a_moment_is_scored_by_distance_and_classes():
    snapshot = scored(20, shift=2.0, classes=(0, 0, 0, 1))
    assert snapshot.distance == pytest.approx(3 * 2.0**2)
    assert (snapshot.covered_classes, snapshot.smallest_fraction) == (2, 0.0)
    assert not snapshot.is_collapsed
    assert scored(20).smallest_fraction == pytest.approx(0.25)


def test_the_best_is_the_nearest_and_of_equal_ones_the_first():
    snapshots = [scored(10, 2.0), scored(20, 0.5), scored(30, 0.5), scored(40, 1.0)]
    assert best_snapshot(snapshots) == 1
    report = snapshots_report(snapshots, {"real_split": "training"})
    assert (report["best"]["step"], report["last"]["step"], report["collapsed_since_step"]) == (20, 40, None)
    assert [row["step"] for row in report["snapshots"]] == [10, 20, 30, 40]
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_without_trusted_features_the_last_is_taken_for_the_best():
    blind = SnapshotReference(image_features(), classes=0, features_are_trusted=False)
    snapshots = [scored(10, reals=blind), scored(20, 3.0, reals=blind)]
    assert best_snapshot(snapshots) == 1
    assert (snapshots[0].distance, snapshots[0].covered_classes) == (None, None)


def test_images_that_are_all_alike_are_a_collapse_and_so_is_the_loss_of_most_classes():
    assert scored(10, pixels=np.repeat(NOISE[:1], 60, axis=0)).is_collapsed
    assert scored(10, classes=(3,)).is_collapsed
    assert not scored(10, classes=(2, 3)).is_collapsed


@pytest.mark.parametrize(
    ("lost_at", "since"), [((10,), None), ((30,), 30), ((20, 30), 20), ((10, 30), 30), ((10, 20, 30), 10)]
)
def test_a_collapse_counts_from_where_it_stays(lost_at, since):
    snapshots = [scored(step, classes=(0,) if step in lost_at else (0, 1, 2, 3)) for step in (10, 20, 30)]
    assert snapshots_report(snapshots, {})["collapsed_since_step"] == since
