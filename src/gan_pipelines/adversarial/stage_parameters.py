"""Parameters of the training of networks that grow."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, PlayerOptimizers
from gan_pipelines.parameter_model import ParameterModel


class StageParameters(ParameterModel):
    """A stage of the training of networks that grow."""

    size: Annotated[int, Field(ge=4, le=1024)]
    """Height and width of the images in pixels."""
    images: Annotated[int, Field(ge=1)]
    """Real images of the stage, with repetitions; rounded up to whole steps."""
    fade_images: Annotated[int, Field(ge=0)] = 0
    """Real images during which the layers of this size are faded in, at the start of the stage."""
    batch_size: Annotated[int, Field(ge=1)] | None = None
    """Real images per batch. Default: `batch_size` of the training."""
    learning_rate: Annotated[float, Field(gt=0)] | None = None
    """Learning rate of both optimizers. Default: theirs."""


class StagedTrainingParameters(AdversarialTrainingParameters):
    """The section ``<model>.training`` of a GAN that grows.

    Karras et al., "Progressive Growing of GANs for Improved Quality, Stability, and Variation", 2018.
    """

    stages: Annotated[list[StageParameters], Field(min_length=1)]
    """Stages from small to large images; they take the place of `steps` and `epochs`. Previews and checkpoints count
    the steps of each stage, snapshots are those of the last."""

    def of_stage(self, stage: StageParameters, seed: int) -> AdversarialTrainingParameters:
        """Returns the parameters of the training of one stage."""
        batch_size = stage.batch_size or self.batch_size
        steps = -(-stage.images // (batch_size * self.batches_per_step))
        optimizers = self.optimizers
        if stage.learning_rate is not None:
            rate = {"learning_rate": stage.learning_rate}
            generator, discriminator = (
                each.model_copy(update=rate) for each in (optimizers.generator, optimizers.discriminator)
            )
            optimizers = PlayerOptimizers(generator=generator, discriminator=discriminator)
        return self.model_copy(
            update={"steps": steps, "batch_size": batch_size, "optimizers": optimizers, "seed": seed}
        )

    @model_validator(mode="after")
    def _has_no_steps(self) -> "StagedTrainingParameters":
        if self.steps is not None:
            raise ValueError(
                f"`steps` is {self.steps}, but the length of each stage is `stages.0.images`; remove `steps`"
            )
        return self

    @model_validator(mode="after")
    def _each_stage_doubles_the_size(self) -> "StagedTrainingParameters":
        sizes = [stage.size for stage in self.stages]
        if any(larger != 2 * smaller for smaller, larger in pairwise(sizes)):
            raise ValueError(f"the sizes of `stages` are {sizes}; each must be twice the one before")
        if self.stages[0].fade_images:
            raise ValueError(
                f"`stages.0.fade_images` is {self.stages[0].fade_images}, but the first stage has nothing to fade "
                "from; remove it"
            )
        for number, stage in enumerate(self.stages):
            if stage.fade_images > stage.images:
                raise ValueError(
                    f"`stages.{number}.fade_images` is {stage.fade_images}, but the stage has {stage.images} images; "
                    "the fade must end with the stage or before"
                )
        return self
