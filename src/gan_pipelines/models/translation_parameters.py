"""Parameter schemas of the models that translate pictures."""

from pydantic import Field, model_validator

from gan_pipelines.adversarial.translation_parameters import (
    PairedTrainingParameters,
    PretrainingParameters,
    UnpairedTrainingParameters,
)
from gan_pipelines.networks.translation_parameters import (
    PairedNetworksParameters,
    UnpairedNetworksParameters,
    UpscalingNetworksParameters,
)
from gan_pipelines.parameter_model import PresetParameters
from gan_pipelines.reporting.parameters import Claims, SheetParameters
from gan_pipelines.scores.parameters import ContentNetworkParameters, TranslationScoringParameters
from gan_pipelines.sources.translation_parameters import (
    DomainImagesParameters,
    PairedImagesParameters,
    UpscalingImagesParameters,
)


class TranslatorParameters(PresetParameters):
    """Parameters that all translators have."""

    grid: SheetParameters = SheetParameters()
    scoring: TranslationScoringParameters = TranslationScoringParameters()
    claims: Claims = Field(default={})


class PairedTranslatorParameters(TranslatorParameters):
    """Parameters of a translator that is trained on pairs."""

    images: PairedImagesParameters = PairedImagesParameters()
    networks: PairedNetworksParameters = PairedNetworksParameters()
    training: PairedTrainingParameters = PairedTrainingParameters()

    @model_validator(mode="after")
    def _has_no_content_loss(self) -> "PairedTranslatorParameters":
        if self.training.content is not None:
            raise ValueError(
                "`training.content` is given, but only super-resolution trains a network for it; remove it"
            )
        return self


class UnpairedTranslatorParameters(TranslatorParameters):
    """Parameters of translators between two domains, in both directions."""

    images: DomainImagesParameters = DomainImagesParameters()
    networks: UnpairedNetworksParameters = UnpairedNetworksParameters()
    training: UnpairedTrainingParameters = UnpairedTrainingParameters()


class UpscalerParameters(TranslatorParameters):
    """Parameters of a network that enlarges pictures."""

    images: UpscalingImagesParameters = UpscalingImagesParameters()
    networks: UpscalingNetworksParameters = UpscalingNetworksParameters()
    pretraining: PretrainingParameters = PretrainingParameters()
    content_network: ContentNetworkParameters = ContentNetworkParameters()
    training: PairedTrainingParameters = PairedTrainingParameters()

    @model_validator(mode="after")
    def _content_and_scores_have_networks_of_their_own(self) -> "UpscalerParameters":
        seed = self.content_network.seed
        if self.content_network.kind == "rotations" and seed == self.scoring.metric_network.seed:
            raise ValueError(
                f"`content_network.seed` and `scoring.metric_network.seed` are both {seed}, but a model must not be "
                "scored by the network that it was trained on; change one of them"
            )
        return self

    @model_validator(mode="after")
    def _vgg19_sees_colours(self) -> "UpscalerParameters":
        if self.content_network.kind == "vgg19" and self.images.colour == "gray":
            raise ValueError(
                "`content_network.kind` is 'vgg19', which takes pictures in colour, but `images.colour` is 'gray'; set "
                "it to 'rgb', or `content_network.kind` to 'rotations'"
            )
        return self
