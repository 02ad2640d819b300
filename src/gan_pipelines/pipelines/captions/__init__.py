"""Stages that all models share that draw pictures from captions."""
