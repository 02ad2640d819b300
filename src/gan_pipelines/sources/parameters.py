"""Parameters of the image sources."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

DIGIT_SIZE = 28
PHOTO_SIZE = 96

_OF_FILES = ("mnist", "fashion_mnist", "image_folder", "pairs")
_WITHOUT_FILES = {"digits": "ships with scikit-learn", "synthetic_fruit": "is generated"}


class ImagesParameters(ParameterModel):
    """The section ``<model>.images``."""

    source: Literal["digits", "mnist", "fashion_mnist", "image_folder", "synthetic_fruit", "stacked"] = "digits"
    stacked_from: Literal["digits", "mnist"] | None = None
    """Source of the digits of ``stacked``, which uses three per image, one per colour channel. Default: ``digits``."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """Folder with the user's files, relative to the current directory; required by ``image_folder``.

    ``digits`` and ``synthetic_fruit`` do not accept a path. Default for ``mnist`` and ``fashion_mnist``: download by
    Keras. For ``stacked``, the path of the source of its digits.
    """
    size: Annotated[int, Field(ge=8, le=1024)] | None = None
    """Width and height in pixels. Default: 28 for digits and fashion, 96 for photos and fruit."""
    colour: Literal["gray", "rgb"] | None = None
    """Colour mode. Default: gray for digits and fashion, rgb for photos, fruit and stacked digits."""
    limit: Annotated[int, Field(ge=1)] | None = None
    """Size of the seeded subset of images to use; for a folder, of files, including rejected ones. Default: all images.

    For ``stacked``, the number of images to generate. Default: 10,000.
    """
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of the subset and the split."""
    heldout_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Fraction of the images held out from training if the source has no test images."""
    max_bad_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Maximum fraction of unusable image files in a folder; above it, the run fails."""
    storage: Literal["auto", "memory", "disk"] = "auto"
    """Where pixels are stored; results do not depend on it. From ``disk``, pixels are read batch by batch.

    ``auto`` selects ``disk`` above ``memory_limit``. Only ``image_folder`` can read images larger than memory in total;
    the other sources load all pixels before they write them to disk.
    """
    memory_limit: Annotated[float, Field(ge=0)] = 2.0
    """Maximum memory of all images in GiB, as float32, the dtype of network inputs; used by ``storage: auto``."""

    @property
    def image_size(self) -> int:
        """Width and height in pixels: ``size``, or the default of the source."""
        return self.size or (PHOTO_SIZE if self.source in ("image_folder", "synthetic_fruit") else DIGIT_SIZE)

    @property
    def needs_colour(self) -> bool:
        """Whether an image file without any colour cannot be used."""
        return False

    @property
    def digits_source(self) -> Literal["digits", "mnist"]:
        """Source of the digits that ``stacked`` uses."""
        return self.stacked_from or "digits"

    def is_stored_on_disk(self, image_bytes: int) -> bool:
        """Returns whether uint8 images of this total size are stored on disk; ``memory_limit`` applies to float32."""
        if self.storage == "auto":
            return 4 * image_bytes > self.memory_limit * 2**30
        return self.storage == "disk"

    @model_validator(mode="after")
    def _validate_path(self) -> "ImagesParameters":
        if self.source == "image_folder" and self.path is None:
            raise ValueError("the source 'image_folder' needs `path`: a folder with JPEG or PNG files")
        reads_from = self.digits_source if self.source == "stacked" else self.source
        if reads_from in _WITHOUT_FILES and self.path is not None:
            others = (
                "`stacked_from` to 'mnist'" if self.source == "stacked" else f"`source` to {self._sources_of_files()}"
            )
            raise ValueError(
                f"the source {reads_from!r} {_WITHOUT_FILES[reads_from]} and reads no files, but `path` is "
                f"{self.path!r}; remove it, or set {others}"
            )
        return self

    def _sources_of_files(self) -> str:
        choices = get_args(type(self).model_fields["source"].annotation)
        *first, last = (repr(name) for name in _OF_FILES if name in choices)
        return f"{', '.join(first)} or {last}"

    @model_validator(mode="after")
    def _validate_stacking(self) -> "ImagesParameters":
        if self.source != "stacked" and self.stacked_from is not None:
            raise ValueError(
                f"`stacked_from` is {self.stacked_from!r}, but the source {self.source!r} does not stack digits; set "
                "`source` to 'stacked', or remove `stacked_from`"
            )
        if self.source == "stacked" and self.colour == "gray":
            raise ValueError(
                "the source 'stacked' produces RGB images, but `colour` is 'gray'; remove `colour` or set it to 'rgb'"
            )
        return self
