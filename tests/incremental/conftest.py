import pytest

from tests.incremental.harness import Toy


@pytest.fixture
def toy(tmp_path):
    """A project in which nothing has run."""
    return Toy.new(tmp_path / "toy")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A project in which the main pipeline and the other one have run; it is only to be copied."""
    toy = Toy.new(tmp_path_factory.mktemp("finished") / "toy")
    toy.passes()
    toy.passes("--pipeline=other")
    return toy


@pytest.fixture
def done(finished, tmp_path):
    """A copy of a project in which the main pipeline and the other one have run."""
    return finished.copied_to(tmp_path / "toy")


@pytest.fixture(scope="session")
def results(finished):
    """What the main pipeline and the other one make of the project as it is."""
    return finished.data()
