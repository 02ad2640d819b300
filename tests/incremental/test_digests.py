import json
import os
import time
import zipfile

import pytest

from gan_pipelines.incremental.digests import MISSING, Digests
from gan_pipelines.incremental.project import Project


@pytest.fixture
def digests(tmp_path):
    return Digests(Project(tmp_path))


def settle():
    time.sleep(0.03)  # longer than the grain of file times


def write_archive(path, date, saved="2026-01-01", version="3.15.1", weights=b"weights", config=None):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (
            ("metadata.json", json.dumps({"keras_version": version, "date_saved": saved, "v": 3})),
            ("model.weights.h5", weights),
            ("config.json", json.dumps(config)),
        ):
            archive.writestr(zipfile.ZipInfo(name, date_time=(date, 1, 1, 0, 0, 0)), content)


def test_an_edit_that_restores_size_and_date_is_noticed(tmp_path, digests):
    path = tmp_path / "raw.json"
    path.write_text("before")
    settle()
    before, status = digests.sha256(path), path.stat()
    path.write_text("behind")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert digests.sha256(path) != before


def test_two_edits_within_one_tick_of_the_clock_are_told_apart(tmp_path, digests):
    path = tmp_path / "raw.json"
    for number in range(20):
        path.write_text(f"{number:03d}")
        first = digests.sha256(path)
        path.write_text(f"{number:03d}"[::-1] + "x")
        assert digests.sha256(path) != first


def test_an_untouched_file_is_not_read_again_by_another_process(tmp_path, digests):
    path = tmp_path / "raw.json"
    path.write_text("content")
    settle()
    expected = digests.sha256(path)
    digests.save()
    path.chmod(0o644)
    memory = json.loads((tmp_path / ".incremental" / "digests.json").read_text())
    status = path.stat()
    memory["raw.json"][1:3] = [status.st_mtime_ns, status.st_ctime_ns]
    memory["raw.json"][4] = "from memory"
    (tmp_path / ".incremental" / "digests.json").write_text(json.dumps(memory))
    again = Digests(Project(tmp_path))
    assert again.sha256(path) == "from memory"
    path.touch()
    assert again.sha256(path) == expected


def test_a_damaged_memory_is_as_good_as_none(tmp_path):
    (tmp_path / "digests.json").write_text('{"a": [1, 2')
    assert Digests(Project(tmp_path)).sha256(tmp_path / "none") == MISSING


def test_archives_that_differ_in_dates_have_one_content_but_two_sha256(tmp_path, digests):
    paths = [tmp_path / "a.keras", tmp_path / "b.keras"]
    write_archive(paths[0], 2001, saved="2001")
    write_archive(paths[1], 2002, saved="2002")
    assert digests.sha256(paths[0]) != digests.sha256(paths[1])
    assert digests.content(paths[0]) == digests.content(paths[1])


def test_a_model_that_another_keras_saved_again_has_the_same_content(tmp_path, digests):
    paths = [tmp_path / "a.keras", tmp_path / "b.keras"]
    write_archive(paths[0], 2001, version="3.14.0", config={"layers": [{"seed": None, "units": 3}]})
    write_archive(paths[1], 2001, version="3.15.1", config={"layers": [{"input_axes": None, "units": 3}]})
    assert digests.sha256(paths[0]) != digests.sha256(paths[1])
    assert digests.content(paths[0]) == digests.content(paths[1])


@pytest.mark.parametrize("config", [{"layers": [{"units": 4}]}, {"layers": [{"units": 3, "seed": 0}]}, {"layers": []}])
def test_a_model_with_another_setting_has_another_content(tmp_path, digests, config):
    paths = [tmp_path / "a.keras", tmp_path / "b.keras"]
    write_archive(paths[0], 2001, config={"layers": [{"units": 3, "seed": None}]})
    write_archive(paths[1], 2001, config=config)
    assert digests.content(paths[0]) != digests.content(paths[1])


def test_archives_that_differ_in_a_member_differ_in_content(tmp_path, digests):
    paths = [tmp_path / "a.keras", tmp_path / "b.keras"]
    write_archive(paths[0], 2001)
    write_archive(paths[1], 2001, weights=b"other")
    assert digests.content(paths[0]) != digests.content(paths[1])


def test_a_damaged_archive_has_a_content_of_its_own(tmp_path, digests):
    path = tmp_path / "a.keras"
    write_archive(path, 2001)
    before = digests.content(path)
    content = bytearray(path.read_bytes())
    content[content.index(b"weights", 60)] ^= 1
    path.write_bytes(content)
    assert digests.content(path) not in {before, MISSING}
