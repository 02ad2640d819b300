import os

# Configures logging when it is imported, which closes the stream of absl's handler; so it comes before TensorFlow.
import kedro.framework.project  # noqa: F401
import pytest

# Before TensorFlow is imported anywhere: quiet, and no telemetry from sessions that tests open.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KEDRO_DISABLE_TELEMETRY"] = "true"


@pytest.fixture(scope="session")
def dcgan_project(tmp_path_factory):
    """A copy of the project in which the smoke environment of `dcgan` has run."""
    from tests.project import copy_project, run_session

    folder = copy_project(tmp_path_factory.mktemp("dcgan"))
    run_session(folder, "dcgan")
    return folder


@pytest.fixture(scope="session")
def models_project(dcgan_project):
    """The same copy, in which the smoke environment of every other pipeline has run as well."""
    from tests.project import run_session

    for pipeline in ("simple_gan", "quadratic_gan", "headlines", "compare"):
        run_session(dcgan_project, pipeline)
    return dcgan_project


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Lets processes that share the tests run whole files each, and one of them all that looks at the run models."""
    for item in items:
        looks_at_models = {"dcgan_project", "models_project"} & set(item.fixturenames)
        item.add_marker(pytest.mark.xdist_group("models" if looks_at_models else item.path.name))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group").args != ("models",))  # the longest first
