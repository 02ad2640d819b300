"""A disk that gets full: what fits stays, the rest is told, and with room again the run ends as if nothing had been."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.artifacts import outcome
from tests.commands import Command, passes
from tests.project import copy_project

RUN = ("run", "--pipeline=dcgan", "--env=smoke")
SIZE = "300m"
FREE = {
    0: "",  # whatever it writes first
    200_000: "raw_images.npz",
    8_000_000: "untrained_generator.keras",
    40_000_000: "step-000000005",
    80_000_000: "step-000000010",
}
"""Bytes that are free when a run begins, and what it then has no room for."""

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def leave(disk: Path, free: int) -> None:
    """Fills a disk but for so many bytes."""
    (disk / "filler").unlink(missing_ok=True)
    status = os.statvfs(disk)
    with (disk / "filler").open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, status.f_bavail * status.f_frsize - free)


def test_a_run_on_a_full_disk_ends_with_what_to_do_and_later_as_a_clean_run(small_disk, tmp_path, dcgan_project):
    (small_disk / "project").mkdir()
    folder = copy_project(small_disk / "project")
    for free, missing in FREE.items():
        leave(small_disk, free)
        result = Command(folder, *RUN, output=tmp_path).wait()
        assert result.exit_code == 1, result.stderr[-3000:]
        assert "Traceback" not in result.stdout + result.stderr
        [message] = result.stderr.split("Error: ")[1:]
        assert missing in message
        assert "cannot be written: No space left on device" in message
        assert "run the same command again" in message
    assert not list(folder.rglob(".tmp-*"))

    (small_disk / "filler").unlink()
    assert "resumed at step" in passes(folder, *RUN).stderr
    assert outcome(folder, "dcgan") == outcome(dcgan_project, "dcgan")
