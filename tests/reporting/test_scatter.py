import numpy as np
import pytest

from gan_pipelines.reporting.scatter import Plane, scatter

CENTRE = np.array([[0.5, 0.5]])
CORNERS = np.array([[0.0, 0.0], [1.0, 1.0]])


def orange(picture):
    """Where a picture is about the colour of generated points, ``(pixels, 2)`` of row and column, below its title."""
    pixels = np.asarray(picture).astype(int)[40:]
    return np.argwhere(np.abs(pixels - (213, 94, 0)).sum(axis=-1) < 30) + np.array([40, 0])


def test_a_point_stands_where_its_numbers_say():
    plane = Plane.around(CORNERS, border=0)
    left_low, right_high = (
        orange(scatter(CORNERS, point, plane)).mean(axis=0) for point in (CENTRE - 0.4, CENTRE + 0.4)
    )
    middle = orange(scatter(CORNERS, CENTRE, plane)).mean(axis=0)
    assert left_low[1] < middle[1] < right_high[1]
    assert left_low[0] > middle[0] > right_high[0]
    assert middle == pytest.approx((left_low + right_high) / 2, abs=1.5)


def test_points_outside_are_counted_not_drawn():
    plane = Plane.around(CORNERS)
    inside, outside = scatter(CORNERS, CENTRE, plane), scatter(CORNERS, CENTRE + 9, plane)
    assert len(orange(inside)) > 0
    assert len(orange(outside)) == 0
    assert np.asarray(inside)[:30].tobytes() != np.asarray(outside)[:30].tobytes()


def test_what_is_no_plane_is_refused():
    with pytest.raises(ValueError, match=r"shape \(points, 2\)"):
        scatter(CORNERS, np.zeros((3, 3)), Plane.around(CORNERS))
