"""Folders of a project, and its ``pyproject.toml`` settings of incremental runs."""

import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from kedro.framework import project as kedro_project

SHARED_STORE = "GAN_PIPELINES_INCREMENTAL_STORE"


class Project:
    """A Kedro project, or the folder in which an installed one runs.

    Attributes:
        state: Folder with the state of this copy.
        shared_state: Folder of results, which copies may share.
        source_roots: Folders of the project's code.
        environment_variables: Configured variables that change results, by package.
        ignored_environment_variables: Configured variables that code reads without effect on results.
    """

    def __init__(self, folder: Path) -> None:
        tools = _tools(folder)
        options = tools.get("incremental", {})
        listed = options.get("environment_variables", {})
        self.folder = folder
        self.state = folder / ".incremental"
        self.shared_state = Path(os.environ.get(SHARED_STORE) or self.state)
        self.source_roots = [folder / str(tools.get("kedro", {}).get("source_dir", "src"))]
        self.environment_variables = {str(package): [*map(str, names)] for package, names in listed.items()}
        self.ignored_environment_variables = [*map(str, options.get("ignored_environment_variables", ()))]

    @cached_property
    def packages(self) -> dict[str, Path]:
        """Folder of the project's package by name, if it is installed instead of being below the source root."""
        name = kedro_project.PACKAGE_NAME or ""
        file = getattr(sys.modules.get(name), "__file__", None)
        if not name or file is None or (self.source_roots[0] / name).is_dir():
            return {}
        return {name: Path(file).parent}

    def name(self, path: Path | str) -> str:
        """Returns a path relative to the project if it is inside; a dot for the project's folder."""
        return "." if str(path) == str(self.folder) else str(path).removeprefix(f"{self.folder}{os.sep}")

    def user_folders(self) -> dict[str, str]:
        """Returns the folders that depend on the user's environment, by label."""
        return {
            "home directory": str(Path.home()),
            "temporary folder": os.environ.get("TMPDIR", tempfile.gettempdir()),
            "working directory": self.name(Path.cwd()),
        }

    def files_of_code(self) -> Iterator[tuple[Path, str]]:
        """Yields file and name of each module of the project, except in virtual environments."""
        tops = {root: root for root in self.source_roots} | {root: root.parent for root in self.packages.values()}
        for root, top in tops.items():
            for place, folders, names in os.walk(root):
                folders[:] = [name for name in folders if not _holds_no_code(name, place)]
                for path in (Path(place, name) for name in names if name.endswith(".py")):
                    parts = path.relative_to(top).with_suffix("").parts
                    yield path, ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _holds_no_code(name: str, place: str) -> bool:
    return name.startswith((".", "__pycache__")) or os.path.exists(f"{place}/{name}/pyvenv.cfg")  # noqa: PTH110  fast


def _tools(folder: Path) -> dict[str, Any]:
    try:
        return dict(tomllib.loads((folder / "pyproject.toml").read_text("utf8"))["tool"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return {}
