"""Parameter schemas of each kind of model, validated before a run starts."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import Field, model_validator

from gan_pipelines.adversarial.parameters import (
    AdversarialTrainingParameters,
    InterpolationParameters,
    SamplingParameters,
)
from gan_pipelines.adversarial.stage_parameters import StagedTrainingParameters
from gan_pipelines.headlines.model_parameters import (
    DecodingParameters,
    LanguageModelParameters,
    LanguageTrainingParameters,
)
from gan_pipelines.headlines.parameters import TextParameters
from gan_pipelines.networks.architectures import ARCHITECTURES, Architecture, architectures
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.presets import deep_merge
from gan_pipelines.reporting.parameters import Claims, GridParameters
from gan_pipelines.scores.parameters import PointScoringParameters, ScoringParameters
from gan_pipelines.scores.text_parameters import TextScoringParameters
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.point_parameters import PointsParameters
from gan_pipelines.training.codes import CodeParameters

if TYPE_CHECKING:
    ImageArchitecture: TypeAlias = str
    LabelledArchitecture: TypeAlias = str
    CodedArchitecture: TypeAlias = str
    PairArchitecture: TypeAlias = str
    PointArchitecture: TypeAlias = str
    GrowingArchitecture: TypeAlias = str
else:  # literals, so that validation errors list the allowed names
    ImageArchitecture = Literal[architectures("images")]
    LabelledArchitecture = Literal[architectures("images", takes="labels")]
    CodedArchitecture = Literal[architectures("images", takes="codes")]
    PairArchitecture = Literal[architectures("pairs")]
    PointArchitecture = Literal[architectures("points")]
    GrowingArchitecture = Literal[tuple(name for name, each in ARCHITECTURES.items() if each.grows)]


class ImageNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of an image GAN."""

    architecture: ImageArchitecture = "mnist_transposed"


class LabelledNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of a class-conditional image GAN."""

    architecture: LabelledArchitecture = "conditional_transposed"


class CodedNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of an image GAN whose latents have codes."""

    architecture: CodedArchitecture = "infogan"
    codes: CodeParameters | None = CodeParameters()


class PairNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of a GAN that generates pairs of images."""

    architecture: PairArchitecture = "coupled"


class GrowingNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of an image GAN that grows."""

    architecture: GrowingArchitecture = "progressive_small"


class PointNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that generates points."""

    architecture: PointArchitecture = "quadratic_mlp"


class GANParameters(PresetParameters):
    """Parameters that all GANs have."""

    networks: NetworksParameters = NetworksParameters()
    training: AdversarialTrainingParameters = AdversarialTrainingParameters()
    sampling: SamplingParameters = SamplingParameters()
    claims: Claims = Field(default={})

    @model_validator(mode="after")
    def _truncation_is_effective(self) -> "GANParameters":
        truncation = self.sampling.truncation
        if truncation is not None and truncation >= 1 and self.networks.latent_distribution == "uniform":
            raise ValueError(
                f"`sampling.truncation` is {truncation}, but uniform latents (`networks.latent_distribution`) "
                "are within [-1, 1]; choose a value less than 1, or remove `sampling.truncation`"
            )
        return self


class ImageGANParameters(GANParameters):
    """Parameters of an image GAN."""

    images: ImagesParameters = ImagesParameters()
    networks: ImageNetworksParameters = ImageNetworksParameters()
    interpolation: InterpolationParameters = InterpolationParameters()
    grid: GridParameters = GridParameters()
    scoring: ScoringParameters = ScoringParameters()

    @property
    def _architecture(self) -> Architecture:
        return ARCHITECTURES[self.networks.architecture]

    @model_validator(mode="after")
    def _architecture_supports_the_image_size(self) -> "ImageGANParameters":
        size, multiple = self.images.image_size, self._architecture.size_multiple
        if size % multiple:
            raise ValueError(
                f"`networks.architecture` {self.networks.architecture!r} needs an image size that is a multiple of "
                f"{multiple} px, but the images have {size} px; change `images.size` or `networks.architecture`"
            )
        return self

    @model_validator(mode="after")
    def _loss_matches_the_discriminator(self) -> "ImageGANParameters":
        architecture, loss = self.networks.architecture, self.training.loss.name
        if self._architecture.rebuilds != (loss == "boundary_equilibrium"):
            autoencoder = next(name for name, each in ARCHITECTURES.items() if each.rebuilds)
            raise ValueError(
                f"`training.loss.name` is {loss!r} and `networks.architecture` {architecture!r}, but the loss "
                "'boundary_equilibrium' and a discriminator that is an autoencoder need each other; choose both (such "
                f"as the architecture {autoencoder!r}) or neither"
            )
        return self

    @model_validator(mode="after")
    def _codes_match_the_architecture(self) -> "ImageGANParameters":
        takes_codes = "codes" in self._architecture.takes
        if takes_codes != (self.networks.codes is not None):
            raise ValueError(
                f"`networks.codes` is {'missing' if takes_codes else 'given'}, but `networks.architecture` "
                f"{self.networks.architecture!r} {'needs' if takes_codes else 'does not take'} codes; "
                f"architectures with codes: {', '.join(architectures('images', takes='codes'))}"
            )
        if self.training.mutual_information is not None and not takes_codes:
            raise ValueError(
                "`training.mutual_information` is given, but `networks.codes` is missing; remove "
                "`training.mutual_information`"
            )
        return self

    @model_validator(mode="after")
    def _generator_batch_size_matches_the_labels(self) -> "ImageGANParameters":
        takes_labels = "labels" in self._architecture.takes
        if takes_labels and self.training.generator_batch_size not in (None, self.training.batch_size):
            raise ValueError(
                f"`training.generator_batch_size` is {self.training.generator_batch_size}, but with the architecture "
                f"{self.networks.architecture!r} each generated image gets the label of one of the "
                f"{self.training.batch_size} real images of a batch; remove it"
            )
        return self


class ReferenceParameters(ParameterModel):
    """The section ``<model>.reference``: keys of `networks` and `training` in which a reference differs."""

    networks: dict[str, Any] = Field(default={})
    training: dict[str, Any] = Field(default={})


class ReferencedGANParameters(ImageGANParameters):
    """Parameters of an image GAN that is compared with a reference."""

    reference: ReferenceParameters = ReferenceParameters()
    """Training of the reference, with the same images, sampling and scores."""

    @model_validator(mode="after")
    def _reference_is_valid(self) -> "ReferencedGANParameters":
        own = self.model_dump(include={"images", "networks", "training"}, exclude_unset=True)
        ImageGANParameters.model_validate(deep_merge(own, self.reference.model_dump()))
        return self


class GrowingGANParameters(ReferencedGANParameters):
    """Parameters of an image GAN that grows, compared with a reference that does not."""

    networks: GrowingNetworksParameters = GrowingNetworksParameters()
    training: StagedTrainingParameters

    @model_validator(mode="after")
    def _last_stage_has_the_image_size(self) -> "GrowingGANParameters":
        last, size = self.training.stages[-1].size, self.images.image_size
        if last != size:
            raise ValueError(
                f"the last of `training.stages` has {last} px, but the images have {size} px (`images.size`); make "
                "them equal"
            )
        return self


class LabelledGANParameters(ImageGANParameters):
    """Parameters of a class-conditional image GAN."""

    networks: LabelledNetworksParameters = LabelledNetworksParameters()


class CodedGANParameters(ImageGANParameters):
    """Parameters of an image GAN whose latents have codes."""

    networks: CodedNetworksParameters = CodedNetworksParameters()


class CoupledGANParameters(ImageGANParameters):
    """Parameters of a GAN that generates pairs of images in two domains."""

    networks: PairNetworksParameters = PairNetworksParameters()

    @model_validator(mode="after")
    def _source_is_not_stacked(self) -> "CoupledGANParameters":
        if self.images.source == "stacked":
            raise ValueError(
                "`images.source` is 'stacked', whose images show three digits each, but the images of a pair must "
                "each show one class; choose another source"
            )
        return self

    @model_validator(mode="after")
    def _storage_is_memory(self) -> "CoupledGANParameters":
        if self.images.storage == "disk":
            raise ValueError(
                "`images.storage` is 'disk', but pairs of images and edges are computed in memory; choose 'memory', "
                "and reduce `images.limit` if they do not fit"
            )
        return self


class PointGANParameters(GANParameters):
    """Parameters of a GAN that generates points in the plane."""

    points: PointsParameters = PointsParameters()
    networks: PointNetworksParameters = PointNetworksParameters()
    scoring: PointScoringParameters = PointScoringParameters()

    @model_validator(mode="after")
    def _has_no_augmentation(self) -> "PointGANParameters":
        if self.training.augmentation:
            raise ValueError(
                f"`training.augmentation` is {', '.join(self.training.augmentation)}, which applies to images, but "
                "these are points; remove it"
            )
        return self

    @model_validator(mode="after")
    def _has_no_snapshots(self) -> "PointGANParameters":
        if self.training.snapshots is not None:
            raise ValueError(
                "`training.snapshots` saves generators to score them over the training, but point generators are "
                "scored only at the end; remove it"
            )
        return self

    @model_validator(mode="after")
    def _loss_is_not_boundary_equilibrium(self) -> "PointGANParameters":
        if self.training.loss.name == "boundary_equilibrium":
            raise ValueError(
                "`training.loss.name` is 'boundary_equilibrium', which needs an autoencoder of images as "
                "discriminator, but these are points; choose another loss"
            )
        return self


class HeadlinesParameters(PresetParameters):
    """Parameters of a language model that generates headlines."""

    text: TextParameters = TextParameters()
    networks: LanguageModelParameters = LanguageModelParameters()
    training: LanguageTrainingParameters = LanguageTrainingParameters()
    sampling: DecodingParameters = DecodingParameters()
    scoring: TextScoringParameters = TextScoringParameters()
    claims: Claims = Field(default={})
