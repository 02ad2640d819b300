"""How long the scores of 10,000 images take, and how much memory.

The scores run in a process of their own, so that its peak is theirs. Features are float32, as the metric network makes
them.
"""

import importlib.util
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.scores import (
    classifier_score,
    density_coverage,
    frechet_distance,
    kernel_distance,
    precision_recall,
)
from gan_pipelines.scores.memorisation import copied_images, memorisation
from gan_pipelines.scores.ndb import bin_scores
from gan_pipelines.scores.sliced_wasserstein import sliced_wasserstein_distance
from gan_pipelines.scores.two_sample import classifier_two_sample_test

SAMPLES = 10_000
DIMENSIONS = 128
ROUNDS = 3


def main() -> None:
    """Prints the table."""
    from gan_pipelines.training.environment import available_cores  # imports TensorFlow, which the scores do without

    print(f"{available_cores()} cores", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.score_speed"], cwd=Path(__file__).parents[1], check=True)


def measure() -> None:
    """Prints seconds of each score and the peak memory of this process."""
    random = np.random.default_rng(0)
    training, heldout, generated = (random.standard_normal((SAMPLES, DIMENSIONS), np.float32) for _ in range(3))
    probabilities = random.dirichlet(np.ones(10), SAMPLES)
    pixels = random.integers(0, 256, (2, SAMPLES, 28, 28, 1), np.uint8)
    scores: dict[str, Callable[[], object]] = {
        "Frechet distance": lambda: frechet_distance(heldout, generated),
        "kernel distance": lambda: kernel_distance(heldout, generated),
        "classifier score": lambda: classifier_score(probabilities),
        "precision and recall": lambda: precision_recall(heldout, generated),
        "density and coverage": lambda: density_coverage(heldout, generated),
        "copied images": lambda: copied_images(*pixels),
        "memorisation": lambda: memorisation(generated, training, heldout),
        "sliced Wasserstein distance": lambda: sliced_wasserstein_distance(*pixels),
        "bins": lambda: bin_scores(training, generated, heldout),
        "classifier two-sample test": lambda: classifier_two_sample_test(heldout, generated),
    }
    print(f"{SAMPLES:,} generated, held-out and training images each, {DIMENSIONS} dimensions")
    before = _peak()
    seconds = {name: _seconds(score) for name, score in scores.items()}
    for name, value in seconds.items():
        print(f"  {name:<28} {value:6.2f} s")
    print(f"  {'all':<28} {sum(seconds.values()):6.2f} s, {_peak():.0f} MB at the peak, {before:.0f} MB of them before")
    if importlib.util.find_spec("torch_fidelity"):
        _beside_torch_fidelity(heldout, generated)


def _beside_torch_fidelity(real: NDArray[np.float32], generated: NDArray[np.float32]) -> None:
    import torch
    from torch_fidelity.metric_fid import (  # type: ignore[import-not-found]
        fid_features_to_statistics,
        fid_statistics_to_metric,
    )

    def theirs() -> float:
        statistics = [fid_features_to_statistics(torch.from_numpy(features)) for features in (generated, real)]
        return float(fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"])

    rounds = [(_seconds(lambda: frechet_distance(real, generated)), _seconds(theirs)) for _ in range(ROUNDS)]
    ours, other = (min(values) for values in zip(*rounds, strict=True))
    difference = abs(frechet_distance(real, generated) / theirs() - 1)
    print(f"  Frechet distance: {ours:.2f} s, torch-fidelity {other:.2f} s; relative difference {difference:.0e}")


def _seconds(score: Callable[[], object]) -> float:
    start = time.perf_counter()
    score()
    return time.perf_counter() - start


def _peak() -> float:
    """Returns the largest resident memory so far, in megabytes (2**20 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    measure()
