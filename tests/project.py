"""A copy of the project in a folder of a test's own, so that runs leave nothing in the checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project

ROOT = Path(__file__).parents[1]


def copy_project(folder: Path) -> Path:
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "conf", folder / "conf", ignore=shutil.ignore_patterns("local"))
    (folder / "conf" / "local").mkdir()
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return folder


def run_session(folder: Path, pipeline: str, parameters: dict | None = None, **run_arguments) -> None:
    """Runs a pipeline in this process, in the smoke environment."""
    bootstrap_project(folder)
    previous = Path.cwd()
    os.chdir(folder)
    try:
        with settings.SESSION_CLASS.create(folder, env="smoke", runtime_params=parameters) as session:
            session.run(pipeline_names=[pipeline], **run_arguments)
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
