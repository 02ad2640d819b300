"""Node announcements from the chief process to the other processes, as files in a shared folder.

Files instead of collective operations of the backend: the other processes may wait for hours while the chief reads
images or scores samples, and some backends time out after 30 s.
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

_HEARTBEAT_SECONDS = 2.0
_POLLING_SECONDS = 0.2
_HEARTBEAT, _END = "heartbeat", "end"


class Announcer:
    """Writer of the announcements; used by the chief process.

    Args:
        folder: Folder of this run, visible to all processes; its parent is deleted and created again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._has_ended = threading.Event()
        shutil.rmtree(folder.parent, ignore_errors=True)  # files of earlier runs
        folder.mkdir(parents=True)
        self._heartbeat_thread = threading.Thread(target=self._send_heartbeats, name="heartbeat", daemon=True)
        self._heartbeat_thread.start()

    def announce(self, node: str) -> None:
        """Announces the node that starts next."""
        self._write(f"{self._count:06d}", node)
        self._count += 1

    def end(self, outcome: Literal["finished", "failed"]) -> None:
        """Stops the heartbeat and announces the end of the run."""
        self._has_ended.set()
        self._heartbeat_thread.join()
        self._write(_END, outcome)

    def _send_heartbeats(self) -> None:
        count = 0
        while not self._has_ended.wait(_HEARTBEAT_SECONDS if count else 0):
            count += 1
            with suppress(OSError):  # without a heartbeat, the other processes time out
                self._write(_HEARTBEAT, str(count))

    def _write(self, name: str, text: str) -> None:
        """Writes a file atomically."""
        temporary = self._folder / f".tmp-{secrets.token_hex(4)}"
        temporary.write_text(text, "utf8")
        flush_to_disk(temporary)
        temporary.rename(self._folder / name)


def follow(folder: Path) -> Iterator[str]:
    """Yields the names of announced nodes until the chief's run has finished.

    Args:
        folder: The folder of the chief's `Announcer`.

    Raises:
        UserError: If the chief's run fails.
        LostProcessError: If there is neither an announcement nor a heartbeat for `SECONDS_UNTIL_LOST` seconds.
    """
    count, last_heartbeat, last_seen = 0, "", time.monotonic()
    while True:
        if node := _read_text(folder / f"{count:06d}"):
            yield node
            count, last_seen = count + 1, time.monotonic()
            continue
        if outcome := _read_text(folder / _END):
            if outcome == "failed":
                raise UserError("The run of the chief process failed; see its log. This process stops.")
            return
        heartbeat = _read_text(folder / _HEARTBEAT)
        if heartbeat != last_heartbeat:
            last_heartbeat, last_seen = heartbeat, time.monotonic()
        if time.monotonic() - last_seen > SECONDS_UNTIL_LOST:
            raise LostProcessError(
                f"No heartbeat of the chief process in {folder} for {SECONDS_UNTIL_LOST} seconds. If the chief is "
                "still running, the processes do not use the same folder: start them in one project folder that all "
                "machines share. Start all processes again with the same command; training resumes from the last "
                "checkpoint."
            )
        time.sleep(_POLLING_SECONDS)


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf8")
    except FileNotFoundError:
        return ""
