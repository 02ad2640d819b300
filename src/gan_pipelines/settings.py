"""Kedro's settings for this project."""

from gan_pipelines.backend_choice import set_defaults
from gan_pipelines.context import PresetContext
from gan_pipelines.hooks import ComparisonHooks, ParameterHooks
from gan_pipelines.pipelines.parameters import MODEL_PARAMETERS
from gan_pipelines.session import ClusterSession

set_defaults()  # sessions import this before any node imports Keras

HOOKS = (ParameterHooks(MODEL_PARAMETERS), ComparisonHooks())

SESSION_CLASS = ClusterSession
CONTEXT_CLASS = PresetContext

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "merge_strategy": {"parameters": "soft"},  # an environment states only what differs
}
