"""Feature extractor of the scores: the metric network, and optionally a feature network provided by the user."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import Pixels
from gan_pipelines.scores.feature_networks import FeatureNetwork, feature_network
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.scores.metric_network import ImageFeatures, predict
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import network_digest


@dataclass(frozen=True, eq=False)
class FeatureExtractor:
    """Computes the features and class probabilities that scores compare.

    Args:
        metric_network: Predicts the class probabilities.
        feature_network: Computes the features. Default: the metric network computes them.
    """

    metric_network: keras.Model
    feature_network: FeatureNetwork | None = None

    def __call__(self, pixels: Pixels) -> ImageFeatures:
        """Returns features and class probabilities of images in [-1, 1], ``(images, height, width, channels)``."""
        image_features = predict(self.metric_network, pixels)
        if self.feature_network is None:
            return image_features
        return ImageFeatures(self.feature_network(pixels), image_features.probabilities)

    def describe(self, features: NDArray[np.float32]) -> dict[str, Any]:
        """Returns the identity of the features; scores with different features do not compare.

        Args:
            features: Features that it computed, ``(images, dimensions)``.
        """
        if self.feature_network is None:
            identity = {"label": "metric_network", "layer": "features", "sha256": network_digest(self.metric_network)}
            return {**identity, "dimensions": features.shape[1], "distance": "frechet_classifier_distance"}
        identity = {"label": self.feature_network.label, "layer": "output", "sha256": self.feature_network.sha256}
        kind = self.feature_network.label.partition(":")[0]
        return {**identity, "dimensions": features.shape[1], "distance": f"frechet_{kind}_distance"}


def build_feature_extractor(metric_network: keras.Model, features: FeatureParameters) -> FeatureExtractor:
    """Builds the feature extractor that the parameters select.

    Raises:
        UserError: If the user's file cannot be used.
    """
    return FeatureExtractor(metric_network, None if features.kind == "classifier" else feature_network(features))
