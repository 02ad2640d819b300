"""Which backend computes, and what is set in the environment before it starts.

Imports neither Keras nor a backend, so that every command may ask first.
"""

import importlib.util
import os
from collections.abc import MutableMapping
from typing import Literal, TypeAlias, get_args

from gan_pipelines.errors import UserError

Backend: TypeAlias = Literal["tensorflow", "jax"]

INSTALL = {"tensorflow": "pip install -e .", "jax": "pip install -e '.[jax]'"}
INSTALL_FOR_GPU = {"tensorflow": "pip install -e '.[gpu]'", "jax": "pip install -e '.[jax-gpu]'"}

_DEFAULTS = {
    # TensorFlow's C++ part calls a missing GPU and an optimization that it leaves out errors; what really fails is
    # raised as well. Some lines are written before the level is read (tensorflow/tensorflow issue 100442).
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Both backends else take all memory of a GPU at once, so that nothing can run beside a training.
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}
_DETERMINISTIC = "xla_gpu_deterministic_ops"


def set_defaults(environment: MutableMapping[str, str] | None = None) -> None:
    """Sets what every command of the project starts its backend with; what the user has set counts first.

    Must come before Keras is imported. Calling it again changes nothing.

    Args:
        environment: Variables by name; those of this process where left out.
    """
    environment = os.environ if environment is None else environment
    for name, value in _DEFAULTS.items():
        environment.setdefault(name, value)
    if not environment.get("KERAS_BACKEND"):
        environment["KERAS_BACKEND"] = "tensorflow"  # Keras would follow a file in the user's home
    flags = environment.get("XLA_FLAGS", "")
    names_a_file = bool(flags) and not flags.startswith("-")
    if _DETERMINISTIC not in flags and not names_a_file:
        # Sums of a GPU else depend on how its threads happened to run, and no training could be resumed exactly.
        environment["XLA_FLAGS"] = f"{flags} --{_DETERMINISTIC}=true".strip()


def choose_backend() -> Backend:
    """Sets the defaults and returns the backend that ``KERAS_BACKEND`` names.

    Raises:
        UserError: The project knows no such backend, or it is not installed; ``import keras`` would fail.
    """
    set_defaults()
    named = os.environ["KERAS_BACKEND"]
    for backend in get_args(Backend):
        if named == backend:
            _check_installed(backend)
            return backend  # type: ignore[no-any-return]
    raise UserError(
        f"The environment variable KERAS_BACKEND is {named!r}; allowed: {', '.join(get_args(Backend))}. Set it to one "
        "of them, or unset it, which means tensorflow."
    )


def _check_installed(backend: Backend) -> None:
    if importlib.util.find_spec(backend) is not None:
        return
    instead = "" if backend == "tensorflow" else ", or unset the variable, which means tensorflow"
    raise UserError(
        f"The environment variable KERAS_BACKEND is {backend!r}, but {backend} is not installed. Install it with "
        f"`{INSTALL[backend]}` (with an NVIDIA GPU `{INSTALL_FOR_GPU[backend]}`){instead}."
    )
