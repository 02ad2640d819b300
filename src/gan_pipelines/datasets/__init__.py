"""Kedro datasets that save atomically, verify on load and preview in kedro-viz."""
