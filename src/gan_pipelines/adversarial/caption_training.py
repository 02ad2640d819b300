"""Training of networks that draw pictures from captions."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from gan_pipelines.adversarial.caption_parameters import CaptionTrainingParameters
from gan_pipelines.adversarial.captioned import CaptionedObjective
from gan_pipelines.adversarial.condition import CaptionCondition
from gan_pipelines.adversarial.losses import build_loss
from gan_pipelines.adversarial.player_training import (
    Setup,
    TrainedPlayers,
    build_players,
    phases,
    set_up,
    train_players,
    training_configuration,
)
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples
from gan_pipelines.training.wordings import Wordings


def train_on_captions(  # noqa: PLR0913 - one argument for each part that models replace
    title: str,
    networks: tuple[keras.Model, keras.Model],
    samples: Examples,
    captions: Wordings,
    parameters: CaptionTrainingParameters,
    preview: Callable[[keras.Model], NDArray[Any]],
    *,
    conditioning: Callable[[keras.Model], keras.Model],
    section: str = "training",
    store: CheckpointStore | None = None,
) -> TrainedPlayers:
    """Trains copies of both networks; the arguments are not modified.

    Args:
        title: Name of the training in the progress bar and in messages.
        networks: The untrained generator, from latents and captions to pictures of one size or of several; and the
            discriminator, from pictures and captions or means of conditions to logits.
        samples: Real pictures of the largest size in [-1, 1] ``(images, size, size, channels)``.
        captions: Vectors of the wordings of each picture's caption.
        parameters: The section ``<model>.training``.
        preview: Generates the pictures of a preview.
        conditioning: Returns a model from captions to mean and logarithm of the deviation of their conditions, which
            shares the weights of a generator.
        section: Section of the parameters, for messages.
        store: Checkpoints to resume from and to write. Default: no checkpoints.

    Raises:
        UserError: If there are too few pictures, the device is missing, the checkpoint has another configuration, or a
            loss is not finite.
        StoppedBySignalError: If Ctrl-C or SIGTERM is received.
    """
    data = {"samples": samples, "captions": captions.values, "wordings": captions.counts}

    def build() -> Setup:
        players = build_players(*networks, parameters)
        generator, discriminator = (player.network for player in players)
        objective = CaptionedObjective(
            generator,
            discriminator,
            conditioning(generator),
            build_loss(parameters),
            CaptionCondition(),
            sees_mean=discriminator.inputs[-1].name == "mean",
            mismatched=parameters.mismatched,
            kl_weight=parameters.kl_weight,
            unconditional_weight=parameters.unconditional_weight,
            colour_weight=parameters.colour_weight,
        )
        return set_up(players, phases(parameters), objective, parameters)

    return train_players(
        title,
        build,
        data,
        BatchOrder(len(samples), parameters.batch_size, parameters.batches_per_step, parameters.seed),
        parameters,
        configuration=training_configuration(
            dict(zip(("generator", "discriminator"), networks, strict=True)), data, parameters, section
        ),
        preview=lambda generator, _step: preview(generator),
        store=store,
        section=section,
    )
