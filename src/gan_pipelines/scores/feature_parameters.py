"""What a user can say about whose features distances compare."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

INCEPTION_FILE = "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
INCEPTION_INSTRUCTION = (
    f"Give the weights that Keras publishes as {INCEPTION_FILE}: on a machine with a network, "
    '`python -c "import keras; keras.applications.InceptionV3(include_top=False)"` stores them in ~/.keras/models'
)
ENDINGS = {"inception_v3": (".h5",), "file": (".keras",)}


class FeatureParameters(ParameterModel):
    """The section ``<model>.scoring.features``."""

    kind: Literal["classifier", "inception_v3", "file"] = "classifier"
    """``classifier`` is the metric network that is trained on the real images; the others come from the user."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """The user's file, relative to the current directory.

    For ``inception_v3``, weights without the classes, ``.weights.h5`` or ``.h5``; for ``file``, a ``.keras`` model
    from pixels in [-1, 1] ``(batch, height, width, channels)`` to features ``(batch, dimensions)``.
    """
    sha256: str | None = None
    """What the file must be, in 64 hexadecimal digits; checked before anything in the file is read.

    Without one, any file is taken; its hash stands beside the scores either way.
    """

    @model_validator(mode="after")
    def _file_fits_the_kind(self) -> "FeatureParameters":
        if self.kind == "classifier":
            self._check_nothing_is_given()
            return self
        if self.path is None:
            wanted = (
                INCEPTION_INSTRUCTION if self.kind == "inception_v3" else "Give a .keras model from pixels to features"
            )
            raise ValueError(f"the features {self.kind!r} need `path`, the file of your network. {wanted}")
        if not self.path.endswith(ENDINGS[self.kind]):
            raise ValueError(
                f"`path` is {self.path!r}, but the features {self.kind!r} are read from a file whose name ends in "
                f"{' or '.join(ENDINGS[self.kind])}"
            )
        if self.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(
                f"`sha256` is {self.sha256!r}; needed are the 64 digits of 0-9 and a-f that `sha256sum` prints"
            )
        return self

    def _check_nothing_is_given(self) -> None:
        given = [name for name in ("path", "sha256") if getattr(self, name) is not None]
        if given:
            raise ValueError(
                f"the features 'classifier' come from the metric network and read no file, but {' and '.join(given)} "
                "is given; remove it, or set `kind` to 'inception_v3' or 'file'"
            )
