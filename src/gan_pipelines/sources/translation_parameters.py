"""Parameters of the image sources of translators: pairs of images, two domains, and low with high resolution."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.errors import UserError
from gan_pipelines.sources.parameters import PHOTO_SIZE, ImagesParameters

TRANSLATION_SIZE = 64
PairSource = Literal["pairs", "digits", "mnist", "fashion_mnist", "image_folder", "synthetic_fruit"]
_WITHOUT_COLOURS = ("digits", "mnist", "fashion_mnist")


class _InMemoryParameters(ImagesParameters):
    """Images whose partners, and therefore themselves, are held in memory."""

    @property
    def is_held_in_memory(self) -> bool:
        """Whether the images cannot be stored on disk."""
        return True

    def is_stored_on_disk(self, image_bytes: int) -> bool:
        """Returns False if the images are held in memory, else what their total size and ``storage`` decide.

        Raises:
            UserError: If the images are held in memory, ``storage`` is ``auto`` and they exceed ``memory_limit``.
        """
        is_above = super().is_stored_on_disk(image_bytes)
        if is_above and self.is_held_in_memory:
            raise UserError(
                f"images.memory_limit: the pairs take {4 * image_bytes / 2**30:.1f} GiB as float32, which is more than "
                f"the limit of {self.memory_limit:g} GiB, and pairs are held in memory. Reduce images.limit or "
                "images.size, or raise images.memory_limit."
            )
        return is_above

    @model_validator(mode="after")
    def _validate_storage(self) -> "_InMemoryParameters":
        if self.storage == "disk" and self.is_held_in_memory:
            raise ValueError(
                f"`storage` is 'disk', but the pairs of the source {self.source!r} are held in memory; remove it, and "
                "reduce `limit` or `size` if memory is short"
            )
        return self


class PairedImagesParameters(_InMemoryParameters):
    """The section ``<model>.images`` of a translator that is trained on pairs."""

    source: PairSource = "pairs"  # type: ignore[assignment]  # another choice than that of the base class
    """``pairs`` reads pairs from ``path``, or draws 400 label maps and pictures without one.

    The others have single images and need ``pairs_by``.
    """
    direction: Literal["a_to_b", "b_to_a"] = "a_to_b"
    """Which picture of a pair is translated into which: A is the left one, or the one in folder A."""
    pairs_by: Literal["edges", "gray", "hole"] | None = None
    """How the picture to translate is made from each image: its edges, its luminance, or the image with a hole.

    Required by all sources but ``pairs``, which does not accept it.
    """

    @property
    def image_size(self) -> int:
        """Width and height in pixels: ``size``, or 64 for pairs, or the default of the source of single images."""
        return self.size or (TRANSLATION_SIZE if self.source == "pairs" else super().image_size)

    @property
    def needs_colour(self) -> bool:
        """Whether the picture to translate is the image without its colours."""
        return self.pairs_by == "gray"

    @model_validator(mode="after")
    def _validate_pairs(self) -> "PairedImagesParameters":
        if self.source == "pairs":
            if self.pairs_by is not None:
                raise ValueError(
                    f"`pairs_by` is {self.pairs_by!r}, but the source 'pairs' has pairs; remove `pairs_by`, or set "
                    "`source` to a source of single images, such as 'image_folder'"
                )
            return self
        if self.pairs_by is None:
            raise ValueError(
                f"the source {self.source!r} has single images; set `pairs_by` to 'edges', 'gray' or 'hole', or "
                "`source` to 'pairs'"
            )
        if self.direction != "a_to_b":
            raise ValueError(
                f"`direction` is {self.direction!r}, but only the source 'pairs' has two directions; remove it"
            )
        if self.pairs_by == "gray" and (self.colour == "gray" or self.source in _WITHOUT_COLOURS):
            raise ValueError(
                "`pairs_by` is 'gray', but the images themselves are gray, so there is nothing to translate; set "
                "`pairs_by` to 'edges' or 'hole', or use images in colour"
            )
        return self


class DomainImagesParameters(_InMemoryParameters):
    """The section ``<model>.images`` of a translator between two domains whose images are not paired."""

    source: Literal["domains", "pairs"] = "domains"  # type: ignore[assignment]  # another choice than that of the base
    """``domains`` reads two folders in ``path``; without one, ripe and green fruit are drawn, 400 each.

    ``pairs`` reads the pairs of ``PairedImagesParameters``. One half of the training pairs gives only its A, the other
    half only its B; held-out pairs are those that a paired translator is scored on.
    """
    limit: Annotated[int, Field(ge=2)] | None = None
    """Number of images to use, half from each domain, or more if the other has fewer; for ``pairs``, number of pairs.

    Default: all.
    """

    @property
    def is_held_in_memory(self) -> bool:
        """Whether the images come from pairs."""
        return self.source == "pairs"

    @property
    def image_size(self) -> int:
        """Width and height in pixels: ``size``, or 64."""
        return self.size or TRANSLATION_SIZE


class UpscalingImagesParameters(_InMemoryParameters):
    """The section ``<model>.images`` of a network that enlarges images."""

    source: Literal["super_resolution"] = "super_resolution"  # type: ignore[assignment]  # another choice
    """Reads large pictures from ``path``; without one, 400 pictures of fruit are drawn."""
    scale: Literal[2, 4, 8] = 4
    """How many times larger the high resolution is, along each axis; ``size`` is a multiple of it."""
    low_path: Annotated[str, Field(min_length=1)] | None = None
    """Folder with the pictures of low resolution, named as those in ``path``. Default: bicubic reductions of those."""

    @property
    def image_size(self) -> int:
        """Width and height of the high resolution in pixels: ``size``, or 96."""
        return self.size or PHOTO_SIZE

    @property
    def low_size(self) -> int:
        """Width and height of the low resolution in pixels."""
        return self.image_size // self.scale

    @model_validator(mode="after")
    def _validate_resolutions(self) -> "UpscalingImagesParameters":
        if self.image_size % self.scale:
            below = self.low_size * self.scale
            raise ValueError(
                f"`size` is {self.image_size}, which is not a multiple of `scale`, {self.scale}; the nearest are "
                f"{below} and {below + self.scale}"
            )
        if self.low_path is not None and self.path is None:
            raise ValueError("`low_path` needs `path`: the folder with the same pictures in high resolution")
        return self
