"""The green parts of a fruit, drawn as polygons."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gan_pipelines.sources.fruit.scene import Array, Fruit, Scene
from gan_pipelines.sources.fruit.surface import bulge, sphere_coordinates

SEGMENTS = 7
"""A sepal is a chain of this many pieces from its root to its tip, each folded in the middle."""
ROOT = 0.06
"""Angle in radians between the fruit's axis and the sepals' roots."""
LIFT = 0.02
"""How far a sepal hovers over the skin, in radii."""
FOLD = 0.7
"""How much each half of a sepal turns to its side."""
STEM_POINTS = 8


def draw_calyx(side: int, scene: Scene) -> Image.Image:
    """Returns sepals and stem on a transparent square picture, RGBA; the colours are a screen's, not linear."""
    picture = Image.new("RGBA", (side, side), (*screen_colour(scene.calyx.colour), 0))
    pen = ImageDraw.Draw(picture)
    corners, brightness = _sepal_halves(scene)
    for polygon, share in zip(view_to_pixels(corners, side, scene.fruit).tolist(), brightness.tolist(), strict=True):
        pen.polygon([tuple(corner) for corner in polygon], fill=(*screen_colour(scene.calyx.colour * share), 255))
    _draw_stem(pen, side, scene)
    return picture


def view_to_pixels(points: Array, side: int, fruit: Fruit) -> Array:
    """Returns where points ``(..., 3)``, in radii around the fruit's centre, lie on a square picture ``(..., 2)``."""
    places = fruit.centre + fruit.radius * points[..., :2]
    return np.asarray((places * [1, -1] + 1) * (side / 2), dtype=np.float32)


def _sepal_halves(scene: Scene) -> tuple[Array, Array]:
    """Returns what is visible of the sepals, the farthest pieces first.

    Returns:
        Corners ``(pieces, 4, 3)`` in the view frame, in radii around the fruit's centre, and brightness ``(pieces,)``.
    """
    middle, aside = _sepals(scene)
    corners, brightness = [], []
    for half in (-1, 1):
        edge = middle + half * aside
        corners.append(np.stack([middle[:, :-1], middle[:, 1:], edge[:, 1:], edge[:, :-1]], axis=2))
        sideways = aside[:, :-1] / np.linalg.norm(aside[:, :-1], axis=-1, keepdims=True)
        lit = (middle[:, :-1] + half * FOLD * sideways) @ scene.light.direction
        brightness.append(0.4 + 0.75 * np.maximum(lit, 0))
    all_corners, all_brightness = np.concatenate(corners).reshape(-1, 4, 3), np.concatenate(brightness).ravel()
    centres = all_corners.mean(axis=1)
    order = np.argsort(centres[:, 2], kind="stable")
    order = order[~_is_hidden(centres[order], scene.fruit)]
    return all_corners[order], all_brightness[order]


def _sepals(scene: Scene) -> tuple[Array, Array]:
    """Returns middle lines and half widths, ``(sepals, SEGMENTS + 1, 3)`` each, in radii around the centre."""
    fruit, calyx = scene.fruit, scene.calyx
    along = np.linspace(0, 1, SEGMENTS + 1, dtype=np.float32)
    polar = ROOT + along * (calyx.reaches[:, np.newaxis] - ROOT)
    azimuth = calyx.azimuths[:, np.newaxis] + calyx.bends[:, np.newaxis] * along**2
    directions = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])
    height = bulge(directions.reshape(3, -1), fruit).reshape(polar.shape)
    height += LIFT + calyx.curls[:, np.newaxis] * along**2
    stretch = np.array([1, 1, fruit.flatness], dtype=np.float32)
    middle = np.moveaxis(directions * (1 + height), 0, -1) * stretch
    width = calyx.width * (0.6 + 1.4 * along) * (1 - along) ** 0.8 + 1e-4
    aside = np.stack([-np.sin(azimuth), np.cos(azimuth), np.zeros_like(azimuth)], axis=-1) * width[:, np.newaxis]
    return middle @ fruit.frame.T, (aside @ fruit.frame.T).astype(np.float32)


def _is_hidden(points: Array, fruit: Fruit) -> NDArray[np.bool_]:
    """Tells of each point ``(points, 3)`` whether the body stands between it and the viewer."""
    to_sphere = sphere_coordinates(fruit)
    sight, positions = to_sphere[:, 2], points @ to_sphere.T
    depth = positions @ sight / (sight @ sight)
    distance = np.linalg.norm(positions - depth[:, np.newaxis] * sight, axis=1)
    return np.asarray((depth < 0) & (distance < 1))


def _draw_stem(pen: ImageDraw.ImageDraw, side: int, scene: Scene) -> None:
    fruit, calyx = scene.fruit, scene.calyx
    along = np.linspace(0, 1, STEM_POINTS, dtype=np.float32)[:, np.newaxis]
    root = fruit.flatness * (1 - fruit.dimple_depth)
    points = np.concatenate([along**2 * calyx.stem_bend, root + along * calyx.stem_length], axis=1) @ fruit.frame.T
    width = calyx.stem_width * fruit.radius * side / 2
    to_light = width * 0.35 * scene.light.direction[:2] * [1, -1]
    for brightness, share, shift in ((0.55, 1.0, 0.0), (1.0, 0.62, 0.6), (1.5, 0.25, 1.0)):
        colour = (*screen_colour(calyx.colour * brightness), 255)
        places = view_to_pixels(points, side, fruit) + shift * to_light
        radius = width * share
        line = [(x, y) for x, y in places.tolist()]
        pen.line(line, fill=colour, width=max(1, round(2 * radius)), joint="curve")
        x, y = line[-1]
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def screen_colour(colour: Array) -> tuple[int, int, int]:
    """Returns the screen values, in [0, 255], of a linear colour ``(3,)``."""
    red, green, blue = np.rint(255 * np.sqrt(np.clip(colour, 0, 1))).astype(int).tolist()
    return red, green, blue
