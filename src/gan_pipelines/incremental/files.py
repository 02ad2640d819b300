"""Atomic writing of files."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """Opens a temporary file that atomically replaces `path` at the end of the block; an exception leaves `path` as is.

    Missing parent folders are created.
    """
    temporary = path.with_name(f".tmp-{secrets.token_hex(6)}")  # a rename is atomic only within one file system
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: object) -> None:
    """Writes a JSON file atomically."""
    with replaced(path) as stream:
        stream.write(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf8", "surrogatepass"))


def read_json(path: Path) -> Any:  # noqa: ANN401  JSON
    """Returns the content of a JSON file; None if it is missing or damaged."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
