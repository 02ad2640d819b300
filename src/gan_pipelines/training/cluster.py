"""Who trains together: processes on one machine or on several, as ``TF_CONFIG`` or Slurm tells each of them."""

import json
import os
from dataclasses import dataclass

from gan_pipelines.errors import UserError

SECONDS_UNTIL_LOST = 60
"""A process of which nothing was heard for so long is given up, and the training with it."""

_EXAMPLE = '{"cluster": {"worker": ["host0:12345", "host1:12345"]}, "task": {"type": "worker", "index": 0}}'


@dataclass(frozen=True)
class Cluster:
    """The processes that train together.

    Args:
        process: The number of this one; process 0, the chief, writes what comes out.
        processes: How many there are.
        coordinator: Where the chief is heard, ``host:port``; None where the launcher knows it.
    """

    process: int
    processes: int
    coordinator: str | None

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
        UserError: Neither says it, or ``TF_CONFIG`` is not of its form.
    """
    if "TF_CONFIG" in os.environ:
        return _from_tf_config(os.environ["TF_CONFIG"])
    if "SLURM_PROCID" in os.environ:
        tasks = os.environ.get("SLURM_STEP_NUM_TASKS") or os.environ.get("SLURM_NTASKS", "1")
        return Cluster(int(os.environ["SLURM_PROCID"]), int(tasks), None)
    raise UserError(
        "training.devices is 'multi_worker', but nothing says which processes train together. Start the command with "
        "`srun` in a job of Slurm's, or give each process the variable TF_CONFIG; see README.md, "
        '"From a laptop to a cluster".'
    )


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
    return Cluster(process, len(order), [*addresses["chief"], *addresses["worker"]][0])
