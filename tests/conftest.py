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
