"""Who trains together: processes on one machine or on several, as ``TF_CONFIG`` or Slurm tells each of them."""

import itertools
import json
import os
import re
import zlib
from dataclasses import dataclass

from gan_pipelines.errors import UserError

SECONDS_UNTIL_LOST = 60
"""A process of which nothing was heard for so long is given up, and the training with it."""

_FIRST_PORT, _PORTS, _PORTS_OF_A_STEP = 61_440, 4_096, 16
"""Above those from which Linux takes ports of its own accord. Steps of Slurm's begin at different ones."""

_EXAMPLE = '{"cluster": {"worker": ["host0:12345", "host1:12345"]}, "task": {"type": "worker", "index": 0}}'


@dataclass(frozen=True)
class Cluster:
    """The processes that train together.

    Args:
        process: The number of this one; process 0, the chief, writes what comes out.
        addresses: Where each of them is heard, ``host:port``, in the order of their numbers.
    """

    process: int
    addresses: tuple[str, ...]

    @property
    def processes(self) -> int:
        """How many there are."""
        return len(self.addresses)

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes."""
        return self.process == 0


def has_cluster() -> bool:
    """Says whether anything tells of processes that train together."""
    return "TF_CONFIG" in os.environ or "SLURM_PROCID" in os.environ


def find_cluster() -> Cluster:
    """Reads who trains together from ``TF_CONFIG``, or from what Slurm tells the tasks of a step.

    Raises:
        UserError: Neither says it, ``TF_CONFIG`` is not of its form, or this is a job of Slurm's but no step of it.
    """
    if "TF_CONFIG" in os.environ:
        return _from_tf_config(os.environ["TF_CONFIG"])
    if "SLURM_PROCID" in os.environ:
        return Cluster(int(os.environ["SLURM_PROCID"]), _slurm_addresses())
    raise UserError(
        "training.devices is 'multi_worker', but nothing says which processes train together. Start the command with "
        "`srun` in a job of Slurm's, or give each process the variable TF_CONFIG; see README.md, "
        '"From a laptop to a cluster".'
    )


def _slurm_addresses() -> tuple[str, ...]:
    """Returns where each task of this step of Slurm's is heard, in the order of the tasks.

    Tasks are taken to fill one node after the other, which is what Slurm does where it is not told otherwise. A port
    hangs on the job, the step and the place of the task on its node, so that steps of one node seldom share one.
    """
    try:
        nodes = _expanded(os.environ["SLURM_STEP_NODELIST"])
        tasks = os.environ["SLURM_STEP_TASKS_PER_NODE"]
        step = f"{os.environ['SLURM_JOB_ID']}.{os.environ['SLURM_STEP_ID']}"
    except KeyError as error:
        raise UserError(
            f"training.devices is 'multi_worker' in a job of Slurm's, but {error.args[0]}, a variable of its steps, is "
            "not set. Start the command with `srun`, which starts it once for each task."
        ) from error
    counts = [
        int(found["tasks"])
        for found in re.finditer(r"(?P<tasks>\d+)(\(x(?P<nodes>\d+)\))?", tasks)
        for _ in range(int(found["nodes"] or 1))
    ]
    first = zlib.crc32(step.encode()) * _PORTS_OF_A_STEP
    return tuple(
        f"{node}:{_FIRST_PORT + (first + place) % _PORTS}"
        for node, count in zip(nodes, counts, strict=True)
        for place in range(count)
    )


def _expanded(nodes: str) -> list[str]:
    """Returns the names of a list in Slurm's form, such as ``login,node[01-03,12]``."""
    names = []
    for entry in re.findall(r"(?:\[[^\]]*\]|[^,\[])+", nodes):
        pieces = re.split(r"\[([^\]]*)\]", entry)  # what stands outside and inside of brackets, in turns
        choices = [_numbers(piece) if place % 2 else [piece] for place, piece in enumerate(pieces)]
        names += ["".join(chosen) for chosen in itertools.product(*choices)]
    return names


def _numbers(ranges: str) -> list[str]:
    pairs = [(first, last or first) for first, _, last in (each.partition("-") for each in ranges.split(","))]
    return [f"{number:0{len(first)}}" for first, last in pairs for number in range(int(first), int(last) + 1)]


def _from_tf_config(text: str) -> Cluster:
    try:
        found = json.loads(text)
        addresses = {role: [str(each) for each in found["cluster"].get(role, ())] for role in ("chief", "worker")}
        order = [(role, number) for role, of_role in addresses.items() for number in range(len(of_role))]
        process = order.index((found["task"]["type"], int(found["task"]["index"])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"TF_CONFIG is {text!r}, which names no cluster with a place of this process in it. It is to be like "
            f"{_EXAMPLE}, with an index of its own for each process."
        ) from error
    return Cluster(process, (*addresses["chief"], *addresses["worker"]))
