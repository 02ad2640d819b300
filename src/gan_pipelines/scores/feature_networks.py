"""Feature networks provided by the user: Keras's InceptionV3 with a weights file, or any ``.keras`` model.

The files are untrusted: size and hash are checked before a file is parsed, links and shapes before Keras reads a
weight, and no code in it is executed. A network is used only if the file sets all of its weights.
"""

import hashlib
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import h5py  # type: ignore[import-untyped]
import numpy as np
from keras import ops
from numpy.typing import NDArray

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import Pixels
from gan_pipelines.scores.feature_parameters import (
    FILE_INSTRUCTION,
    INCEPTION_INSTRUCTION,
    VGG19_INSTRUCTION,
    FeatureParameters,
)
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer

MAXIMUM_BYTES = 2**29
"""Maximum size of a file, and of the arrays it declares: 512 MiB, about six times the weights of InceptionV3."""

INCEPTION_LABEL = "inception_v3_keras"
"""Not the Inception network of published Frechet distances: graph and weights differ, so values do not compare."""

_INCEPTION_SIZE = 299
_VGG19_MEAN = (103.939, 116.779, 123.68)
_WEIGHTS = "model.weights.h5"
_MEMBERS = {"config.json": 2**24, "metadata.json": 2**20, _WEIGHTS: MAXIMUM_BYTES}
"""Members of a .keras archive, with the maximum bytes of each."""

_BATCH = 16


def inception_network(path: Path, sha256: str | None = None) -> keras.Model:
    """Builds InceptionV3 without its classification layer, with weights from a user's file.

    Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the Inception Architecture for Computer Vision", 2016.

    Args:
        path: Weights file, ``.weights.h5`` or ``.h5``, as Keras writes it.
        sha256: Expected SHA-256 of the file. Default: any file is accepted.

    Returns:
        A model from pixels in [-1, 1] ``(batch, 299, 299, 3)`` to features ``(batch, 2048)``.

    Raises:
        UserError: If the file is missing, does not match ``sha256``, is damaged or too large, links to other files, or
            holds the weights of another network.
    """
    shape = (_INCEPTION_SIZE, _INCEPTION_SIZE, 3)

    def build() -> keras.Model:
        return keras.applications.InceptionV3(weights=None, include_top=False, pooling="avg", input_shape=shape)

    return _with_weights(build, path, sha256, INCEPTION_INSTRUCTION)


def vgg19_network(path: Path, channels: int, sha256: str | None = None) -> keras.Model:
    """Builds the convolutions of VGG19, with weights from a user's file.

    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015.

    Args:
        path: Weights file, ``.weights.h5`` or ``.h5``, as Keras writes it.
        channels: Channels of the pictures that it will see.
        sha256: Expected SHA-256 of the file. Default: any file is accepted.

    Returns:
        A model from pixels in [-1, 1] ``(batch, height, width, 3)`` of any size to the last feature map.

    Raises:
        UserError: As for `inception_network`; also if the pictures are gray.
    """
    if channels != 3:
        raise UserError(
            f"content_network.kind is 'vgg19', which takes pictures of 3 channels, and these have {channels}. Set "
            "images.colour to 'rgb', or content_network.kind to 'rotations'."
        )

    def build() -> keras.Model:
        pixels = keras.Input((None, None, 3))
        # VGG19 was trained on bytes in the order blue, green, red, minus the mean colour of ImageNet.
        centred = (ops.flip(pixels, axis=-1) + 1.0) * 127.5 - np.array(_VGG19_MEAN, np.float32)
        return keras.applications.VGG19(weights=None, include_top=False, input_tensor=centred)

    return _with_weights(build, path, sha256, VGG19_INSTRUCTION)


def feature_network_from_file(path: Path, sha256: str | None = None) -> keras.Model:
    """Reads a feature network from a ``.keras`` file; files with code are rejected.

    Args:
        path: A Functional or Sequential model of built-in Keras layers, from pixels in [-1, 1]
            ``(batch, height, width, channels)`` of 1 or 3 channels to features ``(batch, dimensions)``.
        sha256: Expected SHA-256 of the file. Default: any file is accepted.

    Raises:
        UserError: If the file is missing, does not match ``sha256``, is damaged or too large, holds code or links to
            other files, or its model has other inputs or outputs.
    """
    _checked_sha256(path, sha256, FILE_INSTRUCTION)
    with _parse_errors_as_user_error(path, FILE_INSTRUCTION):
        _check_archive(path)
        network = keras.models.load_model(path, compile=False, safe_mode=True)
        _check_signature(network)
        _load_weights(network, path)
    return network


def _with_weights(build: Callable[[], keras.Model], path: Path, sha256: str | None, instruction: str) -> keras.Model:
    """Builds a network of Keras's and loads its weights from a file."""
    _checked_sha256(path, sha256, instruction)
    with _parse_errors_as_user_error(path, instruction):
        with path.open("rb") as stream:
            _check_arrays(stream)
        keras.utils.clear_session(free_memory=False)  # restarts the numbering of layer names
        network = build()
        _load_weights(network, path)
    return network


@dataclass(frozen=True, eq=False)
class FeatureNetwork:
    """Feature network for images of any size.

    Args:
        network: From pixels in [-1, 1] ``(batch, height, width, channels)`` to features ``(batch, dimensions)``.
        label: Name of the network in reports.
        sha256: SHA-256 of its file; scores with different files do not compare.
    """

    network: keras.Model
    label: str
    sha256: str

    @property
    def dimensions(self) -> int:
        """Length of a feature vector."""
        return int(self.network.output_shape[-1])

    def __call__(self, pixels: Pixels, batch_size: int = _BATCH) -> NDArray[np.float32]:
        """Returns features of images, resized to the input size; gray images are repeated to three channels if needed.

        Args:
            pixels: In [-1, 1], ``(images, height, width, channels)``.
            batch_size: Images per batch; features do not depend on it beyond rounding.

        Returns:
            ``(images, dimensions)``, float32.

        Raises:
            UserError: If the network takes gray images, and these have colours.
            ValueError: If there are no images.
        """
        if not len(pixels):
            raise ValueError("Features need at least one image; there are none.")
        starts = range(0, len(pixels), batch_size)
        return np.concatenate(
            [
                infer(self.network, self._preprocess(pixels[start : start + batch_size]), batch_size)[0]
                for start in starts
            ]
        )

    def _preprocess(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        _, height, width, channels = self.network.input_shape
        if pixels.shape[-1] not in (1, channels):
            raise UserError(
                f"The feature network {self.label} takes images with {channels} channel, and these have "
                f"{pixels.shape[-1]}. Provide a network that takes 3, or set images.colour to 'gray'."
            )
        resized = resize(pixels, (height or pixels.shape[1], width or pixels.shape[2]))
        return np.repeat(resized, channels // pixels.shape[-1], axis=-1)


def feature_network(parameters: FeatureParameters) -> FeatureNetwork:
    """Reads the feature network that the parameters select.

    Raises:
        UserError: If its file cannot be used.
        ValueError: If the parameters select the metric network.
    """
    if parameters.kind == "classifier" or parameters.path is None:
        raise ValueError("The features 'classifier' come from the trained metric network and have no file.")
    path = Path(parameters.path)
    # Passing the hash on ensures that it is the hash of the file read, even if the file changes in between.
    if parameters.kind == "inception_v3":
        sha256 = _checked_sha256(path, parameters.sha256, INCEPTION_INSTRUCTION)
        return FeatureNetwork(inception_network(path, sha256), INCEPTION_LABEL, sha256)
    sha256 = _checked_sha256(path, parameters.sha256, FILE_INSTRUCTION)
    return FeatureNetwork(feature_network_from_file(path, sha256), f"file:{path.name}", sha256)


def resize(pixels: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Resizes images for feature networks: bicubic, antialiased, clipped, not rounded to bytes.

    Parmar, Zhang and Zhu, "On Aliased Resizing and Surprising Subtleties in GAN Evaluation", 2022.

    Args:
        pixels: In [-1, 1], ``(images, height, width, channels)``.
        size: Target height and width.

    Returns:
        In [-1, 1], ``(images, *size, channels)``, float32; images of that size are returned unchanged.
    """
    if pixels.shape[1:3] == size:
        return pixels
    resized = ops.image.resize(pixels, size, interpolation="bicubic", antialias=True, data_format="channels_last")
    return np.clip(np.asarray(resized, np.float32), -1, 1)


def _checked_sha256(path: Path, sha256: str | None, instruction: str) -> str:
    """Returns the SHA-256 of a file that is regular, not too large, and matches the expected hash."""
    try:
        status = path.stat()
        # Opening a pipe would block.
        if not stat.S_ISREG(status.st_mode):
            raise UserError(f"The network's file {path} is not a regular file. {instruction}.")
        if status.st_size > MAXIMUM_BYTES:
            raise UserError(
                f"The network's file {path} has {status.st_size:,} bytes; at most {MAXIMUM_BYTES:,} are read. "
                f"{instruction}."
            )
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"The network's file {path} cannot be read ({error.strerror}). {instruction}.") from error
    if sha256 is not None and found != sha256:
        raise UserError(
            f"The network's file {path} has the SHA-256 {found}, but `sha256` requires {sha256}. Get the "
            "intended file, or correct `sha256` if this is the one."
        )
    return found


@contextmanager
def _parse_errors_as_user_error(path: Path, instruction: str) -> Iterator[None]:
    """Converts any error from parsing a file to a ``UserError`` that names the file."""
    try:
        yield
    except Exception as error:
        # Parsers may raise anything on malformed files; Keras puts the cause after a page of configuration.
        reason = " ".join(str(error).rpartition("Exception encountered: ")[2].split())[:300] or type(error).__name__
        raise UserError(f"The network's file {path} cannot be used ({reason}). {instruction}.") from error


def _check_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if sorted(member.filename for member in members) != sorted(_MEMBERS):
            names = ", ".join(member.filename for member in members[:8])
            raise ValueError(f"it holds {names or 'nothing'} instead of just {', '.join(sorted(_MEMBERS))}")
        for member in members:
            limit = _MEMBERS[member.filename]
            # HDF5 seeks backwards, and each such seek would decompress a compressed member from its start.
            if member.compress_type != zipfile.ZIP_STORED or member.file_size > limit:
                raise ValueError(
                    f"its {member.filename} declares {member.file_size:,} bytes; at most {limit:,} are read, and "
                    "only uncompressed, as Keras writes them"
                )
        with archive.open(_WEIGHTS) as stream:
            _check_arrays(stream)


def _check_arrays(stream: IO[bytes]) -> None:
    """Raises a ValueError if HDF5 values are stored outside their datasets or exceed ``MAXIMUM_BYTES``."""
    with h5py.File(stream, "r") as file:
        links: list[tuple[str, object]] = []
        # Visits each link once, so that cyclic groups terminate; h5py cannot raise from within a visitor.
        file.visititems_links(lambda name, link: links.append((name, link)))
        declared = 0
        for name, link in links:
            # h5py follows links even when it only tests whether a path exists.
            if not isinstance(link, h5py.HardLink):
                raise ValueError(f"its entry {name!r} is a link, not a weight: {type(link).__name__}")
            declared += _checked_bytes(name, file[name])
        if declared > MAXIMUM_BYTES:
            raise ValueError(f"its arrays declare {declared:,} bytes; at most {MAXIMUM_BYTES:,} are read")


def _checked_bytes(name: str, entry: h5py.HLObject) -> int:
    """Returns the bytes of an entry in memory."""
    if not isinstance(entry, h5py.Dataset):
        return 0
    if entry.external or entry.is_virtual:
        raise ValueError(
            f"its entry {name!r} has values in another file or dataset; only values in the entry itself are read"
        )
    if entry.dtype.kind not in "fiu":
        raise ValueError(f"its entry {name!r} has the dtype {entry.dtype}; weights are numbers")
    return int(entry.nbytes)


def _check_signature(network: object) -> None:
    if not isinstance(network, keras.Model) or len(network.inputs) != 1 or len(network.outputs) != 1:
        raise ValueError("it is not a model with one input and one output")
    input_shape, output_shape = network.input_shape, network.output_shape
    if len(input_shape) != 4 or input_shape[-1] not in (1, 3):
        raise ValueError(
            f"its model has the input shape {input_shape}; required: pixels (batch, height, width, 1 or 3)"
        )
    if len(output_shape) != 2 or output_shape[-1] is None:
        raise ValueError(f"its model has the output shape {output_shape}; required: features (batch, dimensions)")


def _load_weights(network: keras.Model, path: Path) -> None:
    """Loads all weights from the file, or raises a ValueError that names the first missing one."""
    float_weights = [weight for weight in network.weights if keras.backend.is_float_dtype(weight.dtype)]
    # Keras only warns about some missing groups; NaN marks the weights that it does not set.
    for weight in float_weights:
        weight.assign(np.full(weight.shape, np.nan, np.float32))
    with warnings.catch_warnings(action="ignore"):
        network.load_weights(path)
    for weight in float_weights:
        if not np.all(np.isfinite(weight)):
            raise ValueError(f"its weight {weight.path} is missing or not finite")
