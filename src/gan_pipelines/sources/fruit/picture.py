"""One picture: the fruit over its backdrop."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from gan_pipelines.sources.fruit.calyx import draw_calyx, view_to_pixels
from gan_pipelines.sources.fruit.scene import Array, Fruit, Scene
from gan_pipelines.sources.fruit.shading import skin_colours
from gan_pipelines.sources.fruit.surface import Skin, visible_skin

OVERSAMPLING = 3
"""The fruit is drawn at least this many times larger in each direction, and averaged down."""
SMALLEST_SIDE = 96
"""It is not drawn smaller than this in pixels: polygons cover each pixel that they touch."""
REACH = 1.15
"""No part of the body is farther from its centre than this, in radii."""
SPECKLE = 0.016
"""Half a speckle's diameter, in radii."""


def draw_picture(scene: Scene, size: int) -> NDArray[np.uint8]:
    """Returns ``(size, size, 3)``, in [0, 255]."""
    return draw_ripening(scene, size, [scene.fruit.ripeness])[0]


def draw_ripening(scene: Scene, size: int, ripenesses: Sequence[float]) -> list[NDArray[np.uint8]]:
    """Returns pictures of a scene that differ in the fruit's ripeness only, each as `draw_picture` does; saves time."""
    oversampling = oversampling_of(size)
    side = oversampling * size
    near, skin, cover = _visible_body(side, scene.fruit)
    calyx = draw_calyx(side, scene)
    unshaded = 1 - 0.5 * _calyx_shadow(calyx, side, scene)
    calyx_colours, calyx_cover = planes(calyx.convert("RGB")) ** 2, planes(calyx.getchannel("A"))
    all_cover = cover + (1 - cover) * calyx_cover
    behind = (1 - reduced(all_cover, oversampling)) * _background(size, scene)
    speckles = 0.1 * _speckles(side, scene)
    pictures = []
    for ripeness in ripenesses:
        body = np.zeros((3, side, side), dtype=np.float32)
        ripened = replace(scene, fruit=replace(scene.fruit, ripeness=ripeness))
        body.reshape(3, -1)[:, near] = skin_colours(skin, ripened)
        body = np.asarray((body + speckles * (0.7 - body)) * unshaded)
        fruit = body * cover * (1 - calyx_cover) + calyx_colours * calyx_cover
        screen = np.rint(255 * np.sqrt(np.clip(reduced(fruit, oversampling) + behind, 0, 1)))
        pictures.append(np.asarray(screen.transpose(1, 2, 0), dtype=np.uint8))
    return pictures


def oversampling_of(size: int) -> int:
    """Returns how many times larger than ``size`` the fruit is drawn in each direction."""
    return max(OVERSAMPLING, math.ceil(SMALLEST_SIDE / size))


def pixel_centres(side: int) -> tuple[Array, Array]:
    """Returns x and y of the pixels' centres in the view frame, ``(side, side)`` each."""
    x = ((np.arange(side) + 0.5) * (2 / side) - 1).astype(np.float32)
    across, up = np.meshgrid(x, -x)
    return across, up


def _visible_body(side: int, fruit: Fruit) -> tuple[NDArray[np.intp], Skin, Array]:
    """Returns the flat indices of pixels near the body, the skin there, and its cover ``(1, side, side)`` in [0, 1]."""
    x, y = pixel_centres(side)
    near = np.flatnonzero(np.hypot(x - fruit.centre[0], y - fruit.centre[1]) < REACH * fruit.radius)
    skin = visible_skin(x.ravel()[near], y.ravel()[near], fruit)
    cover = np.zeros((1, side, side), dtype=np.float32)
    cover.reshape(-1)[near] = np.clip(skin.margin * (fruit.radius * side / 2) + 0.5, 0, 1)
    return near, skin, cover


def _speckles(side: int, scene: Scene) -> Array:
    mask = Image.new("L", (side, side))
    pen = ImageDraw.Draw(mask)
    fruit = scene.fruit
    dots = (fruit.speckles * [1, 1, fruit.flatness]) @ fruit.frame.T
    places = view_to_pixels(dots[dots[:, 2] > 0.15], side, fruit)
    radius = SPECKLE * fruit.radius * side / 2
    for x, y in places.tolist():
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return planes(mask)


def _calyx_shadow(calyx: Image.Image, side: int, scene: Scene) -> Array:
    length = 0.05 * scene.fruit.radius * side / 2
    across, up, _ = scene.light.direction / scene.light.direction[2] * length
    moved = (1, 0, float(across), 0, 1, -float(up))
    shadow = calyx.getchannel("A").transform(calyx.size, Image.Transform.AFFINE, moved)
    return planes(shadow.filter(ImageFilter.GaussianBlur(0.7 * length)))


def _background(size: int, scene: Scene) -> Array:
    """Returns table, wall and the fruit's shadow, linear, ``(3, size, size)``."""
    backdrop, light = scene.backdrop, scene.light
    x, y = pixel_centres(size)
    is_wall = _logistic(4 * (y - backdrop.horizon) / backdrop.blur)
    colours = backdrop.table[:, np.newaxis, np.newaxis] * (1 - is_wall)
    colours += backdrop.wall[:, np.newaxis, np.newaxis] * is_wall
    towards_lamp = (x * light.direction[0] + y * light.direction[1]) / 1.4
    colours *= 1 - backdrop.falloff * (0.5 - 0.5 * towards_lamp) - 0.06 * (x**2 + y**2)
    return np.asarray(colours * (1 - backdrop.shadow * _shadow(x, y, scene)), dtype=np.float32)


def _shadow(x: Array, y: Array, scene: Scene) -> Array:
    """Returns how much of the light the fruit takes from the table, ``(side, side)`` in [0, 1]."""
    fruit, light, blur = scene.fruit, scene.light, scene.backdrop.shadow_blur
    half_width, half_height = _half_extents(fruit)
    across = (x - fruit.centre[0]) / fruit.radius
    up = (y - fruit.centre[1]) / fruit.radius + half_height
    contact = np.hypot(across / (0.72 * half_width), (up - 0.1) / 0.2)
    lean = -0.75 * light.direction[0]
    cast = np.hypot((across - lean) / (1.05 * half_width), (up - 0.12) / 0.3)
    dark, wide = _logistic((1 - contact) / (0.5 * blur)), _logistic((1 - cast) / (1.2 * blur))
    return np.asarray(1 - (1 - 0.75 * dark) * (1 - 0.6 * wide), dtype=np.float32)


def _logistic(x: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(x / 2))


def _half_extents(fruit: Fruit) -> tuple[float, float]:
    """Returns half the width and height of the spheroid's outline, in radii."""
    shorter = 1 - fruit.flatness**2
    across, up = np.sqrt(1 - shorter * fruit.frame[:2, 2] ** 2).tolist()
    return across, up


def planes(image: Image.Image) -> Array:
    """Returns a picture as ``(channels, height, width)`` in [0, 1]."""
    pixels = np.asarray(image, dtype=np.float32) / 255
    return pixels[np.newaxis] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


def reduced(planes: Array, factor: int) -> Array:
    """Returns the means of blocks of ``factor`` times ``factor`` pixels, ``(channels, height, width)``."""
    channels, height, width = planes.shape
    blocks = planes.reshape(channels, height // factor, factor, width // factor, factor)
    return np.asarray(blocks.mean(axis=(2, 4)), dtype=np.float32)
