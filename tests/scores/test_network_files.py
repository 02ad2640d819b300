"""Files of networks are checked when a run starts, before any node."""

import zipfile

import h5py
import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node

from gan_pipelines.errors import UserError
from gan_pipelines.hooks import ParameterHooks
from gan_pipelines.models.sections import SECTIONS

TRAINING = {"training": {"steps": 1}}
CONTENT = "srgan.content_network.path"
FEATURES = "dcgan.scoring.features"


def start_run(kind, path, taken, **images):
    parameters = {
        "srgan": {**TRAINING, "pretraining": {"steps": 1}, "content_network": {"kind": kind, "path": path}}
        | ({"images": images} if images else {}),
        "dcgan": {**TRAINING, "scoring": {"features": {"kind": kind, "path": path}}},
    }
    catalog = DataCatalog()
    catalog["parameters"] = parameters
    pipeline = Pipeline([node(lambda _: 1, f"params:{taken}", "result", name="only")])
    ParameterHooks(SECTIONS).before_pipeline_run(run_params={}, pipeline=pipeline, catalog=catalog)
    return "started"


KINDS = [("vgg19", CONTENT, "h5"), ("inception_v3", FEATURES, "h5"), ("file", FEATURES, "keras")]


@pytest.mark.parametrize(("kind", "taken", "ending"), KINDS)
def test_a_file_that_is_missing_or_junk_is_told_by_its_key(tmp_path, kind, taken, ending):
    path, key = tmp_path / f"weights.{ending}", f"{taken.removesuffix('.path')}.path"
    for change, reason in (
        (lambda: None, r"cannot be read \(No such file"),
        (lambda: path.write_text("<html>Not found</html>"), "is no (HDF5 file|.keras archive)"),
        (lambda: path.unlink() or path.mkdir(), "is not a regular file"),
    ):
        change()
        with pytest.raises(
            UserError, match=rf"^`{key}` is '.*weights\.{ending}', which {reason}.*For `.*path`, provide"
        ):
            start_run(kind, str(path), taken)


@pytest.mark.parametrize(("kind", "taken", "ending"), KINDS)
def test_a_file_of_the_right_format_starts_the_run(tmp_path, kind, taken, ending):
    path = tmp_path / f"weights.{ending}"
    (h5py.File if ending == "h5" else zipfile.ZipFile)(path, "w").close()
    assert start_run(kind, str(path), taken) == "started"


def test_a_run_that_does_not_need_the_file_does_not_look_at_it():
    assert start_run("vgg19", "missing.h5", "srgan.training.steps") == "started"


def test_vgg19_and_gray_pictures_are_told_before_the_run():
    with pytest.raises(UserError, match=r"`srgan`: `content_network\.kind` is 'vgg19'.*`images\.colour` is 'gray'"):
        start_run("vgg19", "missing.h5", CONTENT, colour="gray")
