"""Flushing of files and folders to the disk."""

import os
from pathlib import Path


def flush_to_disk(path: Path) -> None:
    """Flushes a file, or the entries of a folder, to the disk (fsync), so that it survives a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
