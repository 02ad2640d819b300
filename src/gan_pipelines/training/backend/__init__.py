"""The seam: what the engine needs of a backend, from the one that Keras runs on.

Losses, penalties, networks and phases speak ``keras.ops`` and the names below; what is behind them is one file for each
backend. ``KERAS_BACKEND`` chooses.
"""

from gan_pipelines.errors import UserError
from gan_pipelines.training.backend.seam import Device, Forward, FoundDevice, Key, LazyTerm, Learner, Tensor
from gan_pipelines.training.configured_keras import keras

if keras.backend.backend() == "jax":
    from gan_pipelines.training.backend.jax_backend import (
        NAME,
        PACKAGES,
        THREADS_VARIABLE,
        apply_gradients,
        find_devices,
        input_gradient,
        join_cluster,
        losses_and_gradients,
        noise,
        open_device,
        share_statistics,
    )
elif keras.backend.backend() == "tensorflow":
    from gan_pipelines.training.backend.tensorflow_backend import (  # type: ignore[assignment]
        NAME,
        PACKAGES,
        THREADS_VARIABLE,
        apply_gradients,
        find_devices,
        input_gradient,
        join_cluster,
        losses_and_gradients,
        noise,
        open_device,
        share_statistics,
    )
else:
    raise UserError(
        f"The environment variable KERAS_BACKEND is {keras.backend.backend()!r}; allowed: tensorflow, jax. Set it to "
        "one of them, or unset it."
    )

__all__ = [
    "NAME",
    "PACKAGES",
    "THREADS_VARIABLE",
    "Device",
    "Forward",
    "FoundDevice",
    "Key",
    "LazyTerm",
    "Learner",
    "Tensor",
    "apply_gradients",
    "find_devices",
    "input_gradient",
    "join_cluster",
    "losses_and_gradients",
    "noise",
    "open_device",
    "share_statistics",
]
