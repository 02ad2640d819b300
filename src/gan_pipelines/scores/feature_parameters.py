"""Parameters of the features that scores compare."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

INCEPTION_FILE = "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
INCEPTION_INSTRUCTION = (
    f"Provide the weights that Keras publishes as {INCEPTION_FILE}: on a machine with internet access, "
    '`python -c "import keras; keras.applications.InceptionV3(include_top=False)"` stores them in ~/.keras/models'
)
ENDINGS = {"inception_v3": (".h5",), "file": (".keras",)}


class FeatureParameters(ParameterModel):
    """The section ``<model>.scoring.features``."""

    kind: Literal["classifier", "inception_v3", "file"] = "classifier"
    """Network that computes the features: the metric network for ``classifier``, the one in ``path`` for the others."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """File of the feature network, relative to the current directory; required unless ``kind`` is ``classifier``.

    For ``inception_v3``, weights without the classification layer, ``.weights.h5`` or ``.h5``; for ``file``, a
    ``.keras`` model from pixels in [-1, 1] ``(batch, height, width, channels)`` to features ``(batch, dimensions)``.
    """
    sha256: str | None = None
    """Expected SHA-256 of the file, in 64 hexadecimal digits; checked before the file is parsed.

    Default: any file is accepted. Its hash is reported with the scores in both cases.
    """

    @model_validator(mode="after")
    def _check_file(self) -> "FeatureParameters":
        if self.kind == "classifier":
            self._check_no_file()
            return self
        if self.path is None:
            instruction = (
                INCEPTION_INSTRUCTION
                if self.kind == "inception_v3"
                else "Provide a .keras model from pixels to features"
            )
            raise ValueError(f"the features {self.kind!r} need `path`, the file of the network. {instruction}")
        if not self.path.endswith(ENDINGS[self.kind]):
            raise ValueError(
                f"`path` is {self.path!r}, but the file of the features {self.kind!r} must have a name that ends in "
                f"{' or '.join(ENDINGS[self.kind])}"
            )
        if self.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(
                f"`sha256` is {self.sha256!r}; it must be the 64 digits of 0-9 and a-f that `sha256sum` prints"
            )
        return self

    def _check_no_file(self) -> None:
        given = [name for name in ("path", "sha256") if getattr(self, name) is not None]
        if given:
            raise ValueError(
                f"the features 'classifier' come from the metric network and read no file, but {' and '.join(given)} "
                "is given; remove it, or set `kind` to 'inception_v3' or 'file'"
            )
