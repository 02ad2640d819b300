"""Which models are compared, known before a run begins."""

import os
from pathlib import Path
from typing import get_args

from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.framework.project import settings
from kedro.utils import find_kedro_project

from gan_pipelines.pipelines.parameters import CompareParameters, ImageGAN


def compared_models() -> tuple[str, ...]:
    """Returns what the configuration files name as ``compare.models``.

    Kedro joins pipelines before it reads the parameters of a run, so the files are read here. Names that are none are
    left out, and told when the comparison is run.
    """
    default = tuple(CompareParameters().models)
    project = find_kedro_project(Path.cwd())
    if project is None:
        return default
    arguments = settings.CONFIG_LOADER_ARGS
    loader = OmegaConfigLoader(
        conf_source=str(project / settings.CONF_SOURCE),
        base_env=arguments["base_env"],
        default_run_env=os.environ.get("KEDRO_ENV") or arguments["default_run_env"],
        config_patterns={"parameters": ["parameters_compare*"]},
        merge_strategy=arguments["merge_strategy"],
    )
    try:
        section = loader["parameters"].get("compare")
    except (MissingConfigException, ValueError, OSError):
        return default  # what is wrong with the files is told by the commands that read them
    named = section.get("models") if isinstance(section, dict) else None
    known = [model for model in named if model in get_args(ImageGAN)] if isinstance(named, list) else []
    return tuple(dict.fromkeys(known)) or default
