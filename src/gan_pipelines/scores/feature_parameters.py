"""Parameters of the features that scores compare."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel

INCEPTION_FILE = "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
VGG19_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"


def _instruction(key: str, file: str, network: str) -> str:
    return (
        f"For `{key}`, provide the weights that Keras publishes as {file}: on a machine with internet access, "
        f'`python -c "import keras; keras.applications.{network}(include_top=False)"` stores them in ~/.keras/models'
    )


INCEPTION_INSTRUCTION = _instruction("scoring.features.path", INCEPTION_FILE, "InceptionV3")
VGG19_INSTRUCTION = _instruction("content_network.path", VGG19_FILE, "VGG19")
FILE_INSTRUCTION = (
    "For `scoring.features.path`, provide a .keras model of built-in Keras layers, saved with `model.save`"
)
INSTRUCTIONS = {
    "inception_v3": INCEPTION_INSTRUCTION,
    "vgg19": VGG19_INSTRUCTION,
    "file": FILE_INSTRUCTION,
}
ENDINGS = {"inception_v3": (".h5",), "vgg19": (".h5",), "file": (".keras",)}


class NetworkFileParameters(ParameterModel):
    """Keys of a network that may be read from a file."""

    kind: str
    """Which network it is; see the sections that have these keys."""
    path: Annotated[str, Field(min_length=1)] | None = None
    """File of the network, relative to the current directory; required if ``kind`` is one that is read from a file.

    For ``inception_v3`` and ``vgg19``, weights without the classification layers, ``.weights.h5`` or ``.h5``; for
    ``file``, a ``.keras`` model from pixels in [-1, 1] ``(batch, height, width, channels)`` to features
    ``(batch, dimensions)``.
    """
    sha256: str | None = None
    """Expected SHA-256 of the file, in 64 hexadecimal digits; checked before the file is parsed.

    Default: any file is accepted. Its hash is reported with the scores in both cases.
    """

    def _check_file(self, kind: str) -> None:
        """Raises a ValueError if the keys do not fit a network of this kind, one of ``ENDINGS``."""
        if self.path is None:
            raise ValueError(f"the features {kind!r} need `path`, the file of the network. {INSTRUCTIONS[kind]}")
        if not self.path.endswith(ENDINGS[kind]):
            raise ValueError(
                f"`path` is {self.path!r}, but the file of the features {kind!r} must have a name that ends in "
                f"{' or '.join(ENDINGS[kind])}"
            )
        if self.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(
                f"`sha256` is {self.sha256!r}; it must be the 64 digits of 0-9 and a-f that `sha256sum` prints"
            )

    def _check_no_file(self, kind: str, origin: str, others: str) -> None:
        """Raises a ValueError if a file is given for a network that is trained."""
        given = [name for name in ("path", "sha256") if getattr(self, name) is not None]
        if given:
            raise ValueError(
                f"the features {kind!r} come from {origin} and read no file, but {' and '.join(given)} is given; "
                f"remove it, or set `kind` to {others}"
            )


class FeatureParameters(NetworkFileParameters):
    """The section ``<model>.scoring.features``."""

    kind: Literal["classifier", "inception_v3", "file"] = "classifier"
    """Network that computes the features: the metric network for ``classifier``, the one in ``path`` for the others."""

    @model_validator(mode="after")
    def _file_fits_kind(self) -> "FeatureParameters":
        if self.kind == "classifier":
            self._check_no_file(self.kind, "the metric network", "'inception_v3' or 'file'")
        else:
            self._check_file(self.kind)
        return self
