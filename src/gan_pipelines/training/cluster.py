"""Processes of a distributed training, on one or several machines, as given by ``TF_CONFIG`` or Slurm."""

import itertools
import json
import os
import re
import zlib
from dataclasses import dataclass

from gan_pipelines.errors import UserError

SECONDS_UNTIL_LOST = 60
"""Heartbeat timeout in seconds after which a process counts as lost and training ends."""

_FIRST_PORT, _PORTS, _PORTS_OF_A_STEP = 61_440, 4_096, 16
"""Ports above the ephemeral ports of Linux. Different Slurm steps start at different ports."""

_EXAMPLE = '{"cluster": {"worker": ["host0:12345", "host1:12345"]}, "task": {"type": "worker", "index": 0}}'


@dataclass(frozen=True)
class Cluster:
    """Processes of a distributed training.

    Args:
        process: Rank of this process; process 0, the chief, writes the results.
        addresses: Address of each process, ``host:port``, by rank.
    """

    process: int
    addresses: tuple[str, ...]

    @property
    def processes(self) -> int:
        """Number of processes."""
        return len(self.addresses)

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the results."""
        return self.process == 0


def has_cluster() -> bool:
    """Returns whether the environment describes a cluster."""
    return "TF_CONFIG" in os.environ or "SLURM_PROCID" in os.environ


def find_cluster() -> Cluster:
    """Reads the cluster from ``TF_CONFIG``, or from the variables that Slurm sets for the tasks of a step.

    Raises:
        UserError: If neither is set, ``TF_CONFIG`` is malformed, or this is a Slurm job but not a step of it.
    """
    if "TF_CONFIG" in os.environ:
        return _from_tf_config(os.environ["TF_CONFIG"])
    if "SLURM_PROCID" in os.environ:
        return Cluster(int(os.environ["SLURM_PROCID"]), _slurm_addresses())
    raise UserError(
        "training.devices is 'multi_worker', but neither TF_CONFIG nor Slurm defines a cluster. Start the command "
        "with `srun` in a Slurm job, or set the variable TF_CONFIG for each process; see README.md, "
        '"From a laptop to a cluster".'
    )


def _slurm_addresses() -> tuple[str, ...]:
    """Returns the address of each task of this Slurm step, by rank.

    Assumes that tasks fill one node after the other (block distribution, Slurm's default). A port depends on the job,
    the step and the task's index on its node, so that steps on one node rarely collide.
    """
    try:
        nodes = _expand_nodes(os.environ["SLURM_STEP_NODELIST"])
        tasks = os.environ["SLURM_STEP_TASKS_PER_NODE"]
        step = f"{os.environ['SLURM_JOB_ID']}.{os.environ['SLURM_STEP_ID']}"
    except KeyError as error:
        raise UserError(
            f"training.devices is 'multi_worker' in a Slurm job, but {error.args[0]}, set by Slurm in job steps, is "
            "not set. Start the command with `srun`, which runs it once per task."
        ) from error
    counts = [
        int(found["tasks"])
        for found in re.finditer(r"(?P<tasks>\d+)(\(x(?P<nodes>\d+)\))?", tasks)
        for _ in range(int(found["nodes"] or 1))
    ]
    first = zlib.crc32(step.encode()) * _PORTS_OF_A_STEP
    return tuple(
        f"{node}:{_FIRST_PORT + (first + index) % _PORTS}"
        for node, count in zip(nodes, counts, strict=True)
        for index in range(count)
    )


def _expand_nodes(nodes: str) -> list[str]:
    """Expands a Slurm node list such as ``login,node[01-03,12]``."""
    names = []
    for entry in re.findall(r"(?:\[[^\]]*\]|[^,\[])+", nodes):
        pieces = re.split(r"\[([^\]]*)\]", entry)  # alternately outside and inside brackets
        choices = [_numbers(piece) if index % 2 else [piece] for index, piece in enumerate(pieces)]
        names += ["".join(chosen) for chosen in itertools.product(*choices)]
    return names


def _numbers(ranges: str) -> list[str]:
    pairs = [(first, last or first) for first, _, last in (each.partition("-") for each in ranges.split(","))]
    return [f"{number:0{len(first)}}" for first, last in pairs for number in range(int(first), int(last) + 1)]


def _from_tf_config(text: str) -> Cluster:
    try:
        found = json.loads(text)
        addresses = {role: [str(each) for each in found["cluster"].get(role, ())] for role in ("chief", "worker")}
        order = [(role, number) for role, hosts in addresses.items() for number in range(len(hosts))]
        process = order.index((found["task"]["type"], int(found["task"]["index"])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"TF_CONFIG is {text!r}, which is not a cluster that contains this process. Expected a value like "
            f"{_EXAMPLE}, with a different index for each process."
        ) from error
    return Cluster(process, (*addresses["chief"], *addresses["worker"]))
