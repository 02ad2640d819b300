"""Which models are compared, known before a run begins."""

import os
from pathlib import Path
from typing import Any, get_args

from kedro.framework.project import settings
from kedro.utils import find_kedro_project
from omegaconf import ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError  # type: ignore[import-untyped]

from gan_pipelines.pipelines.parameters import CompareParameters, ImageGAN

_FILES = "parameters_compare*.yml"


def compared_models() -> tuple[str, ...]:
    """Returns what the configuration files name as ``compare.models``.

    Kedro joins pipelines before it reads the parameters of a run, so the files are read here. Names that are none are
    left out, and told when the comparison is run.
    """
    known: list[str] = []
    for path in _files():
        named = _models(path)
        known = [model for model in named if model in get_args(ImageGAN)] if named is not None else known
    return tuple(dict.fromkeys(known)) or tuple(CompareParameters().models)


def _files() -> list[Path]:
    """Returns the files of this name, those that count most last."""
    project = find_kedro_project(Path.cwd())
    if project is None:
        return []
    arguments = settings.CONFIG_LOADER_ARGS
    environment = os.environ.get("KEDRO_ENV") or arguments["default_run_env"]
    folders = (project / settings.CONF_SOURCE / name for name in (arguments["base_env"], environment))
    return [path for folder in folders for path in sorted(folder.rglob(_FILES))]


def _models(path: Path) -> list[Any] | None:
    # Kedro's own loader would do, but each new one takes over the globals of the one that the session uses.
    try:
        named = OmegaConf.select(OmegaConf.load(path), "compare.models")
        return list(named) if isinstance(named, ListConfig) else None
    except (OmegaConfBaseException, YAMLError, OSError, UnicodeDecodeError):
        return None  # what is wrong with the file is told by the commands that read it
