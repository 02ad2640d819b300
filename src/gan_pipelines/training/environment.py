"""What bits depend on beside the configuration: backend, wheels, processor, threads, and whether XLA compiled it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from gan_pipelines.training.backend import NAME, PACKAGES, THREADS_VARIABLE, Device

_VARIABLES = (
    *("KERAS_FLOATX", "TF_CUDNN_DETERMINISTIC", "TF_DETERMINISTIC_OPS", "TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS"),
    "XLA_FLAGS",
)
"""What else decides about bits, where a user has set it."""


def describe_environment(device: Device) -> dict[str, str]:
    """Returns the conditions under which two runs give the same bits, as text by name."""
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
    """Returns how many cores this process may use; on systems that do not tell, how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor_name() -> str:
    """Returns the processor's model where Linux tells it, else its architecture."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text("utf8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
