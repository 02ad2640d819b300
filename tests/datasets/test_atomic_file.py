import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kedro.io import DatasetError, Version

from gan_pipelines.datasets.reports import JSONReportDataset
from gan_pipelines.errors import UserError
from tests.datasets.cases import CASES, NAMES, facts, names

every_kind = pytest.mark.parametrize("case", CASES, ids=NAMES)


def message(error: pytest.ExceptionInfo) -> str:
    """Returns the text that Kedro shows, after making sure that it is the user's error inside."""
    assert isinstance(error.value.__cause__, UserError)
    assert str(error.value.__cause__) in str(error.value)
    return str(error.value.__cause__)


@every_kind
def test_what_is_saved_is_loaded(case, tmp_path):
    dataset = case.dataset(tmp_path / "deep" / "folder")
    assert not dataset.exists()
    for content in (case.old, case.new):
        dataset.save(content)
        assert facts(case.dataset(tmp_path / "deep" / "folder").load()) == facts(content)
    assert dataset.exists()


def test_equal_contents_give_equal_bytes_seconds_apart(tmp_path):
    def saved(name: str) -> list[bytes]:
        for case, kind in zip(CASES, NAMES, strict=True):
            case.dataset(tmp_path / name / kind).save(case.old)
        return [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.*"))]

    first = saved("first")
    time.sleep(2.1)  # the time in a zip archive has a resolution of two seconds
    assert saved("second") == first
    assert len(first) == 2 * len(CASES)


@every_kind
@pytest.mark.parametrize("damage", ["cut to 100 bytes", "emptied", "one bit flipped", "record of another file"])
def test_damage_is_found_before_anything_is_parsed(case, damage, tmp_path, monkeypatch):
    dataset = case.dataset(tmp_path)
    dataset.save(case.old)
    path = tmp_path / case.file
    content = bytearray(path.read_bytes())
    if damage == "one bit flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif damage == "record of another file":
        (tmp_path / f"{path.name}.sha256").write_text(f"{'0' * 64}  {path.name}\n")
    else:
        os.truncate(path, min(100, len(content) - 1) if damage == "cut to 100 bytes" else 0)
    monkeypatch.setattr(case.kind, "_read", lambda *_: pytest.fail("parsed"))
    with pytest.raises(DatasetError) as error:
        dataset.load()
    assert str(path) in message(error)
    assert "damaged" in message(error)
    assert "Delete" in message(error)
    dataset.save(case.new)
    monkeypatch.undo()
    assert facts(dataset.load()) == facts(case.new)


@pytest.mark.parametrize("case", [case for case in CASES if hasattr(case.kind, "preview")], ids=lambda case: case.file)
def test_previews_refuse_damage(case, tmp_path):
    dataset = case.dataset(tmp_path)
    dataset.save(case.old)
    os.truncate(tmp_path / case.file, 20)
    with pytest.raises(UserError, match="damaged"):
        dataset.preview()


@every_kind
def test_what_the_project_did_not_write_is_refused(case, tmp_path):
    case.dataset(tmp_path).save(case.old)
    (tmp_path / f"{case.file}.sha256").unlink()
    with pytest.raises(DatasetError) as error:
        case.dataset(tmp_path).load()
    assert "not written by this project" in message(error)


@every_kind
def test_a_foreign_file_under_a_forged_record_is_refused_kindly(case, tmp_path):
    path = tmp_path / case.file
    path.write_bytes(b"\x80\x04cos\nsystem\n\xff\xfe not the format")
    record = subprocess.check_output(["sha256sum", path.name], cwd=tmp_path)
    (tmp_path / f"{path.name}.sha256").write_bytes(record)
    with pytest.raises(DatasetError) as error:
        case.dataset(tmp_path).load()
    assert f"{path} cannot be read as {case.kind.SUFFIX}" in message(error)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(DatasetError) as error:
        CASES[0].dataset(tmp_path).load()
    assert "does not exist" in message(error)


def test_the_record_is_one_for_sha256sum(tmp_path):
    dataset = JSONReportDataset(filepath=str(tmp_path / "mit Leer, é.json"))
    dataset.save({"a": 1})
    dataset.save({"a": 2})
    record = (tmp_path / "mit Leer, é.json.sha256").read_text("utf8")
    assert record.endswith("  mit Leer, é.json\n")
    assert record.count("\n") == 1
    subprocess.run(["sha256sum", "--check", "--strict", "mit Leer, é.json.sha256"], cwd=tmp_path, check=True)


def test_leftovers_of_the_same_file_are_removed_and_no_others(tmp_path):
    leftovers = [tmp_path / f".tmp-01234567-file.json{end}" for end in ("", ".sha256")]
    others = [tmp_path / name for name in (".tmp-01234567-a-file.json", ".tmp-01234567-file.jsonl", "tmp-file.json")]
    for path in leftovers + others:
        path.touch()
    JSONReportDataset(filepath=str(tmp_path / "file.json")).save({})
    assert not any(path.exists() for path in leftovers)
    assert all(path.exists() for path in others)


def test_a_failing_writer_leaves_nothing(tmp_path):
    dataset = JSONReportDataset(filepath=str(tmp_path / "file.json"))
    dataset.save({"a": 1})
    with pytest.raises(DatasetError):
        dataset.save({"a": object()})
    assert dataset.load() == {"a": 1}
    assert names(tmp_path) == ["file.json", "file.json.sha256"]


@pytest.mark.parametrize("filepath", ["s3://bucket/file.json", "https://host/file.json", "memory://file.json"])
def test_paths_that_are_not_local_are_refused(filepath):
    with pytest.raises(UserError, match="local files only"):
        JSONReportDataset(filepath=filepath)


def test_other_suffixes_are_refused():
    with pytest.raises(UserError, match=r"writes \.json files"):
        JSONReportDataset(filepath="report.yaml")


def test_metadata_passes_through(tmp_path):
    metadata = {"kedro-viz": {"layer": "reporting"}}
    for case in CASES:
        assert case.dataset(tmp_path, metadata=metadata).metadata is metadata


def test_a_folder_of_versions_in_the_way_is_told(tmp_path):
    (tmp_path / "file.json").mkdir()
    with pytest.raises(DatasetError) as error:
        JSONReportDataset(filepath=str(tmp_path / "file.json")).save({})
    assert "versioned" in message(error)
    assert names(tmp_path / "file.json") == []


def test_a_file_in_the_way_of_versions_is_told(tmp_path):
    (tmp_path / "file.json").touch()
    with pytest.raises(DatasetError) as error:
        JSONReportDataset(filepath=str(tmp_path / "file.json"), version=Version(None, "1")).save({})
    assert "versioned" in message(error)


@pytest.mark.parametrize("name", ["plain", "with space", "[brackets] *", "ünï-漢字"])
def test_versions_are_found_in_any_folder(name, tmp_path):
    filepath = str(tmp_path / name / "file.json")
    for version in ("2026-01-01", "2026-01-02"):
        JSONReportDataset(filepath=filepath, version=Version(None, version)).save({"version": version})
    latest = JSONReportDataset(filepath=filepath, version=Version(None, "unused"))
    assert latest.list_versions(full_path=False) == ["2026-01-02", "2026-01-01"]
    assert latest.load() == {"version": "2026-01-02"}
    assert JSONReportDataset(filepath=filepath, version=Version("2026-01-01", None)).load() == {"version": "2026-01-01"}
    assert (tmp_path / name / "file.json" / "2026-01-02" / "file.json.sha256").is_file()


def test_a_version_that_was_only_begun_is_no_version(tmp_path):
    filepath = tmp_path / "file.json"
    begun = filepath / "2026-01-02"
    begun.mkdir(parents=True)
    (begun / ".tmp-01234567-file.json").touch()
    (begun / "file.json.sha256").touch()
    dataset = JSONReportDataset(filepath=str(filepath), version=Version(None, "2026-01-01"))
    assert not dataset.exists()
    dataset.save({"a": 1})
    dataset.release()
    assert dataset.list_versions(full_path=False) == ["2026-01-01"]
    assert dataset.load() == {"a": 1}


def test_a_version_is_never_written_twice(tmp_path):
    dataset = JSONReportDataset(filepath=str(tmp_path / "file.json"), version=Version(None, "1"))
    dataset.save({"a": 1})
    with pytest.raises(DatasetError, match="must not exist"):
        dataset.save({"a": 2})
    assert dataset.load() == {"a": 1}


def test_a_moved_folder_still_loads(tmp_path):
    CASES[0].dataset(tmp_path / "before").save(CASES[0].old)
    (tmp_path / "before").rename(tmp_path / "after")
    assert facts(CASES[0].dataset(tmp_path / "after").load()) == facts(CASES[0].old)


@pytest.mark.slow
def test_importing_the_datasets_imports_nothing_heavy():
    modules = ["atomic_file", "arrays", "keras_model", "pictures", "reports"]
    heavy = {"tensorflow", "keras", "plotly", "pandas", "sklearn"}
    program = f"""
import importlib, sys
for module in {modules}:
    importlib.import_module(f"gan_pipelines.datasets.{{module}}")
print(sorted({heavy} & sys.modules.keys()))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_every_class_tells_the_catalog_its_arguments(tmp_path):
    for case in CASES:
        configuration = case.dataset(tmp_path, version=Version(None, "1"))._init_config()
        assert Path(configuration["filepath"]).parent == tmp_path
        assert configuration["versioned"] is True
