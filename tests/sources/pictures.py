"""Small picture files."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def noise(size: tuple[int, int], number: int, mode: str = "RGB") -> Image.Image:
    """Returns a picture of random pixels, another for each number."""
    width, height = size
    shape = (height, width, 3) if mode == "RGB" else (height, width)
    return Image.fromarray(np.random.default_rng(number).integers(0, 256, shape, dtype=np.uint8))


def save(path: Path, picture: Image.Image) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path


def save_noise(root: Path, names: Iterable[str], size: tuple[int, int], mode: str = "RGB") -> Path:
    for number, name in enumerate(names):
        save(root / name, noise(size, number, mode))
    return root


def array(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path))


def reasons(listed: dict) -> dict[str, str]:
    """Returns the reason for each file that a report lists."""
    return {problem["file"]: problem["reason"] for problem in listed["files"]}
