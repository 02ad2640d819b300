import fcntl
import os
import shutil
from pathlib import Path

# Configures logging when it is imported, which closes the stream of absl's handler; so it comes before TensorFlow.
import kedro.framework.project  # noqa: F401
import pytest

# Before TensorFlow is imported anywhere: quiet, and no telemetry from sessions that tests open.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KEDRO_DISABLE_TELEMETRY"] = "true"
# Keras reads and writes a file of settings in the user's home, unless it is told of another place.
os.environ["KERAS_HOME"] = str(Path(__file__).parents[1] / ".pytest_cache" / "keras")

# What takes longest comes first, so that no process of `pytest-xdist` ends long after the other. While one trains all
# models, the other forks small projects, as long as it has little memory to copy; then come those that need the models.
EARLY = (
    "test_pipelines.py",
    "incremental",
    "test_interruption.py",
    "test_kill.py",
    "test_circumstances.py",
    "test_full_disk.py",
    "test_damaged_artifacts.py",
    "test_resumed_training.py",
    "test_collapse.py",
    "test_incremental_dcgan.py",
    "test_notebooks.py",
    "test_compare.py",
    "test_kedro_viz.py",
)


@pytest.hookimpl(tryfirst=True)  # before marks are selected
def pytest_collection_modifyitems(items):
    """Lets the files and folders of `EARLY` come first, and marks all but the first case of some tests."""

    def place(item):
        names = {item.path.name, item.path.parent.name}
        return next((place for place, name in enumerate(EARLY) if name in names), len(EARLY))

    items.sort(key=place)
    seen = set()
    for item in items:
        # each case of a toy project takes a second for every command
        if item.get_closest_marker("first_case") or {"toy", "done"} & {*item.fixturenames}:
            case_of = item.path, item.originalname
            if case_of in seen:
                item.add_marker("exhaustive")
            seen.add(case_of)


@pytest.fixture(scope="session")
def copy_of(tmp_path_factory):
    """Returns a copy of a folder that the first process of the tests to need it has filled, for all of them."""
    from tests.project import copy_results

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def copy(name, fill):
        original, filled = shared / f"{name}-original", shared / f"{name}-filled"
        with (shared / f"{name}-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not filled.exists():
                shutil.rmtree(original, ignore_errors=True)
                original.mkdir()
                fill(original)  # it stays here, for its code may have been imported
                filled.touch()
        return copy_results(original, tmp_path_factory.mktemp(name) / "project")

    return copy


@pytest.fixture(scope="session")
def dcgan_project(copy_of):
    """A copy of the project in which the smoke environment of `dcgan` has run; tests that change it copy it first."""
    from tests.project import copy_project, run_session

    def fill(folder):
        run_session(copy_project(folder), "dcgan")

    return copy_of("dcgan", fill)


@pytest.fixture(scope="session")
def kinds_project(dcgan_project, copy_of):
    """A copy in which one model of each kind has run as well; shared like `dcgan_project`."""
    from tests.project import ONE_OF_EACH_KIND, copy_results, run_session

    def fill(folder):
        copy_results(dcgan_project, folder)
        run_session(folder, [model for model in ONE_OF_EACH_KIND if model != "dcgan"])

    return copy_of("kinds", fill)


@pytest.fixture(scope="session")
def models_project(kinds_project, copy_of):
    """A copy in which every other pipeline has run as well; shared like `dcgan_project`."""
    from gan_pipelines.models.declarations import MODELS
    from tests.project import ONE_OF_EACH_KIND, copy_results, run_session

    def fill(folder):
        copy_results(kinds_project, folder)
        run_session(folder, [*(model for model in MODELS if model not in ONE_OF_EACH_KIND), "compare"])

    return copy_of("models", fill)
