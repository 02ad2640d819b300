import numpy as np
import pytest

from gan_pipelines.scores.training_metrics import training_metrics


def test_metrics_tell_start_end_and_extremes():
    falling = np.array([4.0, 9.0, *[2.0] * 16, 1.0, 0.5])
    (metrics,) = training_metrics({"global_convergence": falling}).values()
    quotients = {"end_to_start_ratio": 0.1875, "end_times_largest": 0.75 / 9}
    assert metrics == {"start": 4.0, "end": 0.75, "smallest": 0.5, "largest": 9.0, **quotients}


def test_a_single_row_is_start_and_end():
    assert training_metrics({"equilibrium_k": np.array([0.5])})["equilibrium_k"]["end_to_start_ratio"] == pytest.approx(
        1
    )


def test_nothing_is_a_multiple_of_0():
    assert training_metrics({"equilibrium_k": np.array([0.0, 1.0])})["equilibrium_k"]["end_to_start_ratio"] is None
