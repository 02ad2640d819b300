"""Each model's parameters, whole: what is checked before anything runs."""

from pydantic import model_validator

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, SamplingParameters
from gan_pipelines.networks.parameters import SIZE_STEPS, NetworksParameters
from gan_pipelines.parameter_model import ParameterModel
from gan_pipelines.scores.parameters import ScoringParameters
from gan_pipelines.sources.parameters import ImagesParameters


class ImageGANParameters(ParameterModel):
    """The parameters of a GAN that draws images."""

    images: ImagesParameters = ImagesParameters()
    networks: NetworksParameters = NetworksParameters()
    training: AdversarialTrainingParameters = AdversarialTrainingParameters()
    sampling: SamplingParameters = SamplingParameters()
    scoring: ScoringParameters = ScoringParameters()

    @model_validator(mode="after")
    def _networks_fit_the_images(self) -> "ImageGANParameters":
        size, step = self.images.image_size, SIZE_STEPS[self.networks.architecture]
        if size % step:
            raise ValueError(
                f"`networks.architecture` {self.networks.architecture!r} makes images whose size is a multiple of "
                f"{step} px, but these have {size} px; change `images.size` or the architecture"
            )
        return self


MODEL_PARAMETERS: dict[str, type[ParameterModel]] = {"dcgan": ImageGANParameters}
"""What stands below each top-level key of the parameters."""
