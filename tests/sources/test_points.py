import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.sources.point_parameters import PointsParameters
from gan_pipelines.sources.points import parabola, read_points, split_points


def write(folder, text, encoding="utf8"):
    path = folder / "points.csv"
    path.write_text(text, encoding)
    return PointsParameters(source="csv", path=str(path))


def test_the_parabola_is_seeded_and_exact():
    points = parabola(2000, seed=1)
    assert points.shape == (2000, 2)
    assert np.array_equal(points[:, 1], points[:, 0] ** 2)
    assert -0.5 <= points[:, 0].min() < -0.49
    assert 0.49 < points[:, 0].max() <= 0.5
    assert np.array_equal(points, parabola(2000, seed=1))
    assert not np.array_equal(points, parabola(2000, seed=2))


def test_a_split_has_every_point_on_one_side():
    points = parabola(50, seed=0)
    training, heldout = split_points(points, 0.2, seed=0)
    assert (len(training), len(heldout)) == (40, 10)
    assert sorted(map(tuple, np.concatenate([training, heldout]).tolist())) == sorted(map(tuple, points.tolist()))


def test_a_csv_file_is_read(tmp_path):
    rows = "\n".join(f"{number},{2 * number},text" for number in range(120))
    points = read_points(write(tmp_path, f"y,x,note\n{rows}\n", "utf-8-sig"))
    assert points.shape == (120, 2)
    assert points[3].tolist() == [6, 3]


ROWS = "\n".join("1,2" for _ in range(120))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", r"points.csv lacks the column x and y; its columns are a, b"),
        (f"x,y\n{ROWS}\n3,four\n", "row 121 below the header of .* does not contain two finite numbers"),
        ("x,y\n1,2\n", "has 1 points; at least 100 are required"),
        ("", "cannot be read as CSV"),
    ],
)
def test_bad_files_are_told(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        read_points(write(tmp_path, text))


def test_a_missing_file_is_told():
    with pytest.raises(UserError, match=r"found no file at nowhere\.csv"):
        read_points(PointsParameters(source="csv", path="nowhere.csv"))
