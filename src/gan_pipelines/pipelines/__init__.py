"""Kedro pipelines: one per stage and per kind of model, instantiated for each model under its namespace."""
