import numpy as np
import pytest

from gan_pipelines.scores.training_figures import training_figures


def test_figures_tell_start_end_and_extremes():
    falling = np.array([4.0, 9.0, *[2.0] * 16, 1.0, 0.5])
    (figures,) = training_figures({"global_convergence": falling}).values()
    quotients = {"end_times_start": 0.1875, "end_times_largest": 0.75 / 9}
    assert figures == {"start": 4.0, "end": 0.75, "smallest": 0.5, "largest": 9.0, **quotients}


def test_a_single_row_is_start_and_end():
    assert training_figures({"control": np.array([0.5])})["control"]["end_times_start"] == pytest.approx(1)


def test_nothing_is_a_multiple_of_0():
    assert training_figures({"control": np.array([0.0, 1.0])})["control"]["end_times_start"] is None
