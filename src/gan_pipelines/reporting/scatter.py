"""Scatter plot of real and generated points of the plane."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_SIZE = 420
_OVERSAMPLING = 3  # scale of the image before downsampling, for antialiasing
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 26, 34, 34
_REAL, _GENERATED = (150, 150, 150), (213, 94, 0)
_TEXT, _LINES = (60, 60, 60), (225, 225, 225)
_RADIUS = 2.2
_TEXT_SIZE = 14
_TICKS = 5

Points = NDArray[np.floating]


@dataclass(frozen=True)
class Plane:
    """Visible region of the plane.

    Args:
        low: Lower left corner ``(2,)``.
        high: Upper right corner ``(2,)``.
    """

    low: tuple[float, float]
    high: tuple[float, float]

    @classmethod
    def around(cls, points: Points, border: float = 0.25) -> "Plane":
        """Returns the bounding box of points ``(points, 2)``, extended on each side by ``border`` times its size."""
        low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
        padding = np.maximum(high - low, 1e-6) * border
        return cls(tuple((low - padding).tolist()), tuple((high + padding).tolist()))


def scatter(real: Points, generated: Points, plane: Plane) -> Image.Image:
    """Returns a plot of real points in gray below generated points in orange, with axes.

    Args:
        real: Real points ``(points, 2)``.
        generated: Generated points ``(other points, 2)``; the title gives the number of points outside the region.
        plane: Visible region.

    Raises:
        ValueError: If the points are not of shape ``(points, 2)``.
    """
    if real.ndim != 2 or generated.ndim != 2 or real.shape[1] != 2 or generated.shape[1] != 2:
        raise ValueError(
            f"A scatter plot requires points of shape (points, 2), not {real.shape} and {generated.shape}."
        )
    image = Image.new("RGB", (_SIZE * _OVERSAMPLING, _SIZE * _OVERSAMPLING), "white")
    draw = ImageDraw.Draw(image)
    _draw_axes(draw, plane)
    for points, colour in ((real, _REAL), (generated, _GENERATED)):
        _draw_points(draw, points, plane, colour)
    _draw_title(draw, _count_outside(generated, plane))
    return image.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)


def _pixels(points: Points, plane: Plane) -> NDArray[np.float64]:
    """Returns the pixel coordinates of points in the image before downsampling, ``(points, 2)``."""
    low, high = np.array(plane.low), np.array(plane.high)
    relative = (points - low) / (high - low)
    x = _LEFT + relative[:, 0] * (_SIZE - _LEFT - _RIGHT)
    y = _SIZE - _BOTTOM - relative[:, 1] * (_SIZE - _TOP - _BOTTOM)
    return np.stack([x, y], axis=1) * _OVERSAMPLING


def _count_outside(points: Points, plane: Plane) -> int:
    inside = ((points >= plane.low) & (points <= plane.high)).all(axis=1)
    return int(np.count_nonzero(~inside))


def _draw_points(draw: ImageDraw.ImageDraw, points: Points, plane: Plane, colour: tuple[int, int, int]) -> None:
    inside = ((points >= plane.low) & (points <= plane.high)).all(axis=1)
    radius = _RADIUS * _OVERSAMPLING
    for x, y in _pixels(points[inside], plane):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _draw_axes(draw: ImageDraw.ImageDraw, plane: Plane) -> None:
    font = ImageFont.load_default(_TEXT_SIZE * _OVERSAMPLING)
    ticks = np.linspace(plane.low, plane.high, _TICKS)
    positions = _pixels(ticks, plane)
    (left, bottom), (right, top) = positions[0], positions[-1]
    for value, (x, y) in zip(ticks, positions, strict=True):
        draw.line((x, bottom, x, top), fill=_LINES, width=_OVERSAMPLING)
        draw.line((left, y, right, y), fill=_LINES, width=_OVERSAMPLING)
        draw.text((x, bottom + 6 * _OVERSAMPLING), f"{value[0]:.2f}", fill=_TEXT, font=font, anchor="mt")
        draw.text((left - 6 * _OVERSAMPLING, y), f"{value[1]:.2f}", fill=_TEXT, font=font, anchor="rm")


def _draw_title(draw: ImageDraw.ImageDraw, outside: int) -> None:
    font = ImageFont.load_default(_TEXT_SIZE * _OVERSAMPLING)
    x, y = _LEFT * _OVERSAMPLING, _TOP // 2 * _OVERSAMPLING
    more = f" ({outside} outside the picture)" if outside else ""
    for text, colour in (("real   ", _REAL), (f"generated{more}", _GENERATED)):
        draw.text((x, y), text, fill=colour, font=font, anchor="lm")
        x += int(draw.textlength(text, font=font))
