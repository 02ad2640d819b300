"""Images in high and in low resolution."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines.sources.folder_listing import ListedFile
from gan_pipelines.sources.image_decoding import RejectedImageError, central_square, read_upright
from gan_pipelines.sources.image_folder import (
    CROPPED,
    Outcome,
    check_bad_fraction,
    existing_folder,
    listing_of,
    notes_of,
)
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.pair_folders import key_of
from gan_pipelines.sources.pairs import DecodedPair, read_pair_pixels
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.synthetic_fruit import read_synthetic_fruit
from gan_pipelines.sources.translation_parameters import UpscalingImagesParameters


@dataclass(frozen=True)
class _Resolutions:
    """The files of one image.

    Args:
        high: The file in ``images.path``.
        low: Those of its name in ``images.low_path``, exactly one if it is complete; None without ``low_path``.
    """

    high: ListedFile
    low: list[ListedFile] | None

    @property
    def name(self) -> str:
        """Name of the file in high resolution."""
        return self.high.name


def read_super_resolution(parameters: ImagesParameters) -> SourceReading:
    """Reads images in high resolution as pixels, and the same in low resolution as partners.

    Images of a folder and its sub-folders are cropped to their central squares and resized to ``size``. Smaller ones
    are rejected, because an enlarged image would teach blur. Low resolutions are reduced from the result, or read from
    ``low_path``. Without a path, 400 pictures of fruit are drawn. With a ``limit``, only a seeded subset is read.

    Raises:
        UserError: If a folder does not exist or has no images, a larger fraction of the files than
            ``max_bad_fraction`` is unusable, or the images exceed ``memory_limit``.
    """
    assert isinstance(parameters, UpscalingImagesParameters)  # noqa: S101  no other parameters name this source
    if parameters.path is not None:
        return _of_folder(parameters, parameters.path)
    reading = read_synthetic_fruit(parameters)
    pixels = reading.images.pixels
    assert isinstance(pixels, np.ndarray)  # noqa: S101  drawn in memory
    low = np.stack([reduced_bicubically(picture, parameters.low_size) for picture in pixels])
    return replace(reading, images=ImageSet(pixels, partners=low))


def reduced_bicubically(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Reduces an image with Pillow's bicubic filter, which averages over all pixels that it covers.

    Bicubic filters that skip pixels give low resolutions of another kind: scores of the two cannot be compared.

    Args:
        picture: ``(side, side, channels)``, in [0, 255].
        size: Width and height of the result in pixels.

    Returns:
        ``(size, size, channels)``, in [0, 255].
    """
    channels = picture.shape[-1]
    image = Image.fromarray(picture[..., 0] if channels == 1 else picture)
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC)).reshape(size, size, channels)


def _of_folder(parameters: UpscalingImagesParameters, path: str) -> SourceReading:
    root = existing_folder(path)
    listing = listing_of(root)
    items, notes = _with_low_files(listing.files, parameters.low_path)
    chosen = [items[position] for position in seeded_subset(len(items), parameters.limit, parameters.seed)]
    outcome: Outcome[_Resolutions] = Outcome()
    sizes = (parameters.low_size, parameters.image_size)
    low, high = read_pair_pixels(chosen, lambda files: _read(files, parameters), sizes, parameters, outcome)
    check_bad_fraction(
        outcome.rejected, f"{len(chosen)} image files in {root}", len(chosen), parameters.max_bad_fraction
    )
    return SourceReading(
        images=ImageSet(high, partners=low),
        available=len(items),
        notes=(CROPPED, *notes, *notes_of(outcome.remarks)),
        rejected=tuple(outcome.rejected),
        skipped=listing.skipped,
    )


def _with_low_files(files: tuple[ListedFile, ...], low_path: str | None) -> tuple[list[_Resolutions], list[str]]:
    """Returns each file with those of its name in ``low_path``, and notes on this folder."""
    if low_path is None:
        return [_Resolutions(file, None) for file in files], []
    low_files: defaultdict[str, list[ListedFile]] = defaultdict(list)
    for file in listing_of(existing_folder(low_path, "images.low_path"), "images.low_path").files:
        low_files[key_of(file.name)].append(file)
    unused = sum(len(low_files[key]) for key in low_files.keys() - {key_of(file.name) for file in files})
    notes = [f"The pictures of low resolution are from images.low_path, {low_path}."]
    if unused:
        notes.append(f"{unused} files in images.low_path have no file of this name in images.path.")
    return [_Resolutions(file, low_files.get(key_of(file.name), [])) for file in files], notes


def _read(files: _Resolutions, parameters: UpscalingImagesParameters) -> DecodedPair:
    size = parameters.image_size
    # The given low resolution is compared with the size of the whole file.
    high = read_upright(files.high.path, parameters.colour or "rgb", size if files.low is None else None)
    if min(high.image.size) < size:
        raise RejectedImageError(
            f"{high.image.width}x{high.image.height} pixels; smaller than images.size, {size}. Use a larger image, or "
            "reduce images.size"
        )
    pixels = central_square(high.image, size)
    if files.low is None:
        return DecodedPair(reduced_bicubically(pixels, parameters.low_size), pixels, high.remarks)
    return DecodedPair(_given_low(files.low, high.image.size, parameters), pixels, high.remarks)


def _given_low(
    files: list[ListedFile], high: tuple[int, int], parameters: UpscalingImagesParameters
) -> NDArray[np.uint8]:
    if len(files) != 1:
        raise RejectedImageError(
            f"{len(files)} files of this name in images.low_path; one is needed. Add or remove files there"
        )
    low = read_upright(files[0].path, parameters.colour or "rgb").image
    width, height = (side * parameters.low_size / min(high) for side in high)
    if min(low.size) != parameters.low_size or abs(low.width - width) >= 1 or abs(low.height - height) >= 1:
        raise RejectedImageError(
            f"the file in images.low_path has {low.width}x{low.height} pixels, but {round(width)}x{round(height)} are "
            f"needed, 1/{parameters.scale} of images.size, {parameters.image_size}, along the shorter side. Set "
            "images.size and images.scale to those of the files, or remove images.low_path"
        )
    return central_square(low, parameters.low_size)
