"""What a user can say about scoring."""

from typing import Annotated

from pydantic import Field

from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.training.parameters import AdamParameters, OptimizerParameters, TrainingParameters


class ClassifierTrainingParameters(TrainingParameters):
    """How networks are trained that tell the classes of images."""

    epochs: Annotated[int, Field(ge=1, le=10_000)] | None = 15
    batch_size: Annotated[int, Field(ge=1)] = 64
    optimizer: OptimizerParameters = AdamParameters(learning_rate=1e-3)


class MetricNetworkParameters(ClassifierTrainingParameters):
    """The network whose features and classes the scores are made of: its training, and what it has to reach."""

    accuracy_floor: Annotated[float, Field(ge=0, le=1)] | None = None
    """Held-out accuracy below which nothing is scored: a network that knows too little would judge at random.

    Without one, 0.8 for classes and 0.5 for quarter turns, of which chance gets 0.25.
    """


class _JudgingParameters(ParameterModel):
    """What all scores of images take."""

    features: FeatureParameters = FeatureParameters()
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Decides which real images the floor is drawn from, the order of samples in splits, and the latents from which
    every snapshot of the training is scored."""


class SampleScoringParameters(_JudgingParameters):
    """What the scores of samples take."""

    splits: Annotated[int, Field(ge=1, le=100)] = 10
    """Parts over which the classifier score's standard deviation is taken."""
    floor_draws: Annotated[int, Field(ge=1, le=100)] = 5
    """Real-against-real distances whose mean is the floor."""
    minimum_share: Annotated[float, Field(gt=0, lt=1)] = 0.03
    """Share of the samples below which a class counts as neglected."""


class SnapshotScoringParameters(_JudgingParameters):
    """What the scores over a training take."""

    snapshot_images: Annotated[int, Field(ge=2, le=100_000)] = 500
    """Images drawn from the generator at each snapshot of the training, and scored against training images."""


class ScoringParameters(SampleScoringParameters, SnapshotScoringParameters):
    """The section ``<model>.scoring``."""

    metric_network: MetricNetworkParameters = MetricNetworkParameters()


class PointScoringParameters(ParameterModel):
    """The section ``<model>.scoring`` of a GAN that draws points."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Decides which real points the energy distance is taken from."""
