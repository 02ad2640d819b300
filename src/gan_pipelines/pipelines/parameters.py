"""Each model's parameters, whole: what is checked before anything runs."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

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
from gan_pipelines.networks.parameters import (
    CODED_ARCHITECTURES,
    COUPLED_ARCHITECTURES,
    LABELLED_ARCHITECTURES,
    REBUILDING_ARCHITECTURES,
    SIZE_STEPS,
    ImageNetworksParameters,
    NetworksParameters,
    PointNetworksParameters,
)
from gan_pipelines.parameter_model import ParameterModel, PresetParameters
from gan_pipelines.reporting.leaderboard import RankedBy
from gan_pipelines.reporting.parameters import Claims, GridParameters
from gan_pipelines.scores.parameters import PointScoringParameters, ScoringParameters
from gan_pipelines.scores.text_parameters import TextScoringParameters
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.point_parameters import PointsParameters

ImageGAN = Literal[
    "dcgan",
    "simple_gan",
    "photo_dcgan",
    "photo_gan",
    "wgan",
    "wgan_gp",
    "lsgan",
    "hinge_gan",
    "r3gan",
    "conditional_gan",
    "infogan",
    "began",
    "cogan",
]


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

    @model_validator(mode="after")
    def _networks_fit_the_images(self) -> "ImageGANParameters":
        size, step = self.images.image_size, SIZE_STEPS[self.networks.architecture]
        if size % step:
            raise ValueError(
                f"`networks.architecture` {self.networks.architecture!r} makes images whose size is a multiple of "
                f"{step} px, but these have {size} px; change `images.size` or the architecture"
            )
        return self

    @model_validator(mode="after")
    def _pairs_are_drawn_by_the_pipeline_for_them(self) -> "ImageGANParameters":
        architecture, draws_pairs = self.networks.architecture, isinstance(self, CoupledGANParameters)
        if (architecture in COUPLED_ARCHITECTURES) != draws_pairs:
            raise ValueError(
                f"`networks.architecture` is {architecture!r}, but pairs of images are drawn by the pipeline `cogan` "
                f"and by no other; its architecture is {min(COUPLED_ARCHITECTURES)!r}"
            )
        return self

    @model_validator(mode="after")
    def _loss_fits_the_discriminator(self) -> "ImageGANParameters":
        architecture, loss = self.networks.architecture, self.training.loss.name
        if (architecture in REBUILDING_ARCHITECTURES) != (loss == "boundary_equilibrium"):
            raise ValueError(
                f"`training.loss.name` is {loss!r} and `networks.architecture` {architecture!r}, but the loss "
                "'boundary_equilibrium' and a discriminator that rebuilds images need each other; choose both, such as "
                f"the architecture {min(REBUILDING_ARCHITECTURES)!r}, or neither"
            )
        return self

    @model_validator(mode="after")
    def _codes_are_where_they_are_taken(self) -> "ImageGANParameters":
        takes_codes = self.networks.architecture in CODED_ARCHITECTURES
        if takes_codes != (self.networks.codes is not None):
            raise ValueError(
                f"`networks.codes` is {'missing' if takes_codes else 'given'}, but `networks.architecture` "
                f"{self.networks.architecture!r} takes {'some' if takes_codes else 'none'}; these take codes: "
                f"{', '.join(sorted(CODED_ARCHITECTURES))}"
            )
        if self.training.information is not None and not takes_codes:
            raise ValueError("`training.information` is told of codes, but `networks.codes` has none; leave it out")
        return self

    @model_validator(mode="after")
    def _generated_images_get_the_labels_of_real_ones(self) -> "ImageGANParameters":
        takes_labels = self.networks.architecture in LABELLED_ARCHITECTURES
        if takes_labels and self.training.generator_batch_size not in (None, self.training.batch_size):
            raise ValueError(
                f"`training.generator_batch_size` is {self.training.generator_batch_size}, but with the architecture "
                f"{self.networks.architecture!r} each generated image gets the label of one of the "
                f"{self.training.batch_size} real ones of a batch; leave it out"
            )
        return self


class LabelledGANParameters(ImageGANParameters):
    """The parameters of a GAN that draws images of a class that it is asked for."""

    @model_validator(mode="after")
    def _networks_take_labels(self) -> "LabelledGANParameters":
        if self.networks.architecture not in LABELLED_ARCHITECTURES:
            raise ValueError(
                f"`networks.architecture` {self.networks.architecture!r} takes no labels; allowed here: "
                f"{', '.join(sorted(LABELLED_ARCHITECTURES))}"
            )
        return self


class CodedGANParameters(ImageGANParameters):
    """The parameters of a GAN that draws images from latents with codes."""

    @model_validator(mode="after")
    def _latents_have_codes(self) -> "CodedGANParameters":
        if self.networks.codes is None:
            raise ValueError(
                "`networks.codes` is missing, and this pipeline shows what codes mean; give it, such as "
                "{categories: 10, continuous: 2}"
            )
        return self


class CoupledGANParameters(ImageGANParameters):
    """The parameters of a GAN that draws pairs of images in two domains."""

    networks: ImageNetworksParameters = ImageNetworksParameters(architecture="coupled")

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


class LeaderboardParameters(ParameterModel):
    """The section ``compare.leaderboard``: which runs are ranked, and by what."""

    other_models: list[ImageGAN] = Field(default=[])
    """Whose kept runs are ranked as well; none of them is trained for it. A text names them with a plus between."""
    versions: Literal["all", "latest"] | Annotated[int, Field(ge=1)] = "all"
    """All kept runs of each model, its latest one, or so many of its latest."""
    rank_by: RankedBy = "frechet_distance"

    @field_validator("other_models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return _split(models)

    @property
    def most_versions(self) -> int | None:
        """Returns how many runs of a model are ranked at most; None for all."""
        return {"all": None, "latest": 1}[self.versions] if isinstance(self.versions, str) else self.versions


class CompareParameters(ParameterModel):
    """The parameters of the comparison."""

    models: list[ImageGAN] = Field(default=["photo_gan", "photo_dcgan"], min_length=2)
    """Whose results are compared; each is trained first where it is not. A text names them with a plus between."""
    leaderboard: LeaderboardParameters = LeaderboardParameters()
    claims: Claims = Field(default={})

    @field_validator("models", mode="before")
    @classmethod
    def _from_text(cls, models: object) -> object:
        return _split(models)

    @field_validator("models")
    @classmethod
    def _are_different(cls, models: list[ImageGAN]) -> list[ImageGAN]:
        if len(set(models)) < len(models):
            raise ValueError(f"each model can be compared once, but `models` are {', '.join(models)}")
        return models

    @property
    def ranked_models(self) -> list[str]:
        """Returns the models on the leaderboard, each once: those compared, and the others it names."""
        return list(dict.fromkeys([*self.models, *self.leaderboard.other_models]))


def _split(models: object) -> object:
    return models.split("+") if isinstance(models, str) else models


MODEL_PARAMETERS: dict[str, type[ParameterModel]] = {
    "dcgan": ImageGANParameters,
    "simple_gan": ImageGANParameters,
    "photo_dcgan": ImageGANParameters,
    "photo_gan": ImageGANParameters,
    "wgan": ImageGANParameters,
    "wgan_gp": ImageGANParameters,
    "lsgan": ImageGANParameters,
    "hinge_gan": ImageGANParameters,
    "r3gan": ImageGANParameters,
    "conditional_gan": LabelledGANParameters,
    "infogan": CodedGANParameters,
    "began": ImageGANParameters,
    "cogan": CoupledGANParameters,
    "quadratic_gan": PointGANParameters,
    "headlines": HeadlinesParameters,
    "compare": CompareParameters,
}
"""What stands below each top-level key of the parameters."""
