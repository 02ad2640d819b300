"""Versions of packages, from metadata in a folder on the path."""

import sys
import time

import pytest

from gan_pipelines.incremental.packages import Installed


def versions(modules):
    return Installed().versions(modules)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])

    def install(name, version, *requires, listing=None):
        metadata = folder / f"{name}-{version}.dist-info"
        metadata.mkdir(exist_ok=True)
        lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {each}" for each in requires)]
        (metadata / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines]) + "\n\nVersion: in the text\n")
        if listing is not None:
            (metadata / "RECORD").write_text(listing)
        return metadata

    install.folder = folder
    return install


def test_a_module_of_the_name_of_its_distribution(installed):
    installed("alpha_one", "1.0")
    assert versions(["alpha_one"]) == {"alpha-one": "1.0"}


def test_an_edit_of_the_metadata_in_place_is_seen(installed):
    metadata = installed("alpha", "1.0") / "METADATA"
    assert versions(["alpha"]) == {"alpha": "1.0"}
    metadata.write_text(metadata.read_text().replace("1.0", "1.1"))
    assert versions(["alpha"]) == {"alpha": "1.1"}


def test_everything_that_is_required_and_installed_counts(installed):
    installed("alpha", "1.0", "Beta.Two[fast]>=1,<3; python_version > '3'", "not_there", "gamma; extra == 'more'")
    installed("beta_two", "2.0", "delta (>=1)", "alpha")
    installed("gamma", "3.0")
    installed("delta", "4.0")
    assert versions(["alpha"]) == {"alpha": "1.0", "beta-two": "2.0", "delta": "4.0"}


@pytest.mark.parametrize("listing", ["imported/__init__.py,,\n", "other.py,,\nimported.py,,\n", "imported.abi3.so,,\n"])
def test_a_module_of_another_name_than_its_distribution(installed, listing):
    installed("distributed", "1.0", listing=listing)
    installed("unrelated", "2.0", listing="imported_too/__init__.py,,\nnot/imported/x.py,,\n")
    assert versions(["imported"]) == {"distributed": "1.0"}


def test_a_module_of_several_distributions_counts_all(installed):
    installed("first", "1.0", listing="shared/a/__init__.py,,\n")
    installed("second", "2.0", listing="shared/b/__init__.py,,\n")
    assert versions(["shared"]) == {"first": "1.0", "second": "2.0"}


@pytest.mark.parametrize("file", ["loose.py", "loose/__init__.py", "loose/deep/inner.py"])
def test_a_module_without_a_distribution_counts_by_its_files(installed, file):
    path = installed.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("X = 1\n")
    before = versions(["loose"])
    assert list(before) == ["<loose>"]
    assert versions(["loose"]) == before
    path.write_text("X = 2\n")
    assert versions(["loose"]) != before


def test_a_module_that_is_not_installed_has_no_version():
    assert versions(["not_installed_anywhere"]) == {}


def test_real_packages_are_quick():
    started = time.perf_counter()
    found = versions(["tensorflow", "PIL", "sklearn", "numpy"])
    assert time.perf_counter() - started < 1
    assert {"tensorflow", "keras", "numpy", "pillow", "scikit-learn"} <= found.keys()
