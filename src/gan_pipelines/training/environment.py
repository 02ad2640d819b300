"""Environment that results depend on bit for bit: backend, packages, processor, threads and XLA."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from gan_pipelines.training.backend import NAME, PACKAGES, THREADS_VARIABLE, Device

_VARIABLES = (
    *("KERAS_FLOATX", "TF_CUDNN_DETERMINISTIC", "TF_DETERMINISTIC_OPS", "TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS"),
    "XLA_FLAGS",
)
"""Other environment variables that affect results, recorded if set."""


def describe_environment(device: Device) -> dict[str, str]:
    """Returns the environment as text by name; runs in equal environments give the same bits."""
    threads = os.environ.get(THREADS_VARIABLE) or str(available_cores())
    return {
        "backend": NAME,
        "python": platform.python_version(),
        **{package: version(package) for package in ("keras", "numpy", *PACKAGES)},
        "processor": processor_name(),
        "threads": threads,
        "device": device.description,
        "jit_compile": str(device.jit_compile).lower(),
        **{name: os.environ[name] for name in _VARIABLES if os.environ.get(name)},
    }


def available_cores() -> int:
    """Returns the number of cores that this process may use; without `os.sched_getaffinity`, that of the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor_name() -> str:
    """Returns the processor model from ``/proc/cpuinfo`` if available, otherwise the architecture."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text("utf8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
