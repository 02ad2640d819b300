"""Saves that are killed, run out of space or meet a reader. The saving side is a process of its own, so it can die."""

import errno
import os
import resource
import signal
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from kedro.io import DatasetError, Version

from gan_pipelines.datasets import verified_file
from gan_pipelines.datasets.checkpoints import CheckpointsDataset
from gan_pipelines.datasets.report_versions import ReportVersionsDataset
from gan_pipelines.errors import UserError
from tests.datasets.cases import CASES, NAMES, facts, model_case, names
from tests.forking import fork
from tests.project import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]
every_kind = pytest.mark.parametrize("case", [*CASES, model_case], ids=[*NAMES, "KerasModelDataset"], indirect=True)
one_kind = pytest.mark.parametrize("case", CASES[:1], ids=NAMES[:1], indirect=True)

NEVER_SAVED = {
    CheckpointsDataset: "a training writes checkpoints by itself; tests/training/test_checkpoint.py interrupts it",
    ReportVersionsDataset: "it reads what JSONReportDataset saved",
}
"""The types of the catalog that are no cases, and why."""

SAVE_CALLS = 9
"""A save flushes three files, then renames each and flushes the folder."""


@pytest.fixture
def case(request):
    return request.param() if callable(request.param) else request.param


def test_every_type_of_the_catalog_is_a_case_or_never_saved(tmp_path):
    catalogs = [yaml.safe_load(file.read_text("utf8")) for file in (ROOT / "conf").rglob("catalog*.yml")]
    types = {entry["type"] for catalog in catalogs for entry in catalog.values()}
    cases = {each.kind for each in (*CASES, model_case())}
    assert types <= {f"{kind.__module__}.{kind.__qualname__}" for kind in cases | NEVER_SAVED.keys()}
    assert not cases & NEVER_SAVED.keys()
    for kind in NEVER_SAVED:
        with pytest.raises(DatasetError):
            kind(filepath=str(tmp_path / "x.json")).save({})


def start_child(work: Callable[[], None]) -> int:
    """Runs work in a forked process, whose exit status is 0 if it ended by itself and 1 if it raised."""
    pid = fork()
    if not pid:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(1)
    return pid


def in_child(work: Callable[[], None]) -> int:
    """Runs work in a forked process and returns its exit status, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(start_child(work), 0)[1])


def die_at(call: int) -> None:
    """Lets this process kill itself instead of making its n-th call to flush or rename."""
    calls = 0

    def counted(function):
        def call_or_die(*arguments):
            nonlocal calls
            calls += 1
            if calls == call:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return call_or_die

    os.fsync, os.replace = counted(os.fsync), counted(os.replace)


def die_while_writing(case) -> None:
    """Lets this process kill itself when half of a temporary file is written."""
    write = case.kind._write

    def write_half(dataset, path, data):
        write(dataset, path, data)
        os.truncate(path, path.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)

    case.kind._write = write_half


def killed_saving(case, content, folder: Path, call: int, **arguments) -> None:
    def work():
        die_at(call) if call else die_while_writing(case)
        case.dataset(folder, **arguments).save(content)

    assert in_child(work) == (0 if call > SAVE_CALLS else -signal.SIGKILL)


@every_kind
def test_killed_over_old_content(case, tmp_path):
    found = []
    for call in range(SAVE_CALLS + 2):
        folder = tmp_path / str(call)
        case.dataset(folder).save(case.old)
        killed_saving(case, case.new, folder, call)
        content = facts(case.dataset(folder).load())
        assert content in (facts(case.old), facts(case.new))
        found.append(content == facts(case.new))
        killed_saving(case, case.old, folder, min(call + 1, SAVE_CALLS))
        case.dataset(folder).load()
        case.dataset(folder).save(case.new)
        assert facts(case.dataset(folder).load()) == facts(case.new)
        assert names(folder) == [case.file, f"{case.file}.sha256"]
        assert (folder / f"{case.file}.sha256").read_text().count("\n") == 1
    assert found == sorted(found)
    assert found.count(True) == 4


@one_kind
def test_killed_where_nothing_was(case, tmp_path):
    for call in range(SAVE_CALLS + 2):
        dataset = case.dataset(tmp_path / str(call))
        killed_saving(case, case.new, tmp_path / str(call), call)
        if dataset.exists():
            assert facts(dataset.load()) == facts(case.new)
        dataset.save(case.old)
        assert facts(dataset.load()) == facts(case.old)


@one_kind
def test_killed_over_damaged_content(case, tmp_path):
    for call in range(SAVE_CALLS + 2):
        dataset = case.dataset(tmp_path / str(call))
        dataset.save(case.old)
        os.truncate(tmp_path / str(call) / case.file, 10)
        killed_saving(case, case.new, tmp_path / str(call), call)
        try:
            content = dataset.load()
        except DatasetError as error:
            assert "damaged" in str(error)  # noqa: PT017  either outcome is right, and nothing else
        else:
            assert facts(content) == facts(case.new)


@one_kind
def test_a_killed_version_is_old_or_whole(case, tmp_path):
    for call in range(SAVE_CALLS + 2):
        folder = tmp_path / str(call)
        case.dataset(folder, version=Version(None, "1")).save(case.old)
        killed_saving(case, case.new, folder, call, version=Version(None, "2"))
        latest = case.dataset(folder, version=Version(None, "3"))
        expected = {"1": case.old, "2": case.new}[latest.list_versions(full_path=False)[0]]
        assert facts(latest.load()) == facts(expected)


@every_kind
def test_an_exception_anywhere_leaves_no_temporary_file(case, tmp_path, monkeypatch):
    dataset = case.dataset(tmp_path)
    dataset.save(case.old)
    for failing in range(1, SAVE_CALLS + 1):
        calls = 0

        def fail(function, failing=failing):
            def call_or_fail(*arguments):
                nonlocal calls
                calls += 1
                if calls == failing:
                    raise OSError(errno.EIO, "Input/output error")
                return function(*arguments)

            return call_or_fail

        with monkeypatch.context() as patch:
            patch.setattr(verified_file.os, "fsync", fail(os.fsync))
            patch.setattr(verified_file.os, "replace", fail(os.replace))
            with pytest.raises(DatasetError, match="Input/output error"):
                dataset.save(case.new)
        assert facts(dataset.load()) in (facts(case.old), facts(case.new))
        assert len(names(tmp_path)) == 2


@pytest.fixture
def small_disk(tmp_path):
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=False).returncode
    ):
        pytest.skip("only root may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def fill(disk: Path, free_pages: int) -> None:
    with (disk / "filler").open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4096))
        except OSError:
            stream.truncate(stream.tell() - free_pages * 4096)


@every_kind
@pytest.mark.parametrize("free_pages", [0, 1, 2])
def test_a_full_disk(case, free_pages, small_disk):
    dataset = case.dataset(small_disk)
    dataset.save(case.old)
    fill(small_disk, free_pages)
    with pytest.raises(DatasetError) as error:
        dataset.save(case.new)
    assert isinstance(error.value.__cause__, UserError)
    assert f"{small_disk / case.file} cannot be written: No space left" in str(error.value)
    assert facts(dataset.load()) == facts(case.old)
    assert len(names(small_disk)) == 3
    (small_disk / "filler").unlink()
    dataset.save(case.new)
    assert facts(dataset.load()) == facts(case.new)


@every_kind
def test_a_file_larger_than_allowed(case, tmp_path):
    dataset = case.dataset(tmp_path)
    dataset.save(case.old)

    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        with pytest.raises(DatasetError, match="File too large") as error:
            dataset.save(case.new)
        assert isinstance(error.value.__cause__, UserError)

    assert in_child(work) == 0
    assert facts(dataset.load()) == facts(case.old)
    assert len(names(tmp_path)) == 2


def test_a_folder_without_the_right_to_write(tmp_path):
    case = CASES[0]
    dataset = case.dataset(tmp_path)
    dataset.save(case.old)
    (tmp_path / case.file).chmod(0o666)
    tmp_path.chmod(0o555)

    def work():
        os.chdir(tmp_path)
        if not os.geteuid():
            os.setuid(65534)
        with pytest.raises(DatasetError, match="cannot be written: Permission denied") as error:
            case.dataset(Path()).save(case.new)
        assert isinstance(error.value.__cause__, UserError)

    assert in_child(work) == 0
    tmp_path.chmod(0o755)
    assert facts(dataset.load()) == facts(case.old)
    assert len(names(tmp_path)) == 2


def test_a_write_protected_file_is_not_replaced(tmp_path):
    case = CASES[0]
    dataset = case.dataset(tmp_path)
    dataset.save(case.old)
    tmp_path.chmod(0o777)
    (tmp_path / "file.npz").chmod(0o444)

    def work():
        os.chdir(tmp_path)
        if not os.geteuid():
            os.setuid(65534)
        with pytest.raises(DatasetError, match="write-protected"):
            case.dataset(Path()).save(case.new)

    assert in_child(work) == 0
    assert facts(dataset.load()) == facts(case.old)


@one_kind
def test_a_reader_meets_whole_contents_only(case, tmp_path):
    case.dataset(tmp_path).save(case.old)

    def save_often():
        for _ in range(100):
            case.dataset(tmp_path).save(case.new)
            case.dataset(tmp_path).save(case.old)

    writer = start_child(save_often)
    seen = {"old": 0, "new": 0}
    while (status := os.waitpid(writer, os.WNOHANG)) == (0, 0):
        content = facts(case.dataset(tmp_path).load())
        seen["old" if content == facts(case.old) else "new"] += 1
        assert content in (facts(case.old), facts(case.new))
    assert status[1] == 0
    assert min(seen.values()) > 0
