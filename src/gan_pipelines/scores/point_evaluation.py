"""The scores of generated points of a plane, with the conditions under which they hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.points import covered_share, energy_distance, mean_curve_error
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import random_generator

_LOW, _HIGH = -0.5, 0.5

Points = NDArray[np.float32]


@dataclass(frozen=True)
class PointSets:
    """Points of every origin, each ``(points, 2)``.

    Args:
        training: Real ones that the networks learnt from.
        heldout: Real ones kept away from training.
        samples: Of the trained generator.
        untrained: Of the untrained generator, from the same latents.
    """

    training: Points
    heldout: Points
    samples: Points
    untrained: Points


def score_points(sets: PointSets, seed: int, moments: Sequence[tuple[int, Points]] | None) -> dict[str, Any]:
    """Returns distances of generated from real points, and, for the parabola, of points from the curve.

    Args:
        sets: Points of every origin.
        seed: Decides which real points are compared with.
        moments: Steps of the training with what the generator drew then; None where the real points are no parabola.
    """
    count = min(len(sets.training), len(sets.heldout), len(sets.samples))
    heldout = _some(sets.heldout, count, seed)
    scores: dict[str, Any] = {
        "energy_distance": {
            "value": energy_distance(heldout, sets.samples[:count]),
            "floor": energy_distance(heldout, _some(sets.training, count, seed)),
            "ceiling": energy_distance(heldout, sets.untrained[:count]),
            "real_points": count,
            "generated_points": count,
        }
    }
    if moments is None:
        return scores
    return {
        "mean_absolute_error": _of_the_curve(mean_curve_error, sets),
        "covered_share": _of_the_curve(lambda points: covered_share(points[:, 0], _LOW, _HIGH), sets),
        **scores,
        "over_training": [
            {
                "step": step,
                "mean_absolute_error": mean_curve_error(points),
                "covered_share": covered_share(points[:, 0], _LOW, _HIGH),
                "points": len(points),
            }
            for step, points in moments
        ],
        "conditions": {"curve": "y = x^2", "low": _LOW, "high": _HIGH, "real_split": "heldout", "seed": seed},
    }


def accuracy_section(discriminator: keras.Model, sets: PointSets) -> dict[str, Any]:
    """Returns the share of held-out and of generated points that the discriminator tells rightly; 0.5 is chance."""
    count = min(len(sets.heldout), len(sets.samples))
    (real,), (generated,) = (infer(discriminator, points[:count]) for points in (sets.heldout, sets.samples))
    return {
        "real": float(np.mean(real > 0)),
        "generated": float(np.mean(generated < 0)),
        "real_points": count,
        "generated_points": count,
    }


def _of_the_curve(measure: Callable[[Points], float], sets: PointSets) -> dict[str, Any]:
    return {
        "value": measure(sets.samples),
        "heldout": measure(sets.heldout),
        "untrained": measure(sets.untrained),
        "generated_points": len(sets.samples),
        "heldout_points": len(sets.heldout),
    }


def _some(points: Points, count: int, seed: int) -> Points:
    chosen = random_generator(seed, "some points").choice(len(points), count, replace=False)
    return points[np.sort(chosen)]
