"""Files that are written whole or not at all."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """Opens what replaces a file, or makes it and the folders above it, at the end of the block.

    Killed at any moment, the file is the old one or the new one; after an exception it is the old one.
    """
    temporary = path.with_name(f".tmp-{secrets.token_hex(6)}")  # in the same folder, as only there a rename is atomic
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
    """Writes JSON to a file, which is replaced as a whole."""
    with replaced(path) as stream:
        stream.write(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf8", "surrogatepass"))


def read_json(path: Path) -> Any:  # noqa: ANN401  JSON
    """Returns what a file of this package's own holds; None if it is missing or damaged."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
