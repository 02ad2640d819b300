"""Each model's parameters, whole: what is checked before anything runs."""

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, SamplingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.scores.parameters import ScoringParameters
from gan_pipelines.sources.parameters import ImagesParameters


class ImageGANParameters(ParameterModel):
    """The parameters of a GAN that draws images."""

    images: ImagesParameters = ImagesParameters()
    networks: NetworksParameters = NetworksParameters()
    training: AdversarialTrainingParameters
    sampling: SamplingParameters = SamplingParameters()
    scoring: ScoringParameters = ScoringParameters()


MODEL_PARAMETERS: dict[str, type[ParameterModel]] = {"dcgan": ImageGANParameters}
"""What stands below each top-level key of the parameters."""
