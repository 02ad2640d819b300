"""Plots, images, tables and the model card of a run."""
