"""The parameters of each kind of model, whole: what is checked before anything runs."""

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field, model_validator

from gan_pipelines.adversarial.parameters import (
    AdversarialTrainingParameters,
    InterpolationParameters,
    SamplingParameters,
)
from gan_pipelines.headlines.model_parameters import (
    DecodingParameters,
    LanguageModelParameters,
    LanguageTrainingParameters,
)
from gan_pipelines.headlines.parameters import TextParameters
from gan_pipelines.networks.architectures import ARCHITECTURES, Architecture, architectures
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.parameter_model import PresetParameters
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
else:  # names of architectures that fit; checks of parameters name them
    ImageArchitecture = Literal[architectures("images")]
    LabelledArchitecture = Literal[architectures("images", takes="labels")]
    CodedArchitecture = Literal[architectures("images", takes="codes")]
    PairArchitecture = Literal[architectures("pairs")]
    PointArchitecture = Literal[architectures("points")]


class ImageNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws images."""

    architecture: ImageArchitecture = "mnist_transposed"


class LabelledNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws images of a class that it is asked for."""

    architecture: LabelledArchitecture = "conditional_transposed"


class CodedNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws images from latents with codes."""

    architecture: CodedArchitecture = "information"
    codes: CodeParameters | None = CodeParameters()


class PairNetworksParameters(ImageNetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws pairs of images."""

    architecture: PairArchitecture = "coupled"


class PointNetworksParameters(NetworksParameters):
    """The section ``<model>.networks`` of a GAN that draws points."""

    architecture: PointArchitecture = "quadratic_mlp"


class GANParameters(PresetParameters):
    """What the parameters of every GAN have in common."""

    networks: NetworksParameters = NetworksParameters()
    training: AdversarialTrainingParameters = AdversarialTrainingParameters()
    sampling: SamplingParameters = SamplingParameters()
    claims: Claims = Field(default={})

    @model_validator(mode="after")
    def _truncation_leaves_something_out(self) -> "GANParameters":
        truncation = self.sampling.truncation
        if truncation is not None and truncation >= 1 and self.networks.latent_distribution == "uniform":
            raise ValueError(
                f"`sampling.truncation` is {truncation}, but uniform latents (`networks.latent_distribution`) "
                "lie within [-1, 1] anyway; choose less than 1, or leave it out"
            )
        return self


class ImageGANParameters(GANParameters):
    """The parameters of a GAN that draws images."""

    images: ImagesParameters = ImagesParameters()
    networks: ImageNetworksParameters = ImageNetworksParameters()
    interpolation: InterpolationParameters = InterpolationParameters()
    grid: GridParameters = GridParameters()
    scoring: ScoringParameters = ScoringParameters()

    @property
    def _architecture(self) -> Architecture:
        return ARCHITECTURES[self.networks.architecture]

    @model_validator(mode="after")
    def _networks_fit_the_images(self) -> "ImageGANParameters":
        size, multiple = self.images.image_size, self._architecture.size_multiple
        if size % multiple:
            raise ValueError(
                f"`networks.architecture` {self.networks.architecture!r} makes images whose size is a multiple of "
                f"{multiple} px, but these have {size} px; change `images.size` or the architecture"
            )
        return self

    @model_validator(mode="after")
    def _loss_fits_the_discriminator(self) -> "ImageGANParameters":
        architecture, loss = self.networks.architecture, self.training.loss.name
        if self._architecture.rebuilds != (loss == "boundary_equilibrium"):
            rebuilding = next(name for name, each in ARCHITECTURES.items() if each.rebuilds)
            raise ValueError(
                f"`training.loss.name` is {loss!r} and `networks.architecture` {architecture!r}, but the loss "
                "'boundary_equilibrium' and a discriminator that rebuilds images need each other; choose both, such as "
                f"the architecture {rebuilding!r}, or neither"
            )
        return self

    @model_validator(mode="after")
    def _codes_are_where_they_are_taken(self) -> "ImageGANParameters":
        takes_codes = "codes" in self._architecture.takes
        if takes_codes != (self.networks.codes is not None):
            raise ValueError(
                f"`networks.codes` is {'missing' if takes_codes else 'given'}, but `networks.architecture` "
                f"{self.networks.architecture!r} takes {'some' if takes_codes else 'none'}; these take codes: "
                f"{', '.join(architectures('images', takes='codes'))}"
            )
        if self.training.information is not None and not takes_codes:
            raise ValueError("`training.information` is told of codes, but `networks.codes` has none; leave it out")
        return self

    @model_validator(mode="after")
    def _generated_images_get_the_labels_of_real_ones(self) -> "ImageGANParameters":
        takes_labels = "labels" in self._architecture.takes
        if takes_labels and self.training.generator_batch_size not in (None, self.training.batch_size):
            raise ValueError(
                f"`training.generator_batch_size` is {self.training.generator_batch_size}, but with the architecture "
                f"{self.networks.architecture!r} each generated image gets the label of one of the "
                f"{self.training.batch_size} real ones of a batch; leave it out"
            )
        return self


class LabelledGANParameters(ImageGANParameters):
    """The parameters of a GAN that draws images of a class that it is asked for."""

    networks: LabelledNetworksParameters = LabelledNetworksParameters()


class CodedGANParameters(ImageGANParameters):
    """The parameters of a GAN that draws images from latents with codes."""

    networks: CodedNetworksParameters = CodedNetworksParameters()


class CoupledGANParameters(ImageGANParameters):
    """The parameters of a GAN that draws pairs of images in two domains."""

    networks: PairNetworksParameters = PairNetworksParameters()

    @model_validator(mode="after")
    def _stacks_are_not_coupled(self) -> "CoupledGANParameters":
        if self.images.source == "stacked":
            raise ValueError(
                "`images.source` is 'stacked', whose pictures hold three digits each, but each image of a pair is to "
                "be of one class; choose another source"
            )
        return self

    @model_validator(mode="after")
    def _pairs_are_made_in_memory(self) -> "CoupledGANParameters":
        if self.images.storage == "disk":
            raise ValueError(
                "`images.storage` is 'disk', but pairs of images and edges are made in memory; choose 'memory', and "
                "fewer images with `images.limit` where they do not fit"
            )
        return self


class PointGANParameters(GANParameters):
    """The parameters of a GAN that draws points of a plane."""

    points: PointsParameters = PointsParameters()
    networks: PointNetworksParameters = PointNetworksParameters()
    scoring: PointScoringParameters = PointScoringParameters()

    @model_validator(mode="after")
    def _points_are_not_augmented(self) -> "PointGANParameters":
        if self.training.augmentation:
            raise ValueError(
                f"`training.augmentation` is {', '.join(self.training.augmentation)}, which is done to images, but "
                "these are points; leave it out"
            )
        return self

    @model_validator(mode="after")
    def _generators_by_the_way_are_not_scored(self) -> "PointGANParameters":
        if self.training.snapshots is not None:
            raise ValueError(
                "`training.snapshots` keeps generators to find the best of them, but those of points are not scored by "
                "the way; leave it out"
            )
        return self

    @model_validator(mode="after")
    def _points_are_not_rebuilt(self) -> "PointGANParameters":
        if self.training.loss.name == "boundary_equilibrium":
            raise ValueError(
                "`training.loss.name` is 'boundary_equilibrium', which needs a discriminator that rebuilds images, but "
                "these are points; choose another loss"
            )
        return self


class HeadlinesParameters(PresetParameters):
    """The parameters of a language model that writes headlines."""

    text: TextParameters = TextParameters()
    networks: LanguageModelParameters = LanguageModelParameters()
    training: LanguageTrainingParameters = LanguageTrainingParameters()
    sampling: DecodingParameters = DecodingParameters()
    scoring: TextScoringParameters = TextScoringParameters()
    claims: Claims = Field(default={})
