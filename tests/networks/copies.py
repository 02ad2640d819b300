"""What holds for all networks that draw from captions: copies and files compute the same, and every weight learns."""

import keras
import numpy as np

from gan_pipelines.training.precision import copy_for_export, copy_for_training
from tests.backends import gradient


def arrays(outputs):
    return [np.asarray(output) for output in keras.tree.flatten(outputs)]


def with_random_weights(network):
    """Gives a network weights that are all unlike, and keep the sizes of what passes through, so no tanh saturates."""
    generator = np.random.default_rng(2)
    for weight in network.weights:
        if weight.name == "kernel":
            values = generator.normal(size=weight.shape) / np.sqrt(np.prod(weight.shape[:-1]))
        elif weight.name in {"gamma", "moving_variance"}:
            values = generator.uniform(0.5, 1.0, weight.shape)
        else:
            values = generator.normal(size=weight.shape) / 10
        weight.assign(values)
    return network


def random_inputs(network, count=3, seed=0):
    """Standard normal vectors, and pictures with pixels in [-1, 1]."""
    generator = np.random.default_rng(seed)
    inputs = []
    for tensor in network.inputs:
        shape = (count, *tensor.shape[1:])
        values = generator.normal(size=shape) if len(shape) == 2 else generator.uniform(-1, 1, shape)
        inputs.append(values.astype(np.float32))
    return inputs


def assert_survives_copies(network, path):
    """Copies and files of a network compute the same; in 16 bits nearly so, with outputs in float32."""
    with_random_weights(network)
    inputs = random_inputs(network)
    expected = arrays(network(inputs))
    network.save(path)
    half = copy_for_training(network, "mixed_bfloat16")
    loaded = keras.saving.load_model(path, safe_mode=True)
    copies = [copy_for_training(network, "float32"), copy_for_export(network), copy_for_export(half), loaded]
    for copy in copies:
        assert [layer.name for layer in copy.layers] == [layer.name for layer in network.layers]
        assert len(copy.trainable_weights) == len(network.trainable_weights)
        assert all(np.array_equal(*both) for both in zip(arrays(copy(inputs)), expected, strict=True))
    assert "bfloat16" in {layer.compute_dtype for layer in half.layers}
    for output, exact in zip(arrays(half(inputs)), expected, strict=True):
        assert output.dtype == np.float32
        assert np.abs(output - exact).max() < 0.1 * max(1, np.abs(exact).max())


def slopes(network, **options):
    """Returns how fast the squared outputs grow if each trainable weight moves in a random direction: 0 if it idles."""
    with_random_weights(network)
    inputs = random_inputs(network)
    generator = np.random.default_rng(1)
    directions = [generator.normal(size=weight.shape).astype(np.float32) for weight in network.trainable_variables]

    def squares(steps):
        moved = [
            weight.value + steps[place] * direction
            for place, (weight, direction) in enumerate(zip(network.trainable_variables, directions, strict=True))
        ]
        outputs, _ = network.stateless_call(moved, network.non_trainable_variables, inputs)
        return sum(keras.ops.sum(keras.ops.square(output)) for output in keras.tree.flatten(outputs))

    return gradient(squares, np.zeros(len(directions)), **options)


def layer_names(network):
    """Names of its layers, of layers within them, and of its operations."""
    nested = [layer_names(layer) for layer in network.layers if isinstance(layer, keras.Model)]
    return [operation.name for operation in network.operations], nested
