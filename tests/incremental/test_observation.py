import functools
import os
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from gan_pipelines.incremental.observation import Code, observed


@pytest.fixture
def data(tmp_path):
    for name in ("raw.csv", "extra.csv"):
        (tmp_path / name).write_text("1")
    return tmp_path


def seen(kind, action):
    with observed() as happened:
        action()
    return {event.subject for event in happened.events.values() if event.kind == kind}


def read(path):
    return Path(path).read_text()


def test_a_file_that_is_read_counts(data):
    assert seen("read", (data / "extra.csv").read_text) == {str(data / "extra.csv")}


def test_a_file_that_is_not_there_counts_as_well(data):
    def look():
        with pytest.raises(FileNotFoundError):
            (data / "none.csv").read_text()

    assert seen("read", look) == {str(data / "none.csv")}


def test_a_folder_that_is_listed_counts(data):
    assert seen("listed", lambda: list(data.iterdir())) == {str(data)}
    assert seen("listed", lambda: list(data.rglob("*"))) == {str(data)}


def test_what_is_written_and_what_is_put_in_place_is_told_apart(data):
    with observed() as happened:
        (data / "scratch.txt").write_text("1")
        (data / "scratch.txt").replace(data / "placed.txt")
        (data / "placed.txt").read_text()
    assert {str(data / "scratch.txt"), str(data / "placed.txt")} <= happened.written


def test_what_packages_read_to_load_themselves_does_not_count():
    program = (
        "from gan_pipelines.incremental.observation import observed\n"
        "with observed() as happened:\n    import this, PIL.Image, pandas\n"
        "print([e.subject for e in happened.events.values() if e.kind in ('read', 'listed')])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_what_another_thread_reads_counts(data):
    def work():
        thread = threading.Thread(target=(data / "extra.csv").read_text)
        thread.start()
        thread.join()

    assert seen("read", work) == {str(data / "extra.csv")}


def test_what_forked_processes_read_counts(data):
    def work():
        with ProcessPoolExecutor(1) as pool:
            assert pool.submit(read, data / "extra.csv").result() == "1"

    assert str(data / "extra.csv") in seen("read", work)


def test_files_that_are_named_to_programs_count(data):
    with observed() as happened:
        subprocess.run(["cat", str(data / "raw.csv"), f"{data}/extra.csv"], check=True, capture_output=True)
        os.system(f"cat '{data}/raw.csv' > /dev/null")  # noqa: S605
    assert {str(data / "raw.csv"), str(data / "extra.csv")} <= happened.named


@functools.cache
def remembered(path):
    return read(path)


def test_what_is_read_is_noted_with_the_code_that_read_it(data):
    remembered(data / "raw.csv")
    with observed() as happened:
        remembered(data / "raw.csv")
    assert ("read", str(data / "raw.csv")) not in happened.events
    assert ("read", str(data / "raw.csv")) in happened.by_code[Code(__file__, "read")]


def test_a_relative_path_is_noted(data, monkeypatch):
    monkeypatch.chdir(data)
    with observed() as happened:
        Path("raw.csv").read_text()
    assert happened.is_relative
    assert ("read", str(data / "raw.csv")) in happened.events


def test_nothing_is_collected_outside(data):
    with observed() as happened:
        pass
    (data / "raw.csv").read_text()
    assert not happened.events
