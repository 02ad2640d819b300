"""Scores of generated points in the plane, with the conditions they depend on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores.points import covered_fraction, energy_distance, mean_curve_error
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import random_generator

_LOW, _HIGH = -0.5, 0.5

Points = NDArray[np.float32]


@dataclass(frozen=True)
class PointSets:
    """Real and generated points, each ``(points, 2)``.

    Args:
        training: Real points that the networks were trained on.
        heldout: Held-out real points.
        samples: Points of the trained generator.
        untrained: Points of the untrained generator, from the same latents.
    """

    training: Points
    heldout: Points
    samples: Points
    untrained: Points


def score_points(sets: PointSets, seed: int, moments: Sequence[tuple[int, Points]] | None) -> dict[str, Any]:
    """Returns the energy distance to real points and, for the parabola, the distance of points from the curve.

    Args:
        sets: Real and generated points.
        seed: Seed of the subset of real points.
        moments: Training steps and the points generated at them; None if the real points are not a parabola.
    """
    count = min(len(sets.training), len(sets.heldout), len(sets.samples))
    heldout = _subset(sets.heldout, count, seed)
    scores: dict[str, Any] = {
        "energy_distance": {
            "value": energy_distance(heldout, sets.samples[:count]),
            "real_baseline": energy_distance(heldout, _subset(sets.training, count, seed)),
            "untrained_baseline": energy_distance(heldout, sets.untrained[:count]),
            "real_points": count,
            "generated_points": count,
        }
    }
    if moments is None:
        return scores
    return {
        "mean_absolute_error": _curve_section(mean_curve_error, sets),
        "covered_fraction": _curve_section(lambda points: covered_fraction(points[:, 0], _LOW, _HIGH), sets),
        **scores,
        "over_training": [
            {
                "step": step,
                "mean_absolute_error": mean_curve_error(points),
                "covered_fraction": covered_fraction(points[:, 0], _LOW, _HIGH),
                "points": len(points),
            }
            for step, points in moments
        ],
        "conditions": {"curve": "y = x^2", "low": _LOW, "high": _HIGH, "real_split": "heldout", "seed": seed},
    }


def accuracy_section(discriminator: keras.Model, sets: PointSets) -> dict[str, Any]:
    """Returns the discriminator's accuracy on held-out and on generated points; 0.5 is chance."""
    count = min(len(sets.heldout), len(sets.samples))
    (real,), (generated,) = (infer(discriminator, points[:count]) for points in (sets.heldout, sets.samples))
    return {
        "real": float(np.mean(real > 0)),
        "generated": float(np.mean(generated < 0)),
        "real_points": count,
        "generated_points": count,
    }


def _curve_section(measure: Callable[[Points], float], sets: PointSets) -> dict[str, Any]:
    return {
        "value": measure(sets.samples),
        "heldout": measure(sets.heldout),
        "untrained": measure(sets.untrained),
        "generated_points": len(sets.samples),
        "heldout_points": len(sets.heldout),
    }


def _subset(points: Points, count: int, seed: int) -> Points:
    chosen = random_generator(seed, "some points").choice(len(points), count, replace=False)
    return points[np.sort(chosen)]
