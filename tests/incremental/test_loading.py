import importlib
import sys

import pytest
from kedro.framework import project as kedro_project

from gan_pipelines.incremental.loading import LoadedCode
from gan_pipelines.incremental.project import Project


@pytest.fixture
def source(tmp_path, monkeypatch):
    package = tmp_path / "src" / "loaded_toy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "nodes.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(kedro_project, "PACKAGE_NAME", None)  # of a project that another test ran in this process
    importlib.invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("loaded_toy")]:
        del sys.modules[name]


def edit(source):
    (source / "src" / "loaded_toy" / "nodes.py").write_text("VALUE = 22\n")


def test_an_edit_after_loading_is_noticed(source):
    loaded = LoadedCode(Project(source))
    importlib.import_module("loaded_toy.nodes")
    assert loaded.edited() == {}
    edit(source)
    assert list(loaded.edited()) == ["loaded_toy.nodes"]


def test_a_later_session_in_the_same_process_notices_it_as_well(source):
    first = LoadedCode(Project(source))
    importlib.import_module("loaded_toy.nodes")
    first.note_loaded()
    edit(source)
    assert list(LoadedCode(Project(source)).edited()) == ["loaded_toy.nodes"]


def test_loading_it_again_makes_it_good(source):
    first = LoadedCode(Project(source))
    importlib.import_module("loaded_toy.nodes")
    first.note_loaded()
    edit(source)
    del sys.modules["loaded_toy.nodes"]
    second = LoadedCode(Project(source))
    importlib.import_module("loaded_toy.nodes")
    assert second.edited() == {}


def test_what_is_loaded_is_told(source):
    loaded = LoadedCode(Project(source))
    assert loaded.note_loaded() == set()
    importlib.import_module("loaded_toy.nodes")
    assert loaded.note_loaded() == {"loaded_toy", "loaded_toy.nodes"}
