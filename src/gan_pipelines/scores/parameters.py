"""Parameters of the scores."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.scores.feature_parameters import FeatureParameters, NetworkFileParameters
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, TrainingParameters


class ClassifierTrainingParameters(TrainingParameters):
    """Training parameters of image classifiers."""

    epochs: Annotated[int, Field(ge=1, le=10_000)] | None = 15
    batch_size: Annotated[int, Field(ge=1)] = 64
    optimizer: OptimizerParameters = AdamParameters(learning_rate=1e-3)


class ContentNetworkParameters(ClassifierTrainingParameters, NetworkFileParameters):
    """The section ``<model>.content_network``: the network whose features a content loss compares."""

    kind: Literal["rotations", "vgg19"] = "rotations"
    """A classifier of rotations, trained on the pictures; or VGG19 of ImageNet with the weights in ``path``, which
    ignores the keys of the training."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1

    @model_validator(mode="after")
    def _file_fits_kind(self) -> "ContentNetworkParameters":
        if self.kind == "rotations":
            self._check_no_file(self.kind, "a network that is trained on the pictures", "'vgg19'")
        else:
            self._check_file(self.kind)
        return self


class MetricNetworkParameters(ClassifierTrainingParameters):
    """The section ``<model>.scoring.metric_network``: training and required accuracy of the metric network."""

    minimum_accuracy: Annotated[float, Field(ge=0, le=1)] | None = None
    """Held-out accuracy below which nothing is scored, as the classes of an inaccurate network are meaningless.

    Default: 0.8 for classes, and 0.5 for rotations by multiples of 90 degrees, whose chance level is 0.25.
    """


class _ImageScoringParameters(ParameterModel):
    """Parameters common to all scores of images."""

    features: FeatureParameters = FeatureParameters()
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of the real images in baselines, of the order of samples in splits, and of the latents of the snapshots that
    are scored over the training."""


class SampleScoringParameters(_ImageScoringParameters):
    """Parameters of the scores of samples."""

    splits: Annotated[int, Field(ge=1, le=100)] = 10
    """Number of splits over which the classifier score's mean and standard deviation are computed."""
    baseline_draws: Annotated[int, Field(ge=1, le=100)] = 5
    """Number of distances between sets of real images whose mean is `real_baseline`."""
    minimum_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.03
    """Fraction of the samples below which a class counts as underrepresented."""
    sliced_wasserstein_images: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Maximum number of images of each set whose patches the sliced Wasserstein distance compares.

    Time and memory are proportional to it: with 1,000 gray images of 28x28 pixels or 200 in colour of 96x96, some 3
    seconds of a core and 100 MB; 1,000 in colour take 300 MB. Karras et al. 2018 compare 16,384."""


class SnapshotScoringParameters(_ImageScoringParameters):
    """Parameters of the scores over the training."""

    snapshot_images: Annotated[int, Field(ge=2, le=100_000)] = 500
    """Number of images generated at each snapshot of the training, and scored against training images."""


class ScoringParameters(SampleScoringParameters, SnapshotScoringParameters):
    """The section ``<model>.scoring``."""

    metric_network: MetricNetworkParameters = MetricNetworkParameters()


class TranslationScoringParameters(_ImageScoringParameters):
    """The section ``<model>.scoring`` of a translator."""

    baseline_draws: Annotated[int, Field(ge=1, le=100)] = 5
    """Number of distances between sets of real images whose mean is `real_baseline`."""
    metric_network: MetricNetworkParameters = MetricNetworkParameters()


class PointScoringParameters(ParameterModel):
    """The section ``<model>.scoring`` of a GAN that generates points."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Seed of the subset of real points in the energy distance."""
