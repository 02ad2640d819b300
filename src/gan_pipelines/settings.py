"""Kedro settings of the project."""

from gan_pipelines.backend_choice import set_defaults
from gan_pipelines.configuration import ConfigurationLoader
from gan_pipelines.context import CompleteContext, ParameterCatalog
from gan_pipelines.hooks import ComparisonHooks, ParameterHooks
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.session import ClusterSession

set_defaults()  # this module is imported before any node imports Keras

HOOKS = (ParameterHooks(SECTIONS), ComparisonHooks())

SESSION_CLASS = ClusterSession
CONTEXT_CLASS = CompleteContext
DATA_CATALOG_CLASS = ParameterCatalog

CONFIG_LOADER_CLASS = ConfigurationLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "merge_strategy": {"parameters": "soft"},  # environments override single keys
}
