"""Feature networks that the user brings: Keras's InceptionV3 with a weights file, or any ``.keras`` model.

A file from outside is believed in nothing: its size and hash are checked before it is parsed, its links and shapes
before Keras reads a weight, and no code in it runs. No network is ever used with weights that no file set.
"""

import hashlib
import stat
import warnings
import zipfile
from collections.abc import Iterator
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
from gan_pipelines.scores.feature_parameters import INCEPTION_INSTRUCTION, FeatureParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.inference import infer

MAXIMUM_BYTES = 2**29
"""No file may be larger, nor announce more: 512 MiB, some six times the weights of InceptionV3."""

INCEPTION_LABEL = "inception_v3_keras"
"""Not the Inception of the published Frechet distances: its graph and weights differ, so values do not compare."""

_INCEPTION_SIZE = 299
_WEIGHTS = "model.weights.h5"
_MEMBERS = {"config.json": 2**24, "metadata.json": 2**20, _WEIGHTS: MAXIMUM_BYTES}
"""What a .keras archive holds, and the most bytes of each."""

_FILE_INSTRUCTION = "Give a .keras model of Keras's own layers, saved with `model.save`"
_BATCH = 16


def inception_network(path: Path, sha256: str | None = None) -> keras.Model:
    """Builds InceptionV3 without its classes, with the weights of a user's file.

    Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the Inception Architecture for Computer Vision", 2016.

    Args:
        path: Weights alone, ``.weights.h5`` or ``.h5``, as Keras writes them.
        sha256: What the file must be.

    Returns:
        A model from pixels in [-1, 1] ``(batch, 299, 299, 3)`` to features ``(batch, 2048)``.

    Raises:
        UserError: There is no such file, it is another than ``sha256`` says, damaged, too large, links to other
            files, or holds the weights of another network.
    """
    _checked_sha256(path, sha256, INCEPTION_INSTRUCTION)
    with _damage_as_user_error(path, INCEPTION_INSTRUCTION):
        with path.open("rb") as stream:
            _check_arrays(stream)
        keras.utils.clear_session(free_memory=False)  # layer names count up over a process; start them anew
        shape = (_INCEPTION_SIZE, _INCEPTION_SIZE, 3)
        network = keras.applications.InceptionV3(weights=None, include_top=False, pooling="avg", input_shape=shape)
        _load_weights(network, path)
    return network


def feature_network_from_file(path: Path, sha256: str | None = None) -> keras.Model:
    """Reads a feature network from a ``.keras`` file; code in it is refused, not run.

    Args:
        path: A Functional or Sequential model of Keras's own layers, from pixels in [-1, 1]
            ``(batch, height, width, channels)`` of 1 or 3 channels to features ``(batch, dimensions)``.
        sha256: What the file must be.

    Raises:
        UserError: There is no such file, it is another than ``sha256`` says, damaged, too large, holds code or links
            to other files, or its model takes or gives something else.
    """
    _checked_sha256(path, sha256, _FILE_INSTRUCTION)
    with _damage_as_user_error(path, _FILE_INSTRUCTION):
        _check_archive(path)
        network = keras.models.load_model(path, compile=False, safe_mode=True)
        _check_signature(network)
        _load_weights(network, path)
    return network


@dataclass(frozen=True, eq=False)
class FeatureJudge:
    """A feature network that looks at images of any size.

    Args:
        network: From pixels in [-1, 1] ``(batch, height, width, channels)`` to features ``(batch, dimensions)``.
        label: Names the network beside scores.
        sha256: Of the file that it came from; scores of different files do not compare.
    """

    network: keras.Model
    label: str
    sha256: str

    @property
    def dimensions(self) -> int:
        """Length of a feature vector."""
        return int(self.network.output_shape[-1])

    def __call__(self, pixels: Pixels, batch_size: int = _BATCH) -> NDArray[np.float32]:
        """Looks at images, resized to what the network takes, gray ones in three equal channels where it takes three.

        Args:
            pixels: In [-1, 1], ``(images, height, width, channels)``.
            batch_size: Images at a time; features do not depend on it beyond rounding.

        Returns:
            ``(images, dimensions)``, float32.

        Raises:
            UserError: The network takes gray images, and these have colours.
            ValueError: There are no images.
        """
        if not len(pixels):
            raise ValueError("Features are of images; there are none.")
        starts = range(0, len(pixels), batch_size)
        return np.concatenate(
            [infer(self.network, self._prepared(pixels[start : start + batch_size]), batch_size)[0] for start in starts]
        )

    def _prepared(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        _, height, width, channels = self.network.input_shape
        if pixels.shape[-1] not in (1, channels):
            raise UserError(
                f"The feature network {self.label} takes images of {channels} channel, and these have "
                f"{pixels.shape[-1]}. Give a network that takes 3, or set images.colour to 'gray'."
            )
        resized = resize(pixels, (height or pixels.shape[1], width or pixels.shape[2]))
        return np.repeat(resized, channels // pixels.shape[-1], axis=-1)


def feature_judge(parameters: FeatureParameters) -> FeatureJudge:
    """Opens the feature network that the user brings.

    Raises:
        UserError: Its file cannot be used.
        ValueError: The features are the metric network's.
    """
    if parameters.kind == "classifier" or parameters.path is None:
        raise ValueError("The metric network is trained, not read from a file.")
    path = Path(parameters.path)
    # Passed on, the hash that is recorded is that of the file that is read, even where it changes in between.
    if parameters.kind == "inception_v3":
        sha256 = _checked_sha256(path, parameters.sha256, INCEPTION_INSTRUCTION)
        return FeatureJudge(inception_network(path, sha256), INCEPTION_LABEL, sha256)
    sha256 = _checked_sha256(path, parameters.sha256, _FILE_INSTRUCTION)
    return FeatureJudge(feature_network_from_file(path, sha256), f"file:{path.name}", sha256)


def resize(pixels: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Resizes images as feature networks need it: bicubic, antialiased, clipped, never rounded to bytes.

    Parmar, Zhang and Zhu, "On Aliased Resizing and Surprising Subtleties in GAN Evaluation", 2022.

    Args:
        pixels: In [-1, 1], ``(images, height, width, channels)``.
        size: Wanted height and width.

    Returns:
        In [-1, 1], ``(images, *size, channels)``, float32; images that have the size already are returned as they are.
    """
    if pixels.shape[1:3] == size:
        return pixels
    resized = ops.image.resize(pixels, size, interpolation="bicubic", antialias=True, data_format="channels_last")
    return np.clip(np.asarray(resized, np.float32), -1, 1)


def _checked_sha256(path: Path, sha256: str | None, instruction: str) -> str:
    """Returns a file's hash, if the file is regular, not too large, and the one that is meant."""
    try:
        status = path.stat()
        # Opening a pipe would wait for ever.
        if not stat.S_ISREG(status.st_mode):
            raise UserError(f"The feature network's file {path} is not a regular file. {instruction}.")
        if status.st_size > MAXIMUM_BYTES:
            raise UserError(
                f"The feature network's file {path} has {status.st_size:,} bytes; at most {MAXIMUM_BYTES:,} are read. "
                f"{instruction}."
            )
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(
            f"The feature network's file {path} cannot be read ({error.strerror}). {instruction}."
        ) from error
    if sha256 is not None and found != sha256:
        raise UserError(
            f"The feature network's file {path} has the SHA-256 {found}, but `sha256` asks for {sha256}. Get the file "
            "that is meant, or change `sha256` if it is this one."
        )
    return found


@contextmanager
def _damage_as_user_error(path: Path, instruction: str) -> Iterator[None]:
    """Turns whatever a file that does not fit makes its parser raise into a ``UserError`` that names the file."""
    try:
        yield
    except Exception as error:
        # Parsers may raise anything on a file that is not theirs; Keras gives the cause behind a page of configuration.
        reason = " ".join(str(error).rpartition("Exception encountered: ")[2].split())[:300] or type(error).__name__
        raise UserError(f"The feature network's file {path} cannot be used ({reason}). {instruction}.") from error


def _check_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if sorted(member.filename for member in members) != sorted(_MEMBERS):
            names = ", ".join(member.filename for member in members[:8])
            raise ValueError(f"it holds {names or 'nothing'} instead of just {', '.join(sorted(_MEMBERS))}")
        for member in members:
            limit = _MEMBERS[member.filename]
            # HDF5 jumps to and fro, and each jump back would unpack a compressed member from its start.
            if member.compress_type != zipfile.ZIP_STORED or member.file_size > limit:
                raise ValueError(
                    f"its {member.filename} announces {member.file_size:,} bytes; at most {limit:,} are read, and "
                    "only uncompressed, as Keras stores them"
                )
        with archive.open(_WEIGHTS) as stream:
            _check_arrays(stream)


def _check_arrays(stream: IO[bytes]) -> None:
    """Makes sure that HDF5 holds its numbers itself, and no more of them than its reader has room for."""
    with h5py.File(stream, "r") as file:
        links: list[tuple[str, object]] = []
        # Each link once, so that groups that hold one another come to an end; h5py cannot raise from within its visit.
        file.visititems_links(lambda name, link: links.append((name, link)))
        announced = 0
        for name, link in links:
            # h5py follows the links of a path while it only asks whether the path exists.
            if not isinstance(link, h5py.HardLink):
                raise ValueError(f"its entry {name!r} is no weight but a link: {type(link).__name__}")
            announced += _checked_bytes(name, file[name])
        if announced > MAXIMUM_BYTES:
            raise ValueError(f"its arrays announce {announced:,} bytes; at most {MAXIMUM_BYTES:,} are read")


def _checked_bytes(name: str, entry: h5py.HLObject) -> int:
    """Returns how many bytes an entry takes once it is read."""
    if not isinstance(entry, h5py.Dataset):
        return 0
    if entry.external or entry.is_virtual:
        raise ValueError(f"the numbers of its entry {name!r} lie elsewhere; only weights in the entry itself are read")
    if entry.dtype.kind not in "fiu":
        raise ValueError(f"its entry {name!r} holds {entry.dtype}; weights are numbers")
    return int(entry.nbytes)


def _check_signature(network: object) -> None:
    if not isinstance(network, keras.Model) or len(network.inputs) != 1 or len(network.outputs) != 1:
        raise ValueError("it is not a model of one input and one output")
    taken, given = network.input_shape, network.output_shape
    if len(taken) != 4 or taken[-1] not in (1, 3):
        raise ValueError(f"its model takes {taken}; needed are pixels (batch, height, width, 1 or 3)")
    if len(given) != 2 or given[-1] is None:
        raise ValueError(f"its model gives {given}; needed are features (batch, dimensions)")


def _load_weights(network: keras.Model, path: Path) -> None:
    """Sets every weight from the file."""
    numbers = [weight for weight in network.weights if keras.backend.is_float_dtype(weight.dtype)]
    # Keras only warns of some groups that a file lacks; what it does not set shall not pass as a random weight.
    for weight in numbers:
        weight.assign(np.full(weight.shape, np.nan, np.float32))
    with warnings.catch_warnings(action="ignore"):
        network.load_weights(path)
    for weight in numbers:
        if not np.all(np.isfinite(weight)):
            raise ValueError(f"its weight {weight.path} is missing or not finite")
