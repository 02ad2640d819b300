"""Training of a generator against a discriminator."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.augmentation import Augmentation
from gan_pipelines.adversarial.boundary_equilibrium import controls_of, judge_of
from gan_pipelines.adversarial.information import Information
from gan_pipelines.adversarial.losses import build_loss
from gan_pipelines.adversarial.objective import AdversarialObjective, phases
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, InformationParameters
from gan_pipelines.adversarial.penalties import build_penalties
from gan_pipelines.adversarial.sampling import classes_of, draw_latents, generate
from gan_pipelines.adversarial.spectral_normalization import spectrally_normalised, with_plain_layers
from gan_pipelines.errors import UserError
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.backend import open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Average, Engine, Player, build_optimizer, flat_weights, network_digest
from gan_pipelines.training.examples import Examples, content_sha256
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.randomness import Distribution
from gan_pipelines.training.recording import Recorder
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult

PREVIEWS, SNAPSHOTS = "previews", "snapshots"
"""What a training takes down: samples from the same latents, and the weights of the generator that is kept."""


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


def train_gan(  # noqa: PLR0913 - one argument for each part that tests and models exchange
    title: str,
    networks: tuple[keras.Model, keras.Model],
    samples: Examples,
    parameters: AdversarialTrainingParameters,
    *,
    labels: NDArray[np.int64] | None = None,
    latent_distribution: Distribution = "normal",
    codes: CodeParameters | None = None,
    spectral_normalization: bool = False,
    store: CheckpointStore | None = None,
    as_frame: Callable[[NDArray[np.float32]], NDArray[Any]] = to_bytes,
) -> TrainedGAN:
    """Trains copies of both networks; what is given stays as it was.

    Args:
        title: Names the training in progress and messages.
        networks: The untrained generator, from latents to samples, and discriminator, from samples to logits.
        samples: Real ones: images in [-1, 1] ``(images, height, width, channels)``, or points.
        parameters: How long, how fast, with which losses.
        labels: Classes of the samples from 0 on, ``(images,)``; networks that take no classes leave them unread.
        latent_distribution: From which the generator's latents are drawn.
        codes: In which the latents end, for networks that take codes.
        spectral_normalization: Whether the discriminator's layers are divided by their largest singular values; what is
            given and what is returned are plain layers.
        store: Checkpoints to go on from and to write.
        as_frame: Makes of generated samples what a preview keeps of them.

    Raises:
        UserError: Too few samples, none with classes for networks that take them, no such device, a checkpoint of
            another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    data: dict[str, Examples] = {"samples": samples, **_labels_taken(networks[0], labels)}
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size)
    with device.scope():
        contest = prepare_contest(
            networks,
            parameters,
            latent_distribution=latent_distribution,
            codes=codes,
            spectral_normalization=spectral_normalization,
        )
    engine, kept_generator = contest.engine, contest.kept_generator
    order = BatchOrder(len(samples), parameters.batch_size, engine.batches_per_step, parameters.seed)
    total_steps = parameters.total_steps(order.steps_per_epoch)
    images, seed = parameters.preview.images, parameters.seed
    latents = draw_latents(kept_generator, images, latent_distribution, seed, "preview", codes)
    previews = parameters.preview.steps(order.steps_per_epoch, total_steps)
    snapshots = _snapshot_steps(parameters, order.steps_per_epoch, total_steps)
    trainer = Trainer(
        title,
        engine=engine,
        data=data,
        order=order,
        device=device,
        schedule=Schedule(total_steps, parameters.checkpoint_every_steps),
        configuration=_configuration(networks, data, parameters)
        | {
            "networks.latent_distribution": latent_distribution,
            "networks.spectral_normalization": spectral_normalization,
            "networks.codes": None if codes is None else codes.model_dump(),
        },
        store=store,
        recorders=[
            Recorder(PREVIEWS, previews, lambda: as_frame(generate(kept_generator, latents))),
            Recorder(SNAPSHOTS, snapshots, lambda: flat_weights(kept_generator)),
        ],
    )
    result = trainer.run(parameters.on_changed_configuration)
    return TrainedGAN(
        generator=copy_for_export(kept_generator),
        discriminator=copy_for_export(with_plain_layers(contest.discriminator)),
        result=result,
        samples_per_step=order.batch_size * order.batches_per_step,
        steps_per_epoch=order.steps_per_epoch,
    )


@dataclass(frozen=True)
class Contest:
    """What is trained, before its first step.

    Args:
        engine: Both players and what they want.
        kept_generator: The generator that is previewed and saved: the one that plays, or its average.
        discriminator: The one that plays.
    """

    engine: Engine
    kept_generator: keras.Model
    discriminator: keras.Model


def prepare_contest(
    networks: tuple[keras.Model, keras.Model],
    parameters: AdversarialTrainingParameters,
    *,
    latent_distribution: Distribution = "normal",
    codes: CodeParameters | None = None,
    spectral_normalization: bool = False,
) -> Contest:
    """Builds the engine around copies of both networks; see `train_gan`. Must be called in the device's scope."""
    players = _players(*networks, parameters, spectral_normalization=spectral_normalization)
    generator, discriminator = (player.network for player in players)
    average = None if parameters.average_decay is None else Average(generator, parameters.average_decay)
    averages = {} if average is None else {"generator": average}
    objective = _objective(generator, discriminator, parameters, latent_distribution, codes)
    controls = controls_of(objective.loss)
    engine = Engine(players, phases(parameters), objective, parameters.seed, averages, controls)
    return Contest(engine, generator if average is None else average.network, discriminator)


def _objective(
    generator: keras.Model,
    discriminator: keras.Model,
    parameters: AdversarialTrainingParameters,
    latent_distribution: Distribution,
    codes: CodeParameters | None,
) -> AdversarialObjective:
    loss = build_loss(parameters)
    return AdversarialObjective(
        generator,
        judge_of(discriminator, loss),
        loss,
        latent_distribution,
        parameters.generator_batch_size,
        build_penalties(parameters),
        Augmentation(parameters.augmentation),
        _information(codes, parameters),
        parameters.batch_size,
    )


def _players(
    generator: keras.Model,
    discriminator: keras.Model,
    parameters: AdversarialTrainingParameters,
    *,
    spectral_normalization: bool,
) -> tuple[Player, Player]:
    if spectral_normalization:
        discriminator = spectrally_normalised(discriminator, parameters.seed)
    trained_generator = copy_for_training(generator, parameters.precision)
    trained_discriminator = copy_for_training(discriminator, parameters.precision)
    optimizers, batch_size = parameters.optimizers, parameters.batch_size
    examples_per_step = batch_size * parameters.discriminator_updates
    return (
        Player(
            "generator",
            trained_generator,
            build_optimizer(optimizers.generator, trained_generator, examples_per_step, parameters.precision),
        ),
        Player(
            "discriminator",
            trained_discriminator,
            build_optimizer(optimizers.discriminator, trained_discriminator, batch_size, parameters.precision),
            parameters.weight_limit,
        ),
    )


def _labels_taken(generator: keras.Model, labels: NDArray[np.int64] | None) -> dict[str, NDArray[np.int64]]:
    """Returns the labels by their name in a batch, if the generator takes them."""
    classes = classes_of(generator)
    if not classes:
        return {}
    if labels is None:
        raise UserError(
            "These networks are told the class of each image, but the images have no classes. Give images.source some, "
            "or change networks.architecture."
        )
    if labels.max() >= classes:
        raise UserError(f"These networks know classes 0 to {classes - 1}, but some images are of class {labels.max()}.")
    return {"labels": labels}


def _information(codes: CodeParameters | None, parameters: AdversarialTrainingParameters) -> Information | None:
    if codes is None:
        return None
    weights = parameters.information or InformationParameters()
    return Information(codes, weights.categorical, weights.continuous)


def _snapshot_steps(
    parameters: AdversarialTrainingParameters, steps_per_epoch: int, total_steps: int
) -> Collection[int]:
    if parameters.snapshots is None:
        return ()
    return frozenset(parameters.snapshots.steps(steps_per_epoch, total_steps)) - {0}


def _configuration(
    networks: tuple[keras.Model, keras.Model],
    data: Mapping[str, Examples],
    parameters: AdversarialTrainingParameters,
) -> dict[str, Any]:
    """Returns what the result depends on, by the key that a user would change."""
    generator, discriminator = networks
    return {
        **{f"real {name} (content)": content_sha256(values) for name, values in data.items()},
        "networks (generator)": network_digest(generator),
        "networks (discriminator)": network_digest(discriminator),
        **parameters.result_settings(),
    }
