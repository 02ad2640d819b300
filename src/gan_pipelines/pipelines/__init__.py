"""Kedro's stages: thin nodes, wired once, instanced for each model by namespace."""
