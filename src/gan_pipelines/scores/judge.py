"""What looks at images for the scores: the metric network, and a feature network where the user brings one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.pixels import Pixels
from gan_pipelines.scores.feature_networks import FeatureJudge, feature_judge
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.scores.metric_network import Judgement, judge
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import network_digest


@dataclass(frozen=True, eq=False)
class Judge:
    """Says of images what scores compare.

    Args:
        metric_network: Gives the classes and, without a feature network, the features.
        feature_network: Gives the features instead.
    """

    metric_network: keras.Model
    feature_network: FeatureJudge | None = None

    def __call__(self, pixels: Pixels) -> Judgement:
        """Looks at images in [-1, 1], ``(images, height, width, channels)``."""
        judgement = judge(self.metric_network, pixels)
        if self.feature_network is None:
            return judgement
        return Judgement(self.feature_network(pixels), judgement.probabilities)

    def describe(self, features: NDArray[np.float32]) -> dict[str, Any]:
        """Returns whose features these are: scores of different ones do not compare.

        Args:
            features: What it said of some images, ``(images, dimensions)``.
        """
        if self.feature_network is None:
            named = {"label": "metric_network", "layer": "features", "sha256": network_digest(self.metric_network)}
            return {**named, "dimensions": features.shape[1], "distance": "frechet_classifier_distance"}
        named = {"label": self.feature_network.label, "layer": "output", "sha256": self.feature_network.sha256}
        kind = self.feature_network.label.partition(":")[0]
        return {**named, "dimensions": features.shape[1], "distance": f"frechet_{kind}_distance"}


def open_judge(metric_network: keras.Model, features: FeatureParameters) -> Judge:
    """Brings together the metric network and what the parameters name.

    Raises:
        UserError: The user's file cannot be used.
    """
    return Judge(metric_network, None if features.kind == "classifier" else feature_judge(features))
