import logging

import pytest
from kedro.io import DataCatalog, DatasetError

from gan_pipelines.datasets.report_versions import ReportVersionsDataset
from gan_pipelines.datasets.reports import JSONReportDataset
from gan_pipelines.errors import UserError

NAME = "c[a]rd.json"
OLD, NEW = "2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"


@pytest.fixture
def folder(tmp_path):
    """Of a versioned report with two versions, the newer one written first."""
    folder = tmp_path / "mo[d]el" / NAME
    for version, value in ((NEW, 2), (OLD, 1)):
        JSONReportDataset(filepath=str(folder / version / NAME)).save({"value": value})
    return folder


def kept(folder, **options):
    return ReportVersionsDataset(filepath=str(folder), **options)


def test_every_version_is_read_the_oldest_first(folder):
    assert list(kept(folder).load().items()) == [(OLD, {"value": 1}), (NEW, {"value": 2})]


def test_a_version_without_a_report_is_left_out(folder):
    (folder / "2026-01-03T00.00.00.000Z").mkdir()
    (folder / "2026-01-03T00.00.00.000Z" / f".tmp-01234567-{NAME}").write_text("{", "utf8")
    assert list(kept(folder).load()) == [OLD, NEW]


def test_a_deleted_version_is_gone(folder):
    (folder / NEW / NAME).unlink()
    assert list(kept(folder).load()) == [OLD]


def test_nothing_is_there_before_the_first_run(tmp_path, folder):
    assert kept(tmp_path / "none.json").load() == {}
    assert not kept(tmp_path / "none.json").exists()
    assert kept(folder).exists()


def test_a_damaged_report_is_named_and_refused(folder):
    (folder / OLD / NAME).write_text('{"value": 3}', "utf8")
    with pytest.raises(DatasetError, match=rf"{OLD}/c\[a\]rd.json is damaged.*Delete") as caught:
        kept(folder).load()
    assert isinstance(caught.value.__cause__, UserError)


def test_a_report_that_the_project_did_not_write_is_refused(folder):
    (folder / OLD / f"{NAME}.sha256").unlink()
    with pytest.raises(DatasetError, match=rf"{OLD}/c\[a\]rd.json was not written by this project"):
        kept(folder).load()


def test_of_very_many_versions_only_the_newest_are_read(folder, caplog):
    caplog.set_level(logging.WARNING)
    assert list(kept(folder, most=1).load()) == [NEW]
    assert "has 2 versions; reading the newest 1" in caplog.text
    caplog.clear()
    assert len(kept(folder, most=2).load()) == 2
    assert not caplog.text


def test_reading_nothing_is_refused(folder):
    with pytest.raises(UserError, match="most is 0; at least 1"):
        kept(folder, most=0)


def test_nothing_is_saved_as_a_whole(folder):
    with pytest.raises(DatasetError, match="version by version"):
        kept(folder).save({})


def test_a_catalog_finds_what_the_versioned_entry_saved(tmp_path):
    path = f"{tmp_path}/{{model}}/card.json"
    configuration = {
        "{model}.card": {
            "type": "gan_pipelines.datasets.reports.JSONReportDataset",
            "filepath": path,
            "versioned": True,
        },
        "{model}.kept_cards": {
            "type": "gan_pipelines.datasets.report_versions.ReportVersionsDataset",
            "filepath": path,
            "metadata": {"kedro-viz": {"layer": "reporting"}},
        },
    }
    for version, value in ((OLD, 1), (NEW, 2)):
        DataCatalog.from_config(configuration, save_version=version).save("a.card", {"value": value})
    assert DataCatalog.from_config(configuration).load("a.kept_cards") == {OLD: {"value": 1}, NEW: {"value": 2}}
