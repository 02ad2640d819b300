import sys

import pytest

from tests.incremental.code.project import Project


@pytest.fixture(autouse=True)
def no_bytecode(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")
