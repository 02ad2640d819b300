"""Mixed precision: networks that are trained in 16 bits, and in float32 where 16 bits are too imprecise."""

from collections.abc import Iterator
from contextlib import contextmanager

from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.parameters import Precision


def copy_for_training(network: keras.Model, precision: Precision) -> keras.Model:
    """Copies a network with its weights, so that training does not modify its argument.

    With ``mixed_bfloat16`` or ``mixed_float16`` the layers compute in 16 bits with float32 weights, except for the last
    layer with weights of each output and those after it, whose rounding errors would be visible in the pixels and
    logits.
    """
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    if precision != "float32":
        exact = _last_layers(copy)
        for layer in copy.layers:
            if layer not in exact:
                layer.dtype_policy = keras.dtype_policies.DTypePolicy(precision)
    return copy


def copy_for_export(network: keras.Model) -> keras.Model:
    """Copies a trained network to float32 layers, for saving."""
    copy = keras.models.clone_model(network, clone_function=_float32_clone)
    copy.set_weights(network.get_weights())
    return copy


@contextmanager
def in_float32(network: keras.Model) -> Iterator[None]:
    """Makes all layers of a network compute in float32 within the context.

    A gradient that is differentiated again is a product of many small factors, for which 16 bits are too imprecise.
    """
    policies = [(layer, layer.dtype_policy) for layer in network.layers]
    for layer, _ in policies:
        layer.dtype_policy = keras.dtype_policies.DTypePolicy("float32")
    try:
        yield
    finally:
        for layer, policy in policies:
            layer.dtype_policy = policy


def _last_layers(network: keras.Model) -> set[keras.Layer]:
    """Returns the last layer with weights before each output, and the layers after it."""
    found: set[keras.Layer] = set()
    for output in network.outputs:
        way = keras.Model(network.inputs, output, name=network.name).layers  # those that the output depends on
        head = max(position for position, layer in enumerate(way) if layer.weights)
        found.update(way[head:])
    return found


def _float32_clone(layer: keras.layers.Layer) -> keras.layers.Layer:
    config = layer.get_config()
    if "dtype" in config:
        config["dtype"] = "float32"
    return type(layer).from_config(config)
