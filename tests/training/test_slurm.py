import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.training.cluster import find_cluster

STEP = {
    "SLURM_PROCID": "0",
    "SLURM_JOB_ID": "4711",
    "SLURM_STEP_ID": "0",
    "SLURM_STEP_NODELIST": "localhost",
    "SLURM_STEP_TASKS_PER_NODE": "2",
}


def addresses(monkeypatch, **changed):
    for name, value in (STEP | {f"SLURM_{name}": value for name, value in changed.items()}).items():
        monkeypatch.setenv(name, value)
    return [(host, int(port)) for host, _, port in (each.rpartition(":") for each in find_cluster().addresses)]


@pytest.mark.parametrize(
    ("nodes", "tasks", "hosts"),
    [
        ("login", "1", ["login"]),
        ("login,node[01-03,12]", "1(x5)", ["login", "node01", "node02", "node03", "node12"]),
        ("node[9-11]-ib", "2,1(x2)", ["node9-ib", "node9-ib", "node10-ib", "node11-ib"]),
        ("rack[0-1]node[0-1]", "1(x3),2", ["rack0node0", "rack0node1", "rack1node0", "rack1node1", "rack1node1"]),
    ],
)
def test_each_task_has_its_node_in_the_order_of_slurm(monkeypatch, nodes, tasks, hosts):
    found = addresses(monkeypatch, STEP_NODELIST=nodes, STEP_TASKS_PER_NODE=tasks)
    assert [host for host, _ in found] == hosts


def test_tasks_of_one_node_and_neighbouring_steps_have_ports_of_their_own(monkeypatch):
    steps = [("4711", "0"), ("4711", "1"), ("4712", "0")]
    found = [address for job, step in steps for address in addresses(monkeypatch, JOB_ID=job, STEP_ID=step)]
    assert len(set(found)) == len(found)
    many = addresses(monkeypatch, STEP_TASKS_PER_NODE="64")
    assert len(set(many)) == 64
    assert all(61_440 <= port <= 65_535 for _, port in found + many)


@pytest.mark.parametrize("missing", sorted(STEP.keys() - {"SLURM_PROCID"}))
def test_a_command_without_srun_is_told_of_it(monkeypatch, missing):
    for name, value in STEP.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    with pytest.raises(UserError, match=rf"{missing}.*Start the command with `srun`"):
        find_cluster()
