"""Colour of a fruit's skin under a lamp."""

import numpy as np

from gan_pipelines.sources.fruit.scene import Array, Backdrop, Fruit, Light, Scene
from gan_pipelines.sources.fruit.surface import Skin, wave_sum

RIPENESS_STEPS = (0.0, 0.3, 0.5, 0.75, 1.0)
RIPENESS_COLOURS = np.array(
    [[0.50, 0.62, 0.22], [0.88, 0.74, 0.26], [0.95, 0.52, 0.14], [0.88, 0.20, 0.10], [0.66, 0.07, 0.07]]
)
"""Screen values of green, yellow, orange, red and deep red skin."""
REFLECTANCE = 0.04
"""Share of light that a skin throws back like a mirror when it is looked at straight on."""


def skin_colours(skin: Skin, scene: Scene) -> Array:
    """Returns linear colours ``(3, points)``, not limited to 1."""
    facing = np.maximum(skin.normals[2], 0)
    lit = _own_colours(skin.directions, scene.fruit) * _irradiance(skin.normals, scene.light, scene.backdrop)
    hollow = np.exp((skin.directions[2] - 1) / scene.fruit.dimple_width)
    limb = 0.72 + 0.28 * np.sqrt(facing)
    mirrored = (REFLECTANCE + (1 - REFLECTANCE) * (1 - facing) ** 5) * np.clip(0.55 + 0.5 * skin.normals[1], 0, 1)
    room = 0.35 * mirrored * scene.backdrop.wall[:, np.newaxis]
    lamp = _lamp_image(skin.normals, scene.light) * scene.light.colour[:, np.newaxis]
    matt, mirror = lit * (1 - 0.55 * hollow) * limb, scene.fruit.gloss * (1 - 0.85 * hollow) * (room + lamp)
    return np.asarray(matt + mirror, dtype=np.float32)


def smooth_ripeness(directions: Array, fruit: Fruit) -> Array:
    """Returns the skin's ripeness without its blush ``(points,)``, for unit vectors ``(3, points)``."""
    green = fruit.shoulder * np.exp((directions[2] - 1) / fruit.shoulder_width)
    return np.asarray(fruit.ripeness - green)


def _own_colours(directions: Array, fruit: Fruit) -> Array:
    ripeness = smooth_ripeness(directions, fruit) + wave_sum(directions, fruit.blush)
    colours = [np.interp(ripeness, RIPENESS_STEPS, channel) ** 2 for channel in RIPENESS_COLOURS.T]
    return np.stack(colours).astype(np.float32)


def _irradiance(normals: Array, light: Light, backdrop: Backdrop) -> Array:
    """Light from the lamp, from the whole room, and from the table below, ``(3, points)``."""
    # Light enters flesh and leaves it again nearby: the border between day and night is soft.
    lamp = light.strength * np.maximum((np.einsum("i,ij->j", light.direction, normals) + 0.25) / 1.25, 0) ** 1.2
    room = light.ambient * (0.55 + 0.45 * normals[1])
    table = 0.38 * np.maximum(-normals[1], 0) ** 2
    return np.asarray(
        1.35 * lamp * light.colour[:, np.newaxis] + room + table * backdrop.table[:, np.newaxis], dtype=np.float32
    )


def _lamp_image(normals: Array, light: Light) -> Array:
    """The lamp's mirror image: a soft-edged rectangle where the reflected line of sight meets it, ``(points,)``."""
    mirrored = 2 * normals[2] * normals
    mirrored[2] -= 1
    right = np.cross([0, 1, 0], light.direction)
    right /= np.linalg.norm(right)
    up = np.cross(light.direction, right)
    offsets = np.einsum("ij,jk->ik", np.stack([right, up]).astype(np.float32), mirrored) / light.size[:, np.newaxis]
    in_front = np.clip(2 * np.einsum("i,ij->j", light.direction, mirrored), 0, 1)
    squares = offsets**2
    image = np.exp(-(squares**2).sum(axis=0)) + 0.16 * np.exp(-squares.sum(axis=0) / 5)
    return np.asarray(0.75 * in_front * image, dtype=np.float32)
