"""Agreement between the processes of a distributed training; a single process agrees with itself.

Clocks, signals and checkpoints differ between processes, but all must run the same steps from the same state.
"""

import numpy as np

from gan_pipelines.training.backend import Device
from gan_pipelines.training.engine import Engine


def agree_on_steps(device: Device, wanted: int, *, is_stopped: bool) -> tuple[int, bool]:
    """Agrees on the number of steps to run next.

    Args:
        device: The device, with all its processes.
        wanted: Steps that this process would run next; 0 if it has finished.
        is_stopped: Whether this process received a stop signal.

    Returns:
        The chief's number of steps, and whether any process received a stop signal.
    """
    local = np.array([wanted if device.is_chief else 0, is_stopped], np.int32)
    steps, stopped = device.all_reduce_sum(local).tolist()
    return steps, stopped > 0


def broadcast_state(device: Device, engine: Engine, step: int) -> int:
    """Copies the state of the chief's engine to all processes, bit for bit.

    Args:
        device: The device, with all its processes.
        engine: Engine of this process; all processes build the same one.
        step: Current step of this process.

    Returns:
        Current step of the chief.
    """
    if device.processes == 1:
        return step
    state = {"step": np.array([step], np.int32), **engine.state()}
    bits = np.concatenate([np.frombuffer(values.tobytes(), np.int32) for values in state.values()])
    received = device.all_reduce_sum(bits * np.int32(device.is_chief)).tobytes()
    ends = np.cumsum([values.nbytes for values in state.values()])
    chief_state = {
        path: np.frombuffer(received[end - values.nbytes : end], values.dtype).reshape(values.shape)
        for (path, values), end in zip(state.items(), ends, strict=True)
    }
    (chief_step,) = chief_state.pop("step").tolist()
    engine.restore(chief_state)
    return int(chief_step)
