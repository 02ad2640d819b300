"""Making sure that what was written is on the disk."""

import os
from pathlib import Path


def flush_to_disk(path: Path) -> None:
    """Waits until a file's content, or a folder's list of names, would survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
