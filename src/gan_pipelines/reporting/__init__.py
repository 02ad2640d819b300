"""Pictures and tables of a run: sample grids, animations, loss curves, the model card."""
