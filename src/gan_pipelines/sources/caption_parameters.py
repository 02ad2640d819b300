"""Parameters of images with captions."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.sources.parameters import ImagesParameters

CAPTIONED_SIZE = 64


class CaptionsParameters(ParameterModel):
    """The section ``<model>.images.captions``."""

    path: Annotated[str, Field(min_length=1)] | None = None
    """File or folder with the captions, relative to the current directory. Default: found in ``images.path``."""


class CaptionedImagesParameters(ImagesParameters):
    """The section ``<model>.images`` of a model that draws pictures from captions."""

    source: Literal["captioned_fruit", "image_folder"] = "captioned_fruit"  # type: ignore[assignment]  # another choice
    """``captioned_fruit`` is drawn; ``image_folder`` reads pictures from ``path``, and their captions."""
    captions: CaptionsParameters = CaptionsParameters()

    @property
    def image_size(self) -> int:
        """Width and height in pixels: ``size``, or 64."""
        return self.size or CAPTIONED_SIZE

    @model_validator(mode="after")
    def _validate_files(self) -> "CaptionedImagesParameters":
        if self.source == "captioned_fruit":
            for key, path in (("path", self.path), ("captions.path", self.captions.path)):
                if path is not None:
                    raise ValueError(
                        f"the source 'captioned_fruit' is generated and reads no files, but `{key}` is {path!r}; "
                        "remove it, or set `source` to 'image_folder'"
                    )
        return self
