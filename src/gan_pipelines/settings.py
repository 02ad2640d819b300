"""Kedro's settings for this project."""

import os

from gan_pipelines.context import PresetContext
from gan_pipelines.hooks import ComparisonHooks, ParameterHooks
from gan_pipelines.incremental import IncrementalSession
from gan_pipelines.pipelines.parameters import MODEL_PARAMETERS

# Sessions import this before any node imports TensorFlow. Its C++ part calls a missing GPU and an optimization that it
# leaves out errors; what really fails is raised as well. Some lines are written before the level is read
# (tensorflow/tensorflow issue 100442).
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HOOKS = (ParameterHooks(MODEL_PARAMETERS), ComparisonHooks())

SESSION_CLASS = IncrementalSession
CONTEXT_CLASS = PresetContext

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "merge_strategy": {"parameters": "soft"},  # an environment states only what differs
}
