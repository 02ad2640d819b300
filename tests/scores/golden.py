"""What torch-fidelity and prdc make of one seeded set of features; ``test_golden.py`` compares ours with it.

Neither package is needed here: a person runs this by hand where they are installed, which needs PyTorch.

    python -m venv elsewhere && elsewhere/bin/pip install torch torch-fidelity prdc
    elsewhere/bin/python tests/scores/golden.py > tests/scores/golden.json
"""

import contextlib
import io
import json
import sys
from importlib.metadata import version

import numpy as np

COMMAND = "python tests/scores/golden.py > tests/scores/golden.json"
KERNEL = {"kid_subsets": 20, "kid_subset_size": 200, "rng_seed": 2020}


def golden_features():
    """Real (700, 24) and generated (500, 24) features and logits (500, 10), float64; the numbers are frozen."""
    random = np.random.RandomState(20)
    mixing = random.normal(size=(24, 24)) / 5
    real = random.normal(size=(700, 24)) @ mixing
    generated = 1.2 * random.normal(size=(500, 24)) @ (mixing + random.normal(size=(24, 24)) / 50) + 0.1
    return real, generated, 2 * random.normal(size=(500, 10))


def kernel_subsets(real, generated):
    """The subsets that torch-fidelity draws, generated ones first."""
    random = np.random.RandomState(KERNEL["rng_seed"])
    for _ in range(KERNEL["kid_subsets"]):
        chosen = [x[random.choice(len(x), KERNEL["kid_subset_size"], replace=False)] for x in (generated, real)]
        yield chosen[1], chosen[0]


def sums(real, generated, logits):
    """Sums that tell whether the features are the same elsewhere."""
    return [float(np.abs(array).sum()) for array in (real, generated, logits)]


def main():
    """Prints the numbers as JSON."""
    import torch
    from prdc import compute_prdc
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_isc import isc_features_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric
    from torch_fidelity.metric_prc import prc_features_to_metric

    real, generated, logits = golden_features()
    real_tensor, fake_tensor = torch.from_numpy(real), torch.from_numpy(generated)
    statistics = [fid_features_to_statistics(features) for features in (fake_tensor, real_tensor)]
    kernel = kid_features_to_metric(fake_tensor, real_tensor, verbose=False, **KERNEL)
    neighbours = {"prc_neighborhood": 3, "verbose": False}
    with contextlib.redirect_stdout(io.StringIO()):
        balls = {str(k): compute_prdc(real, generated, k) for k in (3, 5)}
    golden = {
        "command": COMMAND,
        "versions": {name: version(name) for name in ("torch", "torch-fidelity", "prdc", "scikit-learn", "numpy")},
        "absolute_sums": sums(real, generated, logits),
        "torch-fidelity": {
            **fid_statistics_to_metric(*statistics, verbose=False),
            **kernel,
            **prc_features_to_metric(fake_tensor, real_tensor, **neighbours),
            **isc_features_to_metric(torch.from_numpy(logits), splits=5, shuffle=False),
        },
        "prdc": {k: {name: float(value) for name, value in scores.items()} for k, scores in balls.items()},
    }
    json.dump(golden, sys.stdout, indent=2)
    print()  # noqa: T201 - a text file ends in a line end


if __name__ == "__main__":
    main()
