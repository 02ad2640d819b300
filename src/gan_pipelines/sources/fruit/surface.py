"""The shape of a fruit: where each line of sight meets its skin, and which way the skin faces there.

The body is a spheroid with a small bulge on it that depends on the direction from the centre. In the coordinates that
make the spheroid the unit sphere, lines of sight are straight still, and what is left to solve is small.
"""

from typing import NamedTuple

import numpy as np

from gan_pipelines.sources.fruit.scene import Array, Fruit, Waves

SOLVING_STEPS = 2


class Skin(NamedTuple):
    """The visible surface at some points of the picture.

    Args:
        margin: How far inside the outline each point is, in radii; negative outside ``(points,)``.
        directions: Unit vectors from the fruit's centre, in the fruit's frame with the spheroid made round
            ``(3, points)``.
        normals: Unit vectors away from the skin, in the view frame ``(3, points)``.
    """

    margin: Array
    directions: Array
    normals: Array


def visible_skin(x: Array, y: Array, fruit: Fruit) -> Skin:
    """Returns the skin at points of the picture, given in the view frame, ``(points,)`` each."""
    to_sphere = sphere_coordinates(fruit)
    across = np.stack([x - fruit.centre[0], y - fruit.centre[1]]) / np.float32(fruit.radius)
    sight = to_sphere[:, 2:]
    squared = float((sight**2).sum())
    points = _applied(to_sphere[:, :2], across)
    nearest = points - sight * ((sight * points).sum(axis=0) / squared)
    distance = np.sqrt((nearest**2).sum(axis=0)) + np.float32(1e-6)
    directions = nearest / distance
    outline = height = 1 + bulge(directions, fruit)
    for _ in range(SOLVING_STEPS):
        depth = np.sqrt(np.maximum(height**2 - distance**2, 0) / squared)
        directions = nearest + sight * depth
        directions /= np.sqrt((directions**2).sum(axis=0)) + np.float32(1e-6)
        height = 1 + bulge(directions, fruit)
    slope = _bulge_gradient(directions, fruit)
    slope -= directions * (slope * directions).sum(axis=0)
    normals = _applied(to_sphere.T, directions - slope / height)
    normals /= np.sqrt((normals**2).sum(axis=0))
    return Skin(outline - distance, directions, normals)


def sphere_coordinates(fruit: Fruit) -> Array:
    """Returns the matrix from the view frame, in radii around the centre, to where the spheroid is the unit sphere."""
    return fruit.frame.T * np.array([[1], [1], [1 / fruit.flatness]], dtype=np.float32)


def bulge(directions: Array, fruit: Fruit) -> Array:
    """Returns how far the skin is above the unit sphere, ``(points,)``, for unit vectors ``(3, points)``."""
    x, y, z = directions
    ribs = fruit.lobe_height * (x**2 + y**2) * np.cos(fruit.lobes * np.arctan2(y, x))
    dimple = fruit.dimple_depth * np.exp((z - 1) / fruit.dimple_width)
    return np.asarray(ribs - dimple + wave_sum(directions, fruit.dents), dtype=np.float32)


def _bulge_gradient(directions: Array, fruit: Fruit) -> Array:
    x, y, z = directions
    angle = fruit.lobes * np.arctan2(y, x)
    radial, around = 2 * fruit.lobe_height * np.cos(angle), fruit.lobes * fruit.lobe_height * np.sin(angle)
    dimple = -fruit.dimple_depth / fruit.dimple_width * np.exp((z - 1) / fruit.dimple_width)
    dents = fruit.dents
    slopes = dents.amplitude * np.cos(_applied(dents.vectors, directions) + dents.phases[:, np.newaxis])
    gradient = np.stack([radial * x + around * y, radial * y - around * x, dimple]) + _applied(dents.vectors.T, slopes)
    return np.asarray(gradient, dtype=np.float32)


def _applied(matrix: Array, vectors: Array) -> Array:
    """Returns the matrix product; the threads that ``@`` starts cost more than they save on three rows."""
    return np.asarray(np.einsum("ij,jk->ik", matrix, vectors))


def wave_sum(directions: Array, waves: Waves) -> Array:
    """Returns the waves' sum for unit vectors ``(3, points)``, as ``(points,)``."""
    heights = np.sin(_applied(waves.vectors, directions) + waves.phases[:, np.newaxis]).sum(axis=0)
    return np.asarray(waves.amplitude * heights, dtype=np.float32)
