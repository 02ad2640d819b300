"""Kedro's settings for this project."""

import os

from gan_pipelines.hooks import ParameterHooks
from gan_pipelines.pipelines.parameters import MODEL_PARAMETERS

# Sessions import this before any node imports TensorFlow. Its C++ part then tells errors only, but for some lines
# that it writes before it reads the level (tensorflow/tensorflow issue 100442).
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

HOOKS = (ParameterHooks(MODEL_PARAMETERS),)

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "merge_strategy": {"parameters": "soft"},  # an environment states only what differs
}
