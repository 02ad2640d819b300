"""What a pipeline leaves in the smoke environment, apart from the circumstances under which it was made."""

import hashlib
import json
from pathlib import Path
from typing import Any

CIRCUMSTANCES = {"examples_per_second", "seconds", "resumed"}
"""What a training tells of its own course; no result hangs on it."""


def artifacts(folder: Path, model: str) -> dict[str, Path]:
    """The newest version of each file of a pipeline by `<layer>/<name>`; checkpoints are no results."""
    files = sorted((folder / "data" / "smoke").glob(f"*/{model}/**/*"))
    found = {f"{file.relative_to(folder / 'data' / 'smoke').parts[0]}/{file.name}": file for file in files}
    return {name: file for name, file in found.items() if file.is_file() and "checkpoints" not in file.parts}


def outcome(folder: Path, model: str) -> dict[str, Any]:
    """What each file holds: the bytes' SHA-256, and of JSON all but the circumstances."""
    files = artifacts(folder, model)
    return {name: _content(file) for name, file in files.items() if file.suffix != ".sha256"}


def last_step(folder: Path, model: str) -> int:
    """The step of the newest checkpoint; -1 before the first."""
    steps = sorted((folder / "data" / "smoke" / "06_models" / model / "checkpoints").glob("*/step-*"))
    return int(steps[-1].name.removeprefix("step-")) if steps else -1


def _content(file: Path) -> Any:
    if file.suffix == ".json":
        return _without_circumstances(json.loads(file.read_bytes()))
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _without_circumstances(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _without_circumstances(each) for key, each in content.items() if key not in CIRCUMSTANCES}
    return [_without_circumstances(each) for each in content] if isinstance(content, list) else content
