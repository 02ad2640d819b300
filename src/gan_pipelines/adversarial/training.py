"""Training of a generator against a discriminator."""

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
from gan_pipelines.training.randomness import Distribution
from gan_pipelines.training.tensorflow_backend import open_device
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult


@dataclass(frozen=True)
class TrainedGAN:
    """What training leaves.

    Args:
        generator: The trained generator, or its average where one was kept; plain float32.
        discriminator: The trained discriminator; plain float32.
        result: What was logged and drawn.
        samples_per_step: Real samples that a step takes.
        steps_per_epoch: Steps in which almost every one is seen once.
    """

    generator: keras.Model
    discriminator: keras.Model
    result: TrainingResult
    samples_per_step: int
    steps_per_epoch: int

    def record(self) -> dict[str, Any]:
        """Returns how long it took and under which conditions, for the model card."""
        return self.result.record(self.samples_per_step, self.steps_per_epoch)


def train_gan(
    title: str,
    networks: tuple[keras.Model, keras.Model],
    samples: NDArray[np.float32],
    parameters: AdversarialTrainingParameters,
    *,
    latent_distribution: Distribution = "normal",
    store: CheckpointStore | None = None,
    as_frame: Callable[[NDArray[np.float32]], NDArray[Any]] = to_bytes,
) -> TrainedGAN:
    """Trains copies of both networks; what is given stays as it was.

    Args:
        title: Names the training in progress and messages.
        networks: The untrained generator, from latents to samples, and discriminator, from samples to logits.
        samples: Real ones: images in [-1, 1] ``(images, height, width, channels)``, or points.
        parameters: How long, how fast, with which losses.
        latent_distribution: From which the generator's latents are drawn.
        store: Checkpoints to go on from and to write.
        as_frame: Makes of generated samples what a preview keeps of them.

    Raises:
        UserError: Too few samples, no such device, a checkpoint of another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size)
    with device.strategy.scope():
        players = _players(*networks, parameters)
        generator, discriminator = (player.network for player in players)
        average = _average(generator, parameters)
        objective = AdversarialObjective(
            generator, discriminator, build_loss(parameters), latent_distribution, parameters.generator_batch_size
        )
        averages = {} if average is None else {"generator": average}
        engine = Engine(players, PHASES[parameters.updates], objective, parameters.seed, averages)
    order = BatchOrder(len(samples), parameters.batch_size, engine.batches_per_step, parameters.seed)
    kept_generator = generator if average is None else average.network
    latents = draw_latents(generator, parameters.preview.images, latent_distribution, parameters.seed, "preview")
    trainer = Trainer(
        title,
        engine=engine,
        data={"samples": samples},
        order=order,
        device=device,
        schedule=_schedule(parameters, order.steps_per_epoch),
        configuration=_configuration(networks, samples, parameters, latent_distribution),
        store=store,
        preview=lambda: as_frame(generate(kept_generator, latents)),
    )
    result = trainer.run(parameters.on_changed_configuration)
    return TrainedGAN(
        generator=copy_for_export(kept_generator),
        discriminator=copy_for_export(discriminator),
        result=result,
        samples_per_step=order.batch_size * order.batches_per_step,
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
    total_steps = parameters.total_steps(steps_per_epoch)
    previews = parameters.preview.moments(steps_per_epoch, total_steps)
    return Schedule(total_steps, parameters.checkpoint_every_steps, previews)


def _configuration(
    networks: tuple[keras.Model, keras.Model],
    samples: NDArray[np.float32],
    parameters: AdversarialTrainingParameters,
    latent_distribution: Distribution,
) -> dict[str, Any]:
    """Returns all that the result depends on, by the key that a user would change."""
    generator, discriminator = networks
    return {
        "real samples (content)": hashlib.sha256(samples.tobytes()).hexdigest(),
        "networks (generator)": network_digest(generator),
        "networks (discriminator)": network_digest(discriminator),
        "networks.latent_distribution": latent_distribution,
        **parameters.result_settings(),
    }
