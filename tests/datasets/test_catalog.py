"""The datasets in a catalog of Kedro, and what kedro-viz makes of them."""

import base64
import json
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, DatasetError
from kedro_viz.models.flowchart.node_metadata import DataNodeMetadata
from kedro_viz.models.flowchart.nodes import GraphNode
from PIL import Image
from plotly.graph_objects import Figure, Scatter

from tests.datasets.cases import CASES, NAMES, facts, frames


def configuration(folder, versioned):
    return {
        f"{{model}}.{case.kind.__name__}": {
            "type": f"{case.kind.__module__}.{case.kind.__name__}",
            "filepath": f"{folder}/{{model}}/{case.kind.__name__}{case.kind.SUFFIX}",
            "versioned": versioned,
            "metadata": {"kedro-viz": {"layer": "reporting"}},
        }
        for case in CASES
    }


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_factory_pattern_makes_each_kind(case, versioned, tmp_path):
    name = f"dcgan.{case.kind.__name__}"
    DataCatalog.from_config(configuration(tmp_path, versioned)).save(name, case.old)
    later = DataCatalog.from_config(configuration(tmp_path, versioned))
    assert later.exists(name)
    assert facts(later.load(name)) == facts(case.old)
    assert len(list((tmp_path / "dcgan").rglob("*.sha256"))) == 1


def test_a_rerun_keeps_the_old_version_and_it_can_be_asked_for(tmp_path):
    case = CASES[0]
    name = f"dcgan.{case.kind.__name__}"
    catalog_entries = configuration(tmp_path, versioned=True)
    DataCatalog.from_config(catalog_entries, save_version="2026-01-01T00.00.00.000Z").save(name, case.old)
    DataCatalog.from_config(catalog_entries, save_version="2026-01-02T00.00.00.000Z").save(name, case.new)
    assert facts(DataCatalog.from_config(catalog_entries).load(name)) == facts(case.new)
    pinned = DataCatalog.from_config(catalog_entries, load_versions={name: "2026-01-01T00.00.00.000Z"})
    assert facts(pinned.load(name)) == facts(case.old)


def test_a_remote_path_in_a_catalog_is_refused_with_its_reason():
    entry = {"type": "gan_pipelines.datasets.reports.JSONReportDataset", "filepath": "s3://bucket/x.json"}
    with pytest.raises(DatasetError, match=r"s3://bucket/x\.json: JSONReportDataset writes local files only"):
        DataCatalog.from_config({"x": entry}).get("x")


def in_viz(dataset):
    """Returns what kedro-viz hands to its page: the preview and the name of its kind."""
    node = GraphNode.create_data_node(
        dataset_id="x",
        dataset_name="x",
        layer=None,
        tags=set(),
        dataset=dataset,
        modular_pipelines=set(),
    )
    metadata = DataNodeMetadata(data_node=node)
    return metadata.preview, metadata.preview_type


def saved(kind, content, tmp_path):
    case = next(case for case in CASES if case.kind.__name__ == kind)
    case.dataset(tmp_path).save(content)
    return case.dataset(tmp_path)


def test_viz_shows_pictures(tmp_path):
    picture = Image.new("RGB", (5, 4), (1, 2, 3))
    preview, kind = in_viz(saved("PictureDataset", picture, tmp_path))
    assert kind == "ImagePreview"
    assert facts(Image.open(BytesIO(base64.b64decode(preview))).copy()) == facts(picture)


def test_viz_shows_animations_with_all_their_frames(tmp_path):
    preview, kind = in_viz(saved("AnimationDataset", frames(1), tmp_path))
    assert kind == "ImagePreview"
    with Image.open(BytesIO(base64.b64decode(preview))) as animation:
        assert (animation.format, animation.n_frames) == ("GIF", 3)


def test_viz_shows_reports(tmp_path):
    preview, kind = in_viz(saved("JSONReportDataset", {"a": [1, {"ü": None}]}, tmp_path))
    assert kind == "JSONPreview"
    assert json.loads(preview) == {"a": [1, {"ü": None}]}


def test_viz_shows_plots(tmp_path):
    preview, kind = in_viz(saved("PlotDataset", Figure(Scatter(y=np.array([1.0, 2.0]))), tmp_path))
    assert kind == "PlotlyPreview"
    assert preview["data"][0]["type"] == "scatter"
    assert {"data", "layout"} <= preview.keys()


def test_viz_shows_the_first_rows_of_tables(tmp_path):
    dataset = saved("TableDataset", pd.DataFrame({"step": range(50), "loss": 0.5}), tmp_path)
    preview, kind = in_viz(dataset)
    assert kind == "TablePreview"
    assert preview["columns"] == ["step", "loss"]
    assert preview["index"] == list(range(10))
    assert preview["data"][9] == [9, 0.5]
    assert len(dataset.preview(nrows=3)["data"]) == 3
