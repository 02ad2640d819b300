"""What tests need of the backend that Keras runs on, the same for TensorFlow and for JAX."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from gan_pipelines.training.backend import open_device

BACKEND = keras.backend.backend()

only_on_tensorflow = pytest.mark.skipif(BACKEND != "tensorflow", reason="is about TensorFlow alone")
only_on_jax = pytest.mark.skipif(BACKEND != "jax", reason="is about JAX alone")

WITHOUT_XLA = False if BACKEND == "tensorflow" else "auto"
"""For tests that would take long with XLA; JAX compiles by it in any case."""
JIT_CHOICES = [False, True] if BACKEND == "tensorflow" else [True]


def step_number(number):
    """The number of a step as the compiled step gets it."""
    return keras.ops.convert_to_tensor(number, "int64" if BACKEND == "tensorflow" else "int32")


def compile_steps(engine, data, batches_shape=(1, 8), jit="auto", logged=None):
    """Prepares the steps of an engine on one device, as a training does."""
    device = open_device("cpu", jit, batches_shape[1])
    variables = [*engine.variables().values()]
    return device.compile_steps(engine.step, logged or engine.logged, variables, data, batches_shape)


def traced(function, *arrays, variables=(), jit=None):
    """Calls a function in a step that is traced and compiled, and returns its tensors as arrays.

    Args:
        function: From tensors to tensors, in lists, tuples and dictionaries.
        arrays: What it is given.
        variables: All that it reads and changes.
        jit: Whether XLA compiles it, where there is a choice.
    """
    if BACKEND == "tensorflow":
        import tensorflow as tf

        compiled = tf.function(function, autograph=False, jit_compile=jit)
        return keras.tree.map_structure(np.asarray, compiled(*(tf.constant(array) for array in arrays)))
    import jax

    result, values = jax.jit(_pure(function, variables))([variable.value for variable in variables], *arrays)
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return keras.tree.map_structure(np.asarray, result)


def gradient(function, at, **options):
    """Returns the gradient of a number that a function computes of a float32 array, traced as in a step."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        return traced(lambda place: tf.gradients(function(place), place)[0], np.float32(at), **options)
    import jax

    return traced(jax.grad(function), np.float32(at), **options)


def run_python(program, *arguments, backend=BACKEND, **environment):
    """Runs a program of Python's in a process of its own, on a backend, and returns what it printed."""
    result = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"KERAS_BACKEND": backend} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


def _pure(function, variables):
    """Makes of a function that reads and assigns variables one that takes and returns their values."""
    from gan_pipelines.training.backend.jax_backend import _call_stateless, _traced_variables

    def pure(values, *arrays):
        with _traced_variables(variables):
            result, changes = _call_stateless(lambda: function(*arrays), values)
        return result, [changes.get(place, value) for place, value in enumerate(values)]

    return pure
