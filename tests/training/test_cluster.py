import json

import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.training.cluster import Cluster, find_cluster

TWO_WORKERS = {"worker": ["host0:12345", "host1:12345"]}


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    for name in ("TF_CONFIG", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)


def configuration(cluster, role, index):
    return json.dumps({"cluster": cluster, "task": {"type": role, "index": index}})


@pytest.mark.parametrize(
    ("cluster", "role", "index", "expected"),
    [
        (TWO_WORKERS, "worker", 0, Cluster(0, ("host0:12345", "host1:12345"))),
        (TWO_WORKERS, "worker", 1, Cluster(1, ("host0:12345", "host1:12345"))),
        ({"worker": ["host0:12345"]}, "worker", "0", Cluster(0, ("host0:12345",))),
        ({"worker": ["w0:1", "w1:2"], "chief": ["c:3"]}, "chief", 0, Cluster(0, ("c:3", "w0:1", "w1:2"))),
        ({"worker": ["w0:1", "w1:2"], "chief": ["c:3"]}, "worker", 1, Cluster(2, ("c:3", "w0:1", "w1:2"))),
    ],
)
def test_tf_config_tells_the_place_of_a_process_and_where_all_are(monkeypatch, cluster, role, index, expected):
    monkeypatch.setenv("TF_CONFIG", configuration(cluster, role, index))
    found = find_cluster()
    assert found == expected
    assert found.is_chief == (expected.process == 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "worker",
        "[]",
        "{}",
        json.dumps({"cluster": TWO_WORKERS}),
        json.dumps({"task": {"type": "worker", "index": 0}}),
        configuration(TWO_WORKERS, "worker", 2),
        configuration(TWO_WORKERS, "worker", "first"),
        configuration(TWO_WORKERS, "chief", 0),
        configuration(TWO_WORKERS, "ps", 0),
        configuration(["host0:12345"], "worker", 0),
        configuration({"worker": 7}, "worker", 0),
        configuration({}, "worker", 0),
    ],
)
def test_a_tf_config_without_a_place_of_this_process_is_told_with_an_example(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UserError, match=r"is not a cluster that contains this process.*\"index\": 0") as refusal:
        find_cluster()
    assert repr(text) in str(refusal.value)


def test_tf_config_comes_before_slurm(monkeypatch):
    monkeypatch.setenv("SLURM_PROCID", "5")
    monkeypatch.setenv("TF_CONFIG", configuration(TWO_WORKERS, "worker", 1))
    assert find_cluster().process == 1


def test_where_nothing_tells_the_processes_both_ways_are_named():
    with pytest.raises(
        UserError, match=r"training\.devices is 'multi_worker', but neither TF_CONFIG nor Slurm.*`srun`.*TF_CONFIG"
    ):
        find_cluster()
