"""Translation of the user's pictures by a trained generator, file by file, in their own sizes."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines.errors import UserError
from gan_pipelines.models.declarations import MODELS, UNPAIRED_TRANSLATION
from gan_pipelines.picture_file import write_picture
from gan_pipelines.pixels import normalise, to_bytes
from gan_pipelines.sources.folder_listing import ListedFile, printable
from gan_pipelines.sources.image_decoding import RejectedImageError, read_upright
from gan_pipelines.sources.image_folder import Outcome, listing_of, read_each
from gan_pipelines.sources.reading import FileProblem
from gan_pipelines.training.progress import progress

if TYPE_CHECKING:
    import keras

Direction: TypeAlias = Literal["a_to_b", "b_to_a"]

_PIXELS_PER_BATCH = 2**16
"""16 pictures of 64x64, one of 256x256; enlarged four times, the features of one layer take about 270 MB."""

_TILE = 256
"""Side of the parts in which larger pictures are translated, if the generator allows it."""

_PIXELS_HELD = 2**24
"""Pixels that wait for others of their size: 50 MB in colour."""


class _Picture(NamedTuple):
    """Picture to translate.

    Args:
        target: File of the translation.
        size: Height and width before padding.
        pixels: Padded, ``(height, width, channels)``, in [0, 255].
        remarks: Noteworthy events of the decoding.
    """

    target: Path
    size: tuple[int, int]
    pixels: NDArray[np.uint8]
    remarks: tuple[str, ...]


def check_translator(pipeline: str, direction: Direction) -> None:
    """Checks that a pipeline trains a generator for a direction.

    Raises:
        UserError: If the pipeline does not translate pictures, or not in this direction.
    """
    translators = [name for name, model in MODELS.items() if model.kind.data == "translations"]
    if pipeline not in translators:
        raise UserError(f"The pipeline `{pipeline}` does not translate pictures; those that do: {_all(translators)}.")
    if direction == "b_to_a" and MODELS[pipeline].kind is not UNPAIRED_TRANSLATION:
        both = [name for name in translators if MODELS[name].kind is UNPAIRED_TRANSLATION]
        raise UserError(
            f"--direction is b_to_a, but `{pipeline}` has one generator, for the direction that it was trained in. "
            f"Remove --direction; pipelines with both directions: {_all(both)}."
        )


def translations_of(source: Path, output: Path) -> dict[ListedFile, Path]:
    """Returns the pictures to translate, and the PNG file of each translation.

    Args:
        source: A picture, or a folder whose pictures are translated, with those of its sub-folders. Pictures in the
            output folder are left out if it is inside this folder, so that no translation is translated again.
        output: Folder of the translations, which have the same relative names as their pictures.

    Raises:
        UserError: If there is no picture, the output folder is a file or that of the pictures, two translations would
            have one name, or one would replace a picture.
    """
    _check_output(source, output)
    if not source.is_dir() and not source.is_file():
        found = "neither a file nor a folder" if source.exists() else "nothing"
        raise UserError(f"Found {found} at {source}; give a picture, or a folder of pictures.")
    if source.is_dir():
        folder, listing = output.resolve(), listing_of(source, "PICTURES")
        files = [file for file in listing.files if not file.path.resolve().is_relative_to(folder)]
    else:
        files, source = [ListedFile(source, printable(source.name), "")], source.parent
    targets: dict[Path, ListedFile] = {}
    originals = {_identity(file.path) for file in files}
    for file in files:
        target = output / file.path.relative_to(source).with_suffix(".png")
        if target.exists() and _identity(target) in originals:
            raise UserError(f"The translation of {file.path} would replace the picture {target}. Change --output.")
        if target in targets:
            names = f"{targets[target].name} and {file.name}"
            raise UserError(f"The translations of {names} would both be {target}. Rename or move one of them.")
        targets[target] = file
    if not targets:
        raise UserError(f"All pictures in {source} are in the output folder {output}. Change --output.")
    return {file: target for target, file in targets.items()}


def translate_pictures(generator: "keras.Model", translations: Mapping[ListedFile, Path]) -> list[FileProblem]:
    """Translates pictures and writes each translation as PNG, whole or not at all.

    Pictures are padded by reflection, at the right and at the bottom, to sides that the generator takes; their
    translations are cut back. Pictures of one padded size are translated in batches. Large pictures are translated in
    parts if the generator looks at near pixels only, as those for super-resolution; else they pass it whole, in memory
    that grows with their size.

    Args:
        generator: From pixels ``(batch, height, width, 1 or 3)`` in [-1, 1] to pixels of as many or more rows and
            columns, larger by the same whole factor.
        translations: Pictures and the files of their translations; see `translations_of`.

    Returns:
        The pictures that cannot be read, or that do not have the fixed input size, with the reasons.

    Raises:
        UserError: If a translation cannot be written.
    """
    from gan_pipelines.networks.translation import reach, size_multiple

    outcome: Outcome[ListedFile] = Outcome()
    multiple, margin = size_multiple(generator), reach(generator)
    pictures = read_each(
        list(translations), lambda file: _read(file.path, translations[file], generator, multiple), outcome
    )
    start = time.monotonic()
    with progress("Translation", len(translations), 0) as report:
        translated = 0
        for batch in _batches(pictures):
            for picture, pixels in zip(batch, _translated(generator, batch, margin), strict=True):
                gray_or_colour = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
                write_picture(picture.target, Image.fromarray(gray_or_colour))
            translated += len(batch)
            report(translated + len(outcome.rejected), {}, translated / (time.monotonic() - start))
    return outcome.rejected


def _read(path: Path, target: Path, generator: "keras.Model", size_multiple: int) -> _Picture:
    _, fixed_height, fixed_width, channels = generator.inputs[0].shape
    image, _, remarks = read_upright(path, "gray" if channels == 1 else "rgb")
    pixels = np.asarray(image).reshape(image.height, image.width, channels)
    if fixed_height is not None and (image.height, image.width) != (fixed_height, fixed_width):
        raise RejectedImageError(
            f"{image.width}x{image.height} pixels; the generator takes {fixed_width}x{fixed_height} only"
        )
    multiple = 1 if fixed_height is not None else size_multiple
    padding = [(0, -image.height % multiple), (0, -image.width % multiple), (0, 0)]
    return _Picture(target, (image.height, image.width), np.pad(pixels, padding, "reflect"), remarks)


def _batches(pictures: Iterable[_Picture]) -> Iterator[list[_Picture]]:
    """Yields pictures of equal size together; those that wait for others of their size take bounded memory."""
    waiting: defaultdict[tuple[int, ...], list[_Picture]] = defaultdict(list)

    def area(shape: tuple[int, ...]) -> int:
        return shape[0] * shape[1] * len(waiting[shape])

    for picture in pictures:
        shape = picture.pixels.shape
        waiting[shape].append(picture)
        if area(shape) >= _PIXELS_PER_BATCH:
            yield waiting.pop(shape)
        elif sum(area(each) for each in waiting) > _PIXELS_HELD:
            yield waiting.pop(max(waiting, key=area))
    yield from waiting.values()


def _translated(generator: "keras.Model", batch: Sequence[_Picture], margin: int | None) -> Iterator[NDArray[np.uint8]]:
    """Yields translations ``(height, width, channels)`` without the padding."""
    sources = np.stack([picture.pixels for picture in batch])
    if margin is None or max(sources.shape[1:3]) <= _TILE:
        results = _infer(generator, sources)
    else:
        results = _infer_by_tiles(generator, sources, margin)
    factor = results.shape[1] // sources.shape[1]
    for picture, result in zip(batch, results, strict=True):
        height, width = picture.size
        yield result[: factor * height, : factor * width]


def _infer(generator: "keras.Model", sources: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from gan_pipelines.training.inference import infer

    return to_bytes(infer(generator, normalise(sources), batch_size=len(sources))[0])


def _infer_by_tiles(generator: "keras.Model", sources: NDArray[np.uint8], margin: int) -> NDArray[np.uint8]:
    """Translates pictures part by part, each with the ``margin`` around it that affects it."""
    _, height, width, _ = sources.shape
    rows = []
    for top in range(0, height, _TILE):
        row = []
        for left in range(0, width, _TILE):
            above, before = min(top, margin), min(left, margin)
            part = sources[:, top - above : top + _TILE + margin, left - before : left + _TILE + margin]
            result = _infer(generator, part)
            factor = result.shape[1] // part.shape[1]
            y, x, side = factor * above, factor * before, factor * _TILE
            row.append(result[:, y : y + side, x : x + side])
        rows.append(np.concatenate(row, axis=2))
    return np.concatenate(rows, axis=1)


def _check_output(source: Path, output: Path) -> None:
    """Raises a UserError if the output is no folder, or the one that holds the pictures of a source folder."""
    nearest = next(path for path in (output, *output.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise UserError(f"{nearest} is not a folder. Change --output to a folder; a new one is made.")
    if source.is_dir() and source.resolve().is_relative_to(output.resolve()):
        raise UserError(
            f"The translations would be among the pictures of {source}, where the next command or training would take "
            "them for pictures. Change --output to another folder."
        )


def _identity(path: Path) -> tuple[int, int]:
    """Returns what equal files share under all their names, also where names ignore upper and lower case."""
    status = os.stat(path)  # noqa: PTH116 - follows links
    return status.st_dev, status.st_ino


def _all(names: Iterable[str]) -> str:
    return ", ".join(names)
