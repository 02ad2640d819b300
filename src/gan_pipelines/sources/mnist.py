"""MNIST and Fashion-MNIST, from user files or downloaded by Keras."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.sources.frames import to_frames
from gan_pipelines.sources.idx import read_idx_images, read_idx_labels
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.npz import read_npz
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset

DIGIT_NAMES = tuple(str(digit) for digit in range(10))
FASHION_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
IDX_FILES = [(part, content) for part in ("train", "t10k") for content in ("images", "labels")]
ARCHIVES = {"mnist": "mnist.npz", "fashion_mnist": "fashion-mnist.npz"}
SHOWN_NAMES = 12


class _Part(NamedTuple):
    """Training or test images with labels, and the names of their files or arrays for error messages."""

    images: NDArray[np.integer]
    labels: NDArray[np.integer]
    images_name: str
    labels_name: str


def read_mnist(parameters: ImagesParameters) -> SourceReading:
    """Reads MNIST: 70,000 handwritten digits, of which 10,000 are held out.

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998).

    Raises:
        UserError: If files are missing or damaged, or the download fails.
    """
    return _read(parameters, "mnist", DIGIT_NAMES)


def read_fashion_mnist(parameters: ImagesParameters) -> SourceReading:
    """Reads Fashion-MNIST: 70,000 articles of clothing, of which 10,000 are held out.

    Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
    algorithms" (2017).

    Raises:
        UserError: If files are missing or damaged, or the download fails.
    """
    return _read(parameters, "fashion_mnist", FASHION_NAMES)


def _read(
    parameters: ImagesParameters, name: Literal["mnist", "fashion_mnist"], class_names: tuple[str, ...]
) -> SourceReading:
    if parameters.path is None:
        parts = _downloaded(name)
    else:
        parts = _from_files(Path(parameters.path).expanduser(), ARCHIVES[name])
    for part in parts:
        _check(part, len(class_names))
    training, test = parts
    if training.images.shape[1:] != test.images.shape[1:]:
        raise UserError(
            f"{training.images_name} contains images of {training.images.shape[1:]} pixels and {test.images_name} of "
            f"{test.images.shape[1:]}; both must have the same size. Check that the files are of the same data set."
        )
    pixels = np.concatenate([part.images for part in parts]).astype(np.uint8, copy=False)
    # Only selected images are resized: all 70,000 images at 1,024 px would not fit in memory.
    selected = seeded_subset(len(pixels), parameters.limit, parameters.seed)
    images = ImageSet(
        pixels=to_frames(pixels[selected], parameters.image_size, parameters.colour or "gray"),
        labels=np.concatenate([part.labels for part in parts])[selected].astype(np.int64),
        class_names=class_names,
        is_heldout=selected >= len(training.images),
    )
    return SourceReading(images=images, available=len(pixels))


def _check(part: _Part, classes: int) -> None:
    rows, columns = part.images.shape[1:]
    if rows != columns:
        raise UserError(f"{part.images_name}: contains images of {columns}x{rows} pixels; they must be square.")
    if len(part.images) != len(part.labels):
        raise UserError(
            f"{part.images_name} contains {len(part.images):,} images, but {part.labels_name} contains "
            f"{len(part.labels):,} labels; each image needs one label. Check that the files are of the same data set."
        )
    outside = np.flatnonzero((part.labels < 0) | (part.labels >= classes))
    if len(outside):
        raise UserError(
            f"{part.labels_name}: label {part.labels[outside[0]]} at position {outside[0]:,} is outside 0 to "
            f"{classes - 1} ({len(outside):,} such labels). The file is damaged or of another data set. Replace it."
        )


def _from_files(path: Path, archive_name: str) -> tuple[_Part, _Part]:
    if path.suffix == ".npz" and path.is_file():
        return _from_archive(path)
    if not path.is_dir():
        found = "a file that is not an .npz archive" if path.exists() else "nothing"
        raise UserError(
            f"images.path: found {found} at {path}; expected a folder with the four IDX files or "
            f"{archive_name}, or an .npz archive. Without images.path, Keras downloads the images."
        )
    files = {key: file for key in IDX_FILES if (file := _first_present(path, key))}
    if len(files) == len(IDX_FILES):
        return _from_idx(files, "train"), _from_idx(files, "t10k")
    if (path / archive_name).is_file():
        return _from_archive(path / archive_name)
    raise _missing(path, archive_name, [key for key in IDX_FILES if key not in files])


def _first_present(folder: Path, key: tuple[str, str]) -> Path | None:
    return next((folder / name for name in _possible_names(*key) if (folder / name).is_file()), None)


def _possible_names(part: str, content: str) -> list[str]:
    kind = "idx3" if content == "images" else "idx1"
    return [
        f"{part}{infix}{kind}-ubyte{suffix}" for infix in (f"-{content}-", f"-{content}.") for suffix in (".gz", "")
    ]


def _missing(folder: Path, archive_name: str, missing: list[tuple[str, str]]) -> UserError:
    expected = "; ".join(" or ".join(_possible_names(*key)) for key in missing)
    names = sorted(entry.name for entry in folder.iterdir())
    found = ", ".join(names[:SHOWN_NAMES]) + (
        f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    )
    return UserError(
        f"images.path: {folder} lacks {len(missing)} of the four IDX files. Expected: {expected}; or "
        f"{archive_name} instead of all four. Found: {found or 'nothing'}. Without images.path, Keras downloads the "
        "images."
    )


def _from_idx(files: dict[tuple[str, str], Path], part: str) -> _Part:
    images, labels = files[part, "images"], files[part, "labels"]
    return _Part(read_idx_images(images), read_idx_labels(labels), str(images), str(labels))


def _from_archive(path: Path) -> tuple[_Part, _Part]:
    return _parts(read_npz(path), f"{path}: ")


def _downloaded(name: str) -> tuple[_Part, _Part]:
    # Keras raises a plain Exception if a download fails, and any exception of its parsers on a damaged cached file.
    try:
        from gan_pipelines.training.configured_keras import keras

        (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:
        raise UserError(
            f"images.source: Keras could not download '{name}': {error} Set images.path to a folder with the four IDX "
            f"files or {ARCHIVES[name]}, or set images.source to 'digits', which needs no download. If the network "
            "works, an earlier download in the cache of Keras (~/.keras/datasets) may be damaged: delete it."
        ) from error
    return _parts({"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}, "downloaded ")


def _parts(arrays: dict[str, NDArray[np.integer]], prefix: str) -> tuple[_Part, _Part]:
    training, test = (
        _Part(arrays[f"x_{part}"], arrays[f"y_{part}"], f"{prefix}x_{part}", f"{prefix}y_{part}")
        for part in ("train", "test")
    )
    return training, test
