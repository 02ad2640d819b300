"""A process that goes on as another user, whom files of this one are protected from."""

import ctypes
import os
import struct
import sys

import pytest

USER = 65534
_KEEP_CAPABILITIES = 8
_READ_EVERYTHING = 1 << 2
_CAPABILITIES_VERSION = 0x20080522

needs_another_user = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root can become another user"
)


def become_another_user() -> None:
    """Gives up the right to write what is not this user's; reads stay allowed, for Python may lie in root's home."""
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    reading = struct.pack("=6I", _READ_EVERYTHING, _READ_EVERYTHING, 0, 0, 0, 0)
    if library.capset(header, reading):
        raise OSError(ctypes.get_errno(), "capset")


def give_to_another_user(folder: os.PathLike[str] | str) -> None:
    """Makes a folder and all that is in it the other user's."""
    for place, _, names in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in names)):  # noqa: PTH118  as os.walk tells them
            os.chown(path, USER, USER)
