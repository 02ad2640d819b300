"""Everything that makes one picture differ from the next, as numbers.

Two frames are used. In the view frame x points right, y up and z to the viewer, who is far away; the picture reaches
from -1 to 1 in x and y. In the fruit's frame z is its axis, towards the stem, and its largest radius is 1. Colours are
red, green and blue in [0, 1], linear in light: the square of the screen value.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
UNSTEMMED_SHARE = 0.1
COOLEST_LIGHT, WARMEST_LIGHT = np.array([0.94, 0.98, 1.04]), np.array([1.05, 0.99, 0.88])


@dataclass(frozen=True)
class Waves:
    """A smooth random function of the direction from the fruit's centre: a sum of sines.

    Args:
        vectors: Wave vectors ``(waves, 3)`` in radians.
        phases: ``(waves,)`` in radians.
        amplitude: Of each wave.
    """

    vectors: Array
    phases: Array
    amplitude: float


@dataclass(frozen=True)
class Fruit:
    """One tomato.

    Args:
        centre: ``(2,)``, in the view frame.
        radius: Largest radius, in the view frame.
        flatness: Radius along the axis as a share of the largest one.
        frame: ``(3, 3)``, the columns are the axes of the fruit's frame seen in the view frame.
        lobes: Number of ribs from pole to pole.
        lobe_height: Amplitude of the ribs.
        dimple_depth: How far the surface sinks where the stem sits.
        dimple_width: 1 - cos of the angle in which the dimple's depth falls to 1/e.
        dents: Irregularity of the surface.
        ripeness: From 0, green, to 1, deep red.
        shoulder: How much less ripe the skin is around the stem.
        shoulder_width: 1 - cos of the angle in which that difference falls to 1/e.
        blush: Irregularity of the ripeness.
        speckles: Directions of pale dots ``(dots, 3)``, in the fruit's frame.
        gloss: Strength of reflections.
    """

    centre: Array
    radius: float
    flatness: float
    frame: Array
    lobes: int
    lobe_height: float
    dimple_depth: float
    dimple_width: float
    dents: Waves
    ripeness: float
    shoulder: float
    shoulder_width: float
    blush: Waves
    speckles: Array
    gloss: float


@dataclass(frozen=True)
class Calyx:
    """The green star around the stem, and the stem; angles in radians, lengths in radii of the fruit.

    Args:
        azimuths: Where the sepals point, around the fruit's axis ``(sepals,)``.
        reaches: Angle from the axis to each tip ``(sepals,)``.
        bends: By how much each tip turns around the axis ``(sepals,)``.
        curls: How far each tip rises above the skin ``(sepals,)``.
        width: Half of a sepal's widest part.
        stem_length: Zero leaves a scar.
        stem_bend: Sideways shift of the stem's end ``(2,)``, in the fruit's frame.
        stem_width: Half of the stem's diameter.
        colour: Linear ``(3,)``.
    """

    azimuths: Array
    reaches: Array
    bends: Array
    curls: Array
    width: float
    stem_length: float
    stem_bend: Array
    stem_width: float
    colour: Array


@dataclass(frozen=True)
class Light:
    """A window or softbox, and the light that the room throws back.

    Args:
        direction: Unit vector to the lamp ``(3,)``, in the view frame.
        size: Half extents of the lamp's mirror image, as sines ``(2,)``.
        strength: Of the lamp.
        ambient: Of the room.
        colour: Of the lamp, linear ``(3,)``.
    """

    direction: Array
    size: Array
    strength: float
    ambient: float
    colour: Array


@dataclass(frozen=True)
class Backdrop:
    """A seamless table and wall.

    Args:
        wall: Linear colour ``(3,)``.
        table: Linear colour ``(3,)``.
        horizon: Height of the line between them, in the view frame.
        blur: Width of that line.
        falloff: How much the light fades across the picture.
        shadow: Depth of the fruit's shadow in [0, 1].
        shadow_blur: Width of the shadow's edge as a share of the fruit's radius.
    """

    wall: Array
    table: Array
    horizon: float
    blur: float
    falloff: float
    shadow: float
    shadow_blur: float


@dataclass(frozen=True)
class Scene:
    """All of one picture."""

    fruit: Fruit
    calyx: Calyx
    light: Light
    backdrop: Backdrop


def random_scene(generator: np.random.Generator) -> Scene:
    """Returns a scene whose every number is drawn from this generator."""
    return Scene(_fruit(generator), _calyx(generator), _light(generator), _backdrop(generator))


def _fruit(generator: np.random.Generator) -> Fruit:
    uniform = generator.uniform
    return Fruit(
        centre=np.clip(generator.normal([0, -0.06], 0.07), -0.2, 0.2).astype(np.float32),
        radius=uniform(0.54, 0.76),
        flatness=uniform(0.7, 1.02),
        frame=_turned(generator),
        lobes=int(generator.integers(4, 9)),
        lobe_height=0.05 * uniform() ** 2,
        dimple_depth=uniform(0.05, 0.17),
        dimple_width=uniform(0.02, 0.07),
        dents=_waves(generator, frequency=1.9, amplitude=uniform(0.003, 0.016)),
        ripeness=1 - 0.75 * generator.beta(1.2, 2.6),
        shoulder=0.5 * uniform() ** 2,
        shoulder_width=uniform(0.1, 0.4),
        blush=_waves(generator, frequency=3.0, amplitude=uniform(0.01, 0.06)),
        speckles=_directions(generator, int(generator.integers(0, 60))),
        gloss=uniform(0.35, 1.0),
    )


def _turned(generator: np.random.Generator) -> Array:
    """Returns a rotation that leaves the stem on the side of the viewer, more often up than down."""
    roll, tilt, spin = generator.normal(0, 0.6), generator.uniform(0.2, 1.3), generator.uniform(0, 2 * np.pi)
    return (_about_z(roll) @ _about_x(-tilt) @ _about_z(spin)).astype(np.float32)


def _about_z(angle: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])


def _about_x(angle: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])


def _waves(generator: np.random.Generator, frequency: float, amplitude: float) -> Waves:
    vectors = frequency * generator.normal(size=(4, 3))
    phases = generator.uniform(0, 2 * np.pi, size=4)
    return Waves(vectors.astype(np.float32), phases.astype(np.float32), amplitude)


def _directions(generator: np.random.Generator, count: int) -> Array:
    vectors = generator.normal(size=(count, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _calyx(generator: np.random.Generator) -> Calyx:
    uniform = generator.uniform
    sepals = int(generator.integers(5, 8))
    has_stem = uniform() >= UNSTEMMED_SHARE
    sepals *= has_stem
    azimuths = 2 * np.pi / max(sepals, 1) * (np.arange(sepals) + uniform() + uniform(-0.22, 0.22, sepals))
    return Calyx(
        azimuths=azimuths.astype(np.float32),
        reaches=(uniform(0.5, 0.95) * uniform(0.8, 1.15, sepals)).astype(np.float32),
        bends=uniform(-0.35, 0.35, sepals).astype(np.float32),
        curls=(uniform(0, 0.3) * uniform(0.2, 1, sepals)).astype(np.float32),
        width=uniform(0.07, 0.13),
        stem_length=uniform(0.12, 0.45) if has_stem else 0.0,
        stem_bend=(has_stem * generator.normal(0, 0.09, 2)).astype(np.float32),
        stem_width=uniform(0.035, 0.06),
        colour=(np.array([0.09, 0.2, 0.03]) * uniform([0.6, 0.75, 0.5], [1.9, 1.3, 1.5])).astype(np.float32),
    )


def _light(generator: np.random.Generator) -> Light:
    uniform = generator.uniform
    direction = np.array([uniform(-0.8, 0.8), uniform(0.4, 1.0), uniform(0.5, 1.0)])
    warmth = uniform()
    return Light(
        direction=(direction / np.linalg.norm(direction)).astype(np.float32),
        size=uniform([0.1, 0.1], [0.3, 0.36]).astype(np.float32),
        strength=uniform(0.65, 0.95),
        ambient=uniform(0.32, 0.52),
        colour=(COOLEST_LIGHT + warmth * (WARMEST_LIGHT - COOLEST_LIGHT)).astype(np.float32),
    )


def _backdrop(generator: np.random.Generator) -> Backdrop:
    uniform = generator.uniform
    hue = uniform(0, 2 * np.pi) + 2 * np.pi / 3 * np.arange(3)
    wall = uniform(0.86, 1) * (1 - 0.14 * uniform() ** 2 * (1 + np.cos(hue)))
    table = np.clip(wall * uniform(0.9, 1.06), 0, 1)
    return Backdrop(
        wall=(wall**2).astype(np.float32),
        table=(table**2).astype(np.float32),
        horizon=uniform(-0.1, 0.8),
        blur=uniform(0.02, 0.4),
        falloff=uniform(0, 0.22),
        shadow=uniform(0.45, 0.8),
        shadow_blur=uniform(0.12, 0.4),
    )
