"""Backend functions that the engine needs in addition to ``keras.ops``, for the backend that Keras runs on.

Losses, penalties, networks and phases use only ``keras.ops`` and the names below, which each backend implements in one
file. ``KERAS_BACKEND`` selects the backend.
"""

from gan_pipelines.errors import UserError
from gan_pipelines.training.backend.interface import (
    Device,
    ForwardResult,
    FoundDevice,
    GradientSources,
    Key,
    LazyRegularizer,
    Tensor,
)
from gan_pipelines.training.configured_keras import keras

if keras.backend.backend() == "jax":
    from gan_pipelines.training.backend.jax_backend import (
        NAME,
        PACKAGES,
        THREADS_VARIABLE,
        apply_gradients,
        average_over_replicas,
        find_devices,
        input_gradient,
        join_cluster,
        losses_and_gradients,
        open_device,
        random_tensor,
    )
elif keras.backend.backend() == "tensorflow":
    from gan_pipelines.training.backend.tensorflow_backend import (  # type: ignore[assignment]
        NAME,
        PACKAGES,
        THREADS_VARIABLE,
        apply_gradients,
        average_over_replicas,
        find_devices,
        input_gradient,
        join_cluster,
        losses_and_gradients,
        open_device,
        random_tensor,
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
    "ForwardResult",
    "FoundDevice",
    "GradientSources",
    "Key",
    "LazyRegularizer",
    "Tensor",
    "apply_gradients",
    "average_over_replicas",
    "find_devices",
    "input_gradient",
    "join_cluster",
    "losses_and_gradients",
    "open_device",
    "random_tensor",
]
