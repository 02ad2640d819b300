from gan_pipelines.incremental import IncrementalSession

SESSION_CLASS = IncrementalSession
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry", "kedro-viz")
