"""Metrics as pure functions of features, and the networks that compute the features."""

from gan_pipelines.scores.classifier import classifier_score
from gan_pipelines.scores.coverage import reverse_kl
from gan_pipelines.scores.frechet import frechet_distance
from gan_pipelines.scores.kernel import kernel_distance
from gan_pipelines.scores.precision_recall import density_coverage, precision_recall

__all__ = [
    "classifier_score",
    "density_coverage",
    "frechet_distance",
    "kernel_distance",
    "precision_recall",
    "reverse_kl",
]
