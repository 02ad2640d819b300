"""Files that are written whole or not at all."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file, or makes it and the folders above it; killed at any moment, it is the old one or the new one.

    Raises:
        OSError: It cannot be written; nothing of it is left.
    """
    temporary = temporary_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_name(path: Path) -> Path:
    """Returns a name in the same folder, as only there a rename is atomic."""
    return path.with_name(f".tmp-{secrets.token_hex(6)}")


def write_json(path: Path, content: object) -> None:
    """Writes JSON by `write_whole`."""
    write_whole(path, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf8", "surrogatepass"))


def read_json(path: Path) -> Any:  # noqa: ANN401  JSON
    """Returns what a file of this package's own holds; None if it is missing or damaged."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
