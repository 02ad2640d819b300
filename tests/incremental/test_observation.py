import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from gan_pipelines.incremental.observation import observed, relevant


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("raw.csv", "extra.csv", "output.csv"):
        (tmp_path / "data" / name).write_text("1")
    return tmp_path


def seen(project, action, inputs=(), outputs=()):
    with observed() as reads:
        action()
    files, folders = relevant(reads, project, list(inputs), list(outputs))
    return [{os.path.relpath(path, project) for path in paths} for paths in (files, folders)]


def test_a_file_that_is_read_counts(project):
    assert seen(project, (project / "data" / "extra.csv").read_text) == [{"data/extra.csv"}, set()]


def test_a_file_that_is_not_there_counts_as_well(project):
    def look():
        with pytest.raises(FileNotFoundError):
            (project / "data" / "none.csv").read_text()

    assert seen(project, look) == [{"data/none.csv"}, set()]


def test_a_folder_that_is_listed_counts(project):
    assert seen(project, lambda: list((project / "data").iterdir())) == [set(), {"data"}]
    assert seen(project, lambda: list((project / "data").rglob("*"))) == [set(), {"data"}]


def test_inputs_and_outputs_do_not_count(project):
    data = project / "data"

    def work():
        (data / "raw.csv").read_text()
        (data / "output.csv").write_text("2")
        (data / "output.csv").read_text()
        list(data.glob(".tmp-*"))

    assert seen(project, work, [data / "raw.csv"], [data / "output.csv"]) == [set(), set()]


def test_what_it_wrote_itself_does_not_count(project):
    def work():
        (project / "scratch.txt").write_text("1")
        (project / "scratch.txt").read_text()

    assert seen(project, work) == [set(), set()]


def test_packages_and_the_system_do_not_count(project):
    def work():
        import this  # noqa: F401

        open("/etc/hostname").close()  # noqa: PTH123

    assert seen(project, work) == [set(), set()]


def test_what_another_thread_reads_counts(project):
    def work():
        thread = threading.Thread(target=(project / "data" / "extra.csv").read_text)
        thread.start()
        thread.join()

    assert seen(project, work) == [{"data/extra.csv"}, set()]


@pytest.mark.slow
def test_nothing_is_collected_outside(project):
    program = f"""
from gan_pipelines.incremental.observation import observed
with observed() as reads:
    pass
open({str(project / "data" / "raw.csv")!r}).close()
print(sorted(reads.opened))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1].strip() == "[]"


def test_data_among_temporary_files_counts_and_what_is_gone_afterwards_does_not(tmp_path):
    project, elsewhere = tmp_path / "project", tmp_path / "photos"
    for folder in (project, elsewhere):
        folder.mkdir()
    (elsewhere / "one.csv").write_text("1")

    def work():
        (elsewhere / "one.csv").read_text()
        list(elsewhere.iterdir())
        with pytest.raises(FileNotFoundError):
            (elsewhere / "gone.csv").read_text()

    assert seen(project, work) == [{"../photos/one.csv"}, {"../photos"}]


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="this machine has no folder in memory")  # noqa: S108
def test_data_in_memory_counts_though_it_lies_among_devices(tmp_path):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        photo = Path(folder) / "photo.csv"
        photo.write_text("1")
        with observed() as reads:
            photo.read_text()
            Path("/dev/null").read_bytes()
        assert relevant(reads, tmp_path, [], [])[0] == {str(photo)}
