import numpy as np
import pytest

from gan_pipelines.training.history import history_table
from gan_pipelines.training.pace import Pace


def test_rows_are_means_over_equal_windows():
    logs = {"loss": np.array([1, 3, 5, 7, 9], np.float32)}
    table = history_table(logs, Pace((8,), (4,)), rows=3)
    assert table["step"].tolist() == [2, 4, 5]
    assert table["loss"].tolist() == [2, 6, 9]
    assert table["epoch"].tolist() == [0.5, 1.0, 1.25]
    assert table["examples_seen"].tolist() == [16, 32, 40]


@pytest.mark.parametrize(("steps", "rows"), [(5, 5), (1000, 1000), (1001, 501), (12_345, 950)])
def test_the_table_stays_short(steps, rows):
    assert len(history_table({"loss": np.zeros(steps, np.float32)}, Pace((1,), (1,)))) == rows


def test_measurements_stand_in_the_windows_in_which_they_were_taken():
    table = history_table(
        {"loss": np.zeros(10, np.float32)}, Pace((1,), (1,)), {"validation_loss": {4: 2.0, 9: 1.5}}, rows=4
    )
    assert table["step"].tolist() == [3, 6, 9, 10]
    assert np.array_equal(table["validation_loss"], [np.nan, 2.0, 1.5, np.nan], equal_nan=True)


def test_stages_count_their_own_batches_and_epochs():
    pace = Pace((8,), (4,)).then(Pace((2,), (10,)), steps=6).then(Pace((1,), (5,)), steps=9)
    assert pace.stage_starts == (0, 6, 9)
    assert pace.examples_seen(np.array([0, 5, 6, 7, 9, 11])).tolist() == [0, 40, 48, 50, 54, 56]
    assert pace.epochs(np.array([4, 6, 8, 10])).tolist() == pytest.approx([1.0, 1.5, 1.7, 2.0])
