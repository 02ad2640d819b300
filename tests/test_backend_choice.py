import os
import subprocess
import sys

import pytest

from gan_pipelines import backend_choice
from gan_pipelines.backend_choice import choose_backend, set_defaults
from gan_pipelines.errors import UserError


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({}, "KERAS_BACKEND", "tensorflow"),
        ({"KERAS_BACKEND": ""}, "KERAS_BACKEND", "tensorflow"),
        ({"KERAS_BACKEND": "jax"}, "KERAS_BACKEND", "jax"),
        ({}, "TF_FORCE_GPU_ALLOW_GROWTH", "true"),
        ({"TF_FORCE_GPU_ALLOW_GROWTH": "false"}, "TF_FORCE_GPU_ALLOW_GROWTH", "false"),
        ({}, "XLA_PYTHON_CLIENT_PREALLOCATE", "false"),
        ({}, "XLA_FLAGS", "--xla_gpu_deterministic_ops=true"),
        ({"XLA_FLAGS": "--xla_a=1"}, "XLA_FLAGS", "--xla_a=1 --xla_gpu_deterministic_ops=true"),
        (
            {"XLA_FLAGS": "--xla_gpu_deterministic_ops=false"},
            "XLA_FLAGS",
            "--xla_gpu_deterministic_ops=false",
        ),
        ({"XLA_FLAGS": "flags.txt"}, "XLA_FLAGS", "flags.txt"),
    ],
)
def test_what_the_user_has_set_counts_before_the_defaults(given, name, expected):
    environment = dict(given)
    set_defaults(environment)
    assert environment[name] == expected
    once = dict(environment)
    set_defaults(environment)
    assert environment == once  # so that a process and those it starts have the same incremental keys


def test_the_backend_is_tensorflow_unless_named(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert choose_backend() == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert choose_backend() == "jax"


def test_a_backend_that_the_project_does_not_know_is_refused(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(UserError, match=r"KERAS_BACKEND is 'torch'; allowed: tensorflow, jax\. Set it to one"):
        choose_backend()


@pytest.mark.parametrize(("backend", "command"), [("tensorflow", "-e ."), ("jax", r"-e '\.\[jax\]'")])
def test_a_backend_that_is_not_installed_is_told_with_the_command_that_installs_it(monkeypatch, backend, command):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(backend_choice.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=rf"{backend} is not installed\. Install it with `pip install {command}`"):
        choose_backend()


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        "import jax; assert float(jax.jit(lambda x: 2 * x)(1.0)) == 2",
        "import tensorflow as tf; assert float(tf.function(lambda x: 2 * x, jit_compile=True)(tf.constant(1.0))) == 2",
    ],
    ids=["jax", "tensorflow"],
)
def test_both_backends_compile_with_the_defaults(program):
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    set_defaults(environment)
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
