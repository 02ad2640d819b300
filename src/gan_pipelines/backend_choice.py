"""Choice of the Keras backend, and the environment variables that are set before it starts.

Imports neither Keras nor a backend, so that every command can call it first.
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
    # TensorFlow's C++ code logs a missing GPU and a skipped optimization as errors; actual failures also raise
    # exceptions. Some lines are printed before the level is read (tensorflow/tensorflow issue 100442).
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # By default both backends allocate the whole GPU memory, so no other process could use the GPU.
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}
_DETERMINISTIC = "xla_gpu_deterministic_ops"


def set_defaults(environment: MutableMapping[str, str] | None = None) -> None:
    """Sets the default environment variables of the backend; variables that are already set are kept.

    Must be called before Keras is imported. Idempotent.

    Args:
        environment: Variables by name. Default: ``os.environ``.
    """
    environment = os.environ if environment is None else environment
    for name, value in _DEFAULTS.items():
        environment.setdefault(name, value)
    if not environment.get("KERAS_BACKEND"):
        environment["KERAS_BACKEND"] = "tensorflow"  # otherwise Keras reads ~/.keras/keras.json
    flags = environment.get("XLA_FLAGS", "")
    names_a_file = bool(flags) and not flags.startswith("-")
    if _DETERMINISTIC not in flags and not names_a_file:
        # Otherwise GPU reductions depend on thread scheduling, and exact resume is impossible.
        environment["XLA_FLAGS"] = f"{flags} --{_DETERMINISTIC}=true".strip()


def choose_backend() -> Backend:
    """Sets the defaults and returns the backend in ``KERAS_BACKEND``.

    Raises:
        UserError: If the backend is not supported or not installed; ``import keras`` would fail.
    """
    set_defaults()
    named = os.environ["KERAS_BACKEND"]
    for backend in get_args(Backend):
        if named == backend:
            _check_installed(backend)
            return backend  # type: ignore[no-any-return]
    raise UserError(
        f"The environment variable KERAS_BACKEND is {named!r}; allowed: {', '.join(get_args(Backend))}. Set it to one "
        "of them, or unset it to use tensorflow."
    )


def _check_installed(backend: Backend) -> None:
    if importlib.util.find_spec(backend) is not None:
        return
    instead = "" if backend == "tensorflow" else ", or unset the variable to use tensorflow"
    raise UserError(
        f"The environment variable KERAS_BACKEND is {backend!r}, but {backend} is not installed. Install it with "
        f"`{INSTALL[backend]}` (with an NVIDIA GPU `{INSTALL_FOR_GPU[backend]}`){instead}."
    )
