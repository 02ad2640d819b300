"""Metrics as pure functions of features, and the network that makes the features."""

from gan_pipelines.scores.classifier import classifier_score
from gan_pipelines.scores.coverage import reverse_kl
from gan_pipelines.scores.frechet import frechet_distance

__all__ = ["classifier_score", "frechet_distance", "reverse_kl"]
