"""Check of the files of networks that the parameters name, before anything runs."""

import stat
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from gan_pipelines.errors import UserError
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.scores.feature_parameters import INSTRUCTIONS, NetworkFileParameters


def check_network_files(sections: Mapping[str, ParameterModel], taken: Collection[str]) -> None:
    """Checks that each file of a network that a run needs exists and has the right format; reads only its start.

    Args:
        sections: Parameters by model.
        taken: Dotted keys of the parameters that the nodes of the run take.

    Raises:
        UserError: If a file cannot be used; names its key.
    """
    for model, section in sections.items():
        for key, network in _networks(model, section):
            if network.path is None or not {key, f"{key}.path"} & set(taken):
                continue
            reason = _reason_not_usable(Path(network.path))
            if reason:
                raise UserError(f"`{key}.path` is {network.path!r}, which {reason}. {INSTRUCTIONS[network.kind]}.")


def _networks(key: str, section: ParameterModel) -> Iterator[tuple[str, NetworkFileParameters]]:
    """Yields the sections of networks, with their keys."""
    if isinstance(section, NetworkFileParameters):
        yield key, section
    for name, value in section:
        if isinstance(value, ParameterModel):
            yield from _networks(f"{key}.{name}", value)


def _reason_not_usable(path: Path) -> str | None:
    import h5py  # type: ignore[import-untyped]

    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "is not a regular file"
        path.open("rb").close()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    is_archive = path.suffix == ".keras"
    has_format = zipfile.is_zipfile(path) if is_archive else h5py.is_hdf5(path)
    return None if has_format else f"is no {'.keras archive' if is_archive else 'HDF5 file'}"
