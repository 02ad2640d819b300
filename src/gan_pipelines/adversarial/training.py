"""Training of a generator against a discriminator on images."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.losses import build_loss
from gan_pipelines.adversarial.objective import PHASES, AdversarialObjective
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.sampling import draw_latents, generate
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.engine import (
    Average,
    Engine,
    Player,
    build_optimizer,
    copy_for_export,
    copy_for_training,
    network_digest,
)
from gan_pipelines.training.tensorflow_backend import open_device
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult

# What may change between two runs of one training: how long it is and where it runs, not what it computes.
_NOT_PART_OF_THE_RESULT = {
    "epochs",
    "steps",
    "devices",
    "jit_compile",
    "checkpoint_every_steps",
    "on_changed_configuration",
}


@dataclass(frozen=True)
class TrainedGAN:
    """What training leaves.

    Args:
        generator: The trained generator, or its average where one was kept; plain float32.
        discriminator: The trained discriminator; plain float32.
        result: What was logged and drawn.
        images_per_step: Real images that a step takes.
        steps_per_epoch: Steps in which almost every image is seen once.
    """

    generator: keras.Model
    discriminator: keras.Model
    result: TrainingResult
    images_per_step: int
    steps_per_epoch: int

    def record(self) -> dict[str, Any]:
        """Returns how long it took and under which conditions, for the model card."""
        result = self.result
        steps = len(next(iter(result.logs.values())))
        seconds_per_step = result.seconds_per_step
        return {
            "steps": steps,
            "epochs": steps / self.steps_per_epoch,
            "images_per_second": self.images_per_step / seconds_per_step if seconds_per_step else None,
            "seconds": seconds_per_step * steps,
            "resumed": len(result.resumed_at),
            "is_exact": result.is_exact,
            "environment": dict(result.environment),
        }


def train_gan(
    title: str,
    generator: keras.Model,
    discriminator: keras.Model,
    pixels: NDArray[np.float32],
    parameters: AdversarialTrainingParameters,
    store: CheckpointStore | None = None,
) -> TrainedGAN:
    """Trains copies of both networks; what is given stays as it was.

    Args:
        title: Names the training in progress and messages.
        generator: Untrained, from latents to pixels in [-1, 1].
        discriminator: Untrained, from pixels to logits.
        pixels: Real images in [-1, 1] ``(images, height, width, channels)``.
        parameters: How long, how fast, with which losses.
        store: Checkpoints to go on from and to write.

    Raises:
        UserError: Too few images, no such device, a checkpoint of another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size)
    with device.strategy.scope():
        players = _players(generator, discriminator, parameters)
        average = _average(players[0].network, parameters)
        networks = [player.network for player in players]
        objective = AdversarialObjective(networks[0], networks[1], build_loss(parameters.loss))
        averages = {} if average is None else {"generator": average}
        engine = Engine(players, PHASES[parameters.updates], objective, parameters.seed, averages)
    order = BatchOrder(len(pixels), parameters.batch_size, engine.batches_per_step, parameters.seed)
    best_generator = networks[0] if average is None else average.network
    trainer = Trainer(
        title,
        engine=engine,
        data={"pixels": pixels},
        order=order,
        device=device,
        schedule=_schedule(parameters, order.steps_per_epoch),
        configuration=_configuration(generator, discriminator, pixels, parameters),
        store=store,
        preview=_preview(best_generator, parameters),
    )
    result = trainer.run(parameters.on_changed_configuration)
    return TrainedGAN(
        generator=copy_for_export(best_generator),
        discriminator=copy_for_export(networks[1]),
        result=result,
        images_per_step=order.batch_size * order.batches_per_step,
        steps_per_epoch=order.steps_per_epoch,
    )


def _players(
    generator: keras.Model, discriminator: keras.Model, parameters: AdversarialTrainingParameters
) -> tuple[Player, Player]:
    trained_generator = copy_for_training(generator, parameters.precision)
    trained_discriminator = copy_for_training(discriminator, parameters.precision)
    optimizers = parameters.optimizers
    return (
        Player("generator", trained_generator, build_optimizer(optimizers.generator, trained_generator)),
        Player(
            "discriminator", trained_discriminator, build_optimizer(optimizers.discriminator, trained_discriminator)
        ),
    )


def _average(generator: keras.Model, parameters: AdversarialTrainingParameters) -> Average | None:
    return None if parameters.average_decay is None else Average(generator, parameters.average_decay)


def _schedule(parameters: AdversarialTrainingParameters, steps_per_epoch: int) -> Schedule:
    return Schedule(
        total_steps=parameters.total_steps(steps_per_epoch),
        preview_every=parameters.preview.every_steps or parameters.preview.every_epochs * steps_per_epoch,
        checkpoint_every=parameters.checkpoint_every_steps,
    )


def _preview(generator: keras.Model, parameters: AdversarialTrainingParameters) -> Callable[[], NDArray[np.uint8]]:
    latents = draw_latents(generator, parameters.preview.images, parameters.seed, "preview")
    return lambda: to_bytes(generate(generator, latents))


def _configuration(
    generator: keras.Model,
    discriminator: keras.Model,
    pixels: NDArray[np.float32],
    parameters: AdversarialTrainingParameters,
) -> dict[str, Any]:
    """Returns all that the result depends on, by the key that a user would change."""
    chosen = parameters.model_dump(mode="json", exclude=_NOT_PART_OF_THE_RESULT)
    return {
        "images (content)": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "networks (generator)": network_digest(generator),
        "networks (discriminator)": network_digest(discriminator),
        **_flattened(chosen, "training"),
    }


def _flattened(section: dict[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in section.items():
        flat |= _flattened(value, f"{prefix}.{key}") if isinstance(value, dict) else {f"{prefix}.{key}": value}
    return flat
