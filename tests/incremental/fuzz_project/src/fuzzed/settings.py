from gan_pipelines.incremental import IncrementalSession

SESSION_CLASS = IncrementalSession
