"""Where a project's code lies, and what its ``pyproject.toml`` says."""

import os
import tomllib
from pathlib import Path
from typing import Any


def source_files(root: Path, ending: str = "") -> list[Path]:
    """Returns the files below a folder of code; environments, caches and hidden folders are left out."""
    found: list[Path] = []
    for place, folders, names in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "__pycache__")) and not os.path.exists(f"{place}/{name}/pyvenv.cfg")  # noqa: PTH110
        ]
        found += (Path(place, name) for name in names if name.endswith(ending))
    return sorted(found)


def data_files(project: Path) -> list[str]:
    """Returns the files among the project's code that are no code, relative to the project."""
    files = [
        file for root in source_roots(project) for file in source_files(root) if file.suffix not in {".py", ".pyc"}
    ]
    return [file.relative_to(project).as_posix() for file in files if ".egg-info" not in file.as_posix()]


def source_roots(project: Path) -> list[Path]:
    """Returns the folders of the project's own code."""
    return [project / str(_tools(project).get("kedro", {}).get("source_dir", "src"))]


def _tools(project: Path) -> dict[str, Any]:
    try:
        return dict(tomllib.loads((project / "pyproject.toml").read_text("utf8"))["tool"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return {}


def environment_variables(project: Path) -> dict[str, list[str]]:
    """Returns the variables that the project's ``pyproject.toml`` lists as ones that change results.

    Returns:
        Their names, by the package whose results they change.
    """
    tables = _tools(project).get("incremental", {}).get("environment_variables", {})
    return {str(package): [str(name) for name in names] for package, names in tables.items()}


def ignored_environment_variables(project: Path) -> list[str]:
    """Returns the variables that the project's ``pyproject.toml`` lists as ones that code reads to no effect."""
    return [str(name) for name in _tools(project).get("incremental", {}).get("ignored_environment_variables", ())]
