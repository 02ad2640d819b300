"""Metrics as pure functions of features, and the network that makes the features."""
