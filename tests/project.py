"""A copy of the project in a folder of a test's own, so that runs leave nothing in the checkout."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project

from gan_pipelines.models.declarations import MODELS

ROOT = Path(__file__).parents[1]

_FIRST = {model.kind.pipeline: name for name, model in reversed(MODELS.items())}
ONE_OF_EACH_KIND = tuple(name for name in MODELS if name in _FIRST.values())


def copy_project(folder: Path) -> Path:
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "conf", folder / "conf", ignore=shutil.ignore_patterns("local"))
    (folder / "conf" / "local").mkdir()
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return folder


def copy_results(source: Path, target: Path) -> Path:
    """Copies a project that has run; large files are linked, for a run writes each anew and never into an old one."""

    def link_or_copy(file: str, place: str) -> None:
        is_large = Path(file).stat().st_size >= 2**20
        (os.link if is_large else shutil.copy2)(file, place)

    return shutil.copytree(source, target, copy_function=link_or_copy, dirs_exist_ok=True)


def run_session(folder: Path, pipelines: str | Sequence[str], parameters: dict | None = None, **run_arguments) -> None:
    """Runs a pipeline, or several in one go, in this process and in the smoke environment."""
    names = [pipelines] if isinstance(pipelines, str) else [*pipelines]
    bootstrap_project(folder)
    previous = Path.cwd()
    os.chdir(folder)
    try:
        with settings.SESSION_CLASS.create(folder, env="smoke", runtime_params=parameters) as session:
            session.run(pipeline_names=names, **run_arguments)
    finally:
        os.chdir(previous)


def kedro(folder: Path, *arguments: str, **options) -> subprocess.Popen:
    """Starts `kedro` in a process of its own."""
    command = [sys.executable, "-m", "kedro", *arguments]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=folder, **(streams | options))


def newest(folder: Path, layer: str, model: str, name: str) -> Path:
    """The newest version of an artifact."""
    versions = sorted((folder / "data" / "smoke" / layer / model / name).glob(f"*/{name}"))
    assert versions, f"{name} of {model} was not written"
    return versions[-1]
