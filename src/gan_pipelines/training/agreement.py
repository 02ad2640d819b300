"""What processes that train together agree on; one alone agrees with itself.

Clocks, signals and checkpoints differ between processes, but all must take the same steps from the same start.
"""

import numpy as np

from gan_pipelines.training.backend import Device
from gan_pipelines.training.engine import Engine


def agree_on_steps(device: Device, wanted: int, *, is_stopped: bool) -> tuple[int, bool]:
    """Agrees on what comes next.

    Args:
        device: Of this process and the others.
        wanted: How many steps this process would take next; 0 where it would take no more.
        is_stopped: Whether this process was asked to stop.

    Returns:
        How many steps the chief wants, and whether any process was asked to stop.
    """
    own = np.array([wanted if device.is_chief else 0, is_stopped], np.int32)
    steps, stopped = device.total(own).tolist()
    return steps, stopped > 0


def start_with_the_chief(device: Device, engine: Engine, step: int) -> int:
    """Gives an engine the state that the chief's has, to the bit.

    Args:
        device: Of this process and the others.
        engine: Of this process; all are built alike.
        step: Where this process stands.

    Returns:
        Where the chief stands.
    """
    if device.processes == 1:
        return step
    state = {"step": np.array([step], np.int32), **engine.state()}
    bits = np.concatenate([np.frombuffer(values.tobytes(), np.int32) for values in state.values()])
    shared = device.total(bits * np.int32(device.is_chief)).tobytes()
    ends = np.cumsum([values.nbytes for values in state.values()])
    chiefs = {
        path: np.frombuffer(shared[end - values.nbytes : end], values.dtype).reshape(values.shape)
        for (path, values), end in zip(state.items(), ends, strict=True)
    }
    (chiefs_step,) = chiefs.pop("step").tolist()
    engine.restore(chiefs)
    return int(chiefs_step)
