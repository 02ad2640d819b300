"""How the chief of several processes tells the others what it begins: files in a folder that all of them see.

A file, and no message through the backend, because the others may have to wait for hours while the chief reads images
or scores samples, and some backends give up a wait after half a minute.
"""

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from gan_pipelines.disk import flush_to_disk
from gan_pipelines.errors import LostProcessError, UserError
from gan_pipelines.training.cluster import SECONDS_UNTIL_LOST

_SECONDS_BETWEEN_BEATS = 2.0
_SECONDS_BETWEEN_LOOKS = 0.2
_HEARTBEAT, _END = "heartbeat", "end"


class Announcer:
    """The chief's side.

    Args:
        folder: Of this run, seen by all; made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._is_over = threading.Event()
        shutil.rmtree(folder.parent, ignore_errors=True)  # what earlier runs left
        folder.mkdir(parents=True)
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._heart.start()

    def announce(self, node: str) -> None:
        """Tells the others which node begins."""
        self._write(f"{self._count:06d}", node)
        self._count += 1

    def end(self, outcome: Literal["finished", "failed"]) -> None:
        """Tells the others that nothing more will come."""
        self._is_over.set()
        self._heart.join()
        self._write(_END, outcome)

    def _beat(self) -> None:
        beats = 0
        while not self._is_over.wait(_SECONDS_BETWEEN_BEATS if beats else 0):
            beats += 1
            with suppress(OSError):  # who cannot be heard is given up by the others
                self._write(_HEARTBEAT, str(beats))

    def _write(self, name: str, text: str) -> None:
        """Writes a file that others see whole or not at all."""
        temporary = self._folder / f".tmp-{secrets.token_hex(4)}"
        temporary.write_text(text, "utf8")
        flush_to_disk(temporary)
        temporary.rename(self._folder / name)


def follow(folder: Path) -> Iterator[str]:
    """Yields the nodes that the chief announces, as they come, until the chief has finished.

    Args:
        folder: The chief's.

    Raises:
        UserError: The chief's run failed.
        LostProcessError: Nothing was heard of the chief for too long.
    """
    count, last_beat, heard_at = 0, "", time.monotonic()
    while True:
        if node := _text(folder / f"{count:06d}"):
            yield node
            count, heard_at = count + 1, time.monotonic()
            continue
        if outcome := _text(folder / _END):
            if outcome == "failed":
                raise UserError("The run of the chief process failed; its log says why. Nothing is left to do here.")
            return
        beat = _text(folder / _HEARTBEAT)
        if beat != last_beat:
            last_beat, heard_at = beat, time.monotonic()
        if time.monotonic() - heard_at > SECONDS_UNTIL_LOST:
            raise LostProcessError(
                f"Nothing was heard of the chief process for {SECONDS_UNTIL_LOST} seconds in {folder}. If it still "
                "runs, the processes do not see the same folder: start them in one project folder that all machines "
                "share. Start all of them again with the same command; training goes on from its last checkpoint."
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf8")
    except FileNotFoundError:
        return ""
