"""Forks of this process that have little left to do."""

import gc
import importlib
import inspect
import os
import sys
from pathlib import Path

import yaml
from kedro.framework.project import LOGGING

# Kedro asks pandas about each object in memory.
NEEDED_BY_RUNS = (
    "dynaconf.vendor.ruamel.yaml",
    "fsspec.implementations.local",
    "kedro.framework.context",
    "kedro.framework.session.store",
    "kedro.runner",
    "kedro_datasets.json",
    "kedro_datasets.partitions",
    "kedro_telemetry.plugin",
    "kedro_viz.integrations.kedro.hooks",
    "kedro_viz.integrations.kedro.run_hooks",
    "kedro_viz.launchers.cli.main",
    "pandas",
    "pydantic.main",
)
_ELSEWHERE = compile("", "elsewhere", "exec")


def import_what_runs_need() -> None:
    """Imports once what every run of Kedro would import in its fork."""
    for name in NEEDED_BY_RUNS:
        importlib.import_module(name)


def find_files_of_modules() -> None:
    """Finds the file of every module that is loaded, and lets Python remember them.

    Whoever looks through the stack, as Kedro's settings do, would find them in every fork.
    """
    inspect.getmodule(_ELSEWHERE)


def fork() -> int:
    """Forks as `os.fork` does, but keeps the fork from doing again what this process has done.

    A collection of garbage writes into every object, so memory of the size of TensorFlow would be copied for nothing.
    """
    find_files_of_modules()
    gc.freeze()
    child = os.fork()
    if child:
        gc.unfreeze()
    return child


def print_into(folder: Path) -> None:
    """Lets what this process prints go to the files `stdout` and `stderr` of a folder."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
        setattr(sys, name, os.fdopen(number, "w", buffering=1, encoding="utf8", closefd=False))


def log_as_configured() -> None:
    """Configures logging as Kedro does when it is imported in the folder of a project."""
    LOGGING.configure(yaml.safe_load(Path("conf/logging.yml").read_text("utf8")))
