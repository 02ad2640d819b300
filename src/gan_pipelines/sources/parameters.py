"""What a user can say about where images come from."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

DIGIT_SIZE = 28
PHOTO_SIZE = 96

_WITHOUT_FILES = {"digits": "ships with scikit-learn", "drawn_fruit": "is drawn"}


class ImagesParameters(ParameterModel):
    """The section ``<model>.images``."""

    source: Literal["digits", "mnist", "fashion_mnist", "image_folder", "drawn_fruit", "stacked"] = "digits"
    stacked_from: Literal["digits", "mnist"] | None = None
    """What ``stacked`` makes its pictures of: three digits each, one a colour. Without one, digits."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """Folder of the user's files, relative to the current directory; ``image_folder`` needs one.

    ``digits`` and ``drawn_fruit`` take none. Without one, ``mnist`` and ``fashion_mnist`` are downloaded by Keras.
    ``stacked`` hands it to what it stacks.
    """
    size: Annotated[int, Field(ge=8, le=1024)] | None = None
    """Width and height in pixels; without one, 28 for digits and fashion, 96 for photos and fruit."""
    colour: Literal["gray", "rgb"] | None = None
    """Without one, gray for digits and fashion, rgb for photos, fruit and stacked digits."""
    limit: Annotated[int, Field(ge=1)] | None = None
    """Takes a seeded subset of this many images; of a folder, of this many files, read or rejected.

    ``stacked`` makes this many; without one, 10,000.
    """
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Decides the subset and the split."""
    heldout_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share kept away from training where the source has no test images of its own."""
    max_bad_fraction: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of a folder's image files that may be unusable before the run ends with an error."""
    storage: Literal["auto", "memory", "disk"] = "auto"
    """Where pixels are held; results are the same. From the ``disk``, sets larger than memory are read batch by batch.

    ``auto`` takes the disk above ``memory_limit``. Only ``image_folder`` never holds all its pixels at once.
    """
    memory_limit: Annotated[float, Field(ge=0)] = 2.0
    """GiB that all images may take in memory as float32, the form in which networks see them."""

    @property
    def image_size(self) -> int:
        """Width and height in pixels, the source's own where none is given."""
        return self.size or (PHOTO_SIZE if self.source in ("image_folder", "drawn_fruit") else DIGIT_SIZE)

    @property
    def digits_source(self) -> Literal["digits", "mnist"]:
        """The source whose digits are stacked."""
        return self.stacked_from or "digits"

    def is_for_the_disk(self, image_bytes: int) -> bool:
        """Whether images of so many bytes in all are held on the disk; as float32 they take four times as much."""
        if self.storage == "auto":
            return 4 * image_bytes > self.memory_limit * 2**30
        return self.storage == "disk"

    @model_validator(mode="after")
    def _path_fits_the_source(self) -> "ImagesParameters":
        if self.source == "image_folder" and self.path is None:
            raise ValueError("the source 'image_folder' needs `path`: the folder that holds your JPEG or PNG files")
        reads_from, others = self.source, "`source` to 'mnist', 'fashion_mnist' or 'image_folder'"
        if self.source == "stacked":
            reads_from, others = self.digits_source, "`stacked_from` to 'mnist'"
        if reads_from in _WITHOUT_FILES and self.path is not None:
            raise ValueError(
                f"the source {reads_from!r} {_WITHOUT_FILES[reads_from]} and reads no files, but `path` is "
                f"{self.path!r}; remove it, or set {others}"
            )
        return self

    @model_validator(mode="after")
    def _stacking_fits_the_source(self) -> "ImagesParameters":
        if self.source != "stacked" and self.stacked_from is not None:
            raise ValueError(
                f"`stacked_from` is {self.stacked_from!r}, but the source {self.source!r} stacks nothing; set `source` "
                "to 'stacked', or remove `stacked_from`"
            )
        if self.source == "stacked" and self.colour == "gray":
            raise ValueError("the source 'stacked' makes a colour of each of three digits; remove `colour: gray`")
        return self
