"""Training of a generator against a discriminator."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.augmentation import Augmentation
from gan_pipelines.adversarial.losses import build_loss
from gan_pipelines.adversarial.mutual_information import MutualInformationPenalty
from gan_pipelines.adversarial.objective import AdversarialObjective, phases
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, MutualInformationParameters
from gan_pipelines.adversarial.penalties import build_penalties
from gan_pipelines.adversarial.sampling import class_count, draw_latents, generate
from gan_pipelines.adversarial.spectral_normalization import add_spectral_norm, remove_spectral_norm
from gan_pipelines.errors import UserError
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.backend import open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Engine, Player, WeightEMA, build_optimizer, flat_weights, network_digest
from gan_pipelines.training.examples import Examples, content_sha256
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.randomness import Distribution
from gan_pipelines.training.recording import Recorder
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult

PREVIEWS, SNAPSHOTS = "previews", "snapshots"
"""Names of the recordings of a training: samples from fixed latents, and weights of the generator that is saved."""


@dataclass(frozen=True)
class TrainedGAN:
    """Result of a GAN training.

    Args:
        generator: The trained generator, or its moving average if `ema_decay` was set; plain layers, float32.
        discriminator: The trained discriminator; plain layers, float32.
        result: Logs and recordings.
        samples_per_step: Real samples per step.
        steps_per_epoch: Steps per pass over the real samples; an incomplete last step is dropped.
    """

    generator: keras.Model
    discriminator: keras.Model
    result: TrainingResult
    samples_per_step: int
    steps_per_epoch: int

    def record(self) -> dict[str, Any]:
        """Returns duration, throughput and environment of the training for the model card."""
        return self.result.record(self.samples_per_step, self.steps_per_epoch)


def train_gan(  # noqa: PLR0913 - one argument for each part that tests and models replace
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
    postprocess: Callable[[NDArray[np.float32]], NDArray[Any]] = to_bytes,
) -> TrainedGAN:
    """Trains copies of both networks; the arguments are not modified.

    Args:
        title: Name of the training in the progress bar and in messages.
        networks: The untrained generator, from latents to samples, and discriminator, from samples to logits.
        samples: Real samples: images in [-1, 1] ``(images, height, width, channels)``, or points.
        parameters: The section ``<model>.training``.
        labels: Classes of the samples, from 0, ``(images,)``; ignored by networks that take no classes.
        latent_distribution: Distribution of the generator's noise.
        codes: Layout of the codes at the end of the latents, for networks that take codes.
        spectral_normalization: Whether the discriminator's kernels are divided by their largest singular values during
            the training; the networks passed in and returned have plain layers.
        store: Checkpoints to resume from and to write. Default: no checkpoints.
        postprocess: Converts generated samples to the format in which previews are stored.

    Raises:
        UserError: If there are too few samples, conditional networks get no or unknown classes, the device is missing,
            the checkpoint has another configuration, or a loss is not finite.
        StoppedBySignalError: If Ctrl-C or SIGTERM is received.
    """
    data: dict[str, Examples] = {"samples": samples, **_label_inputs(networks[0], labels)}
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size)
    with device.scope():
        setup = set_up_gan(
            networks,
            parameters,
            latent_distribution=latent_distribution,
            codes=codes,
            spectral_normalization=spectral_normalization,
        )
    engine, eval_generator = setup.engine, setup.eval_generator
    order = BatchOrder(len(samples), parameters.batch_size, engine.batches_per_step, parameters.seed)
    total_steps = parameters.total_steps(order.steps_per_epoch)
    images, seed = parameters.preview.images, parameters.seed
    latents = draw_latents(eval_generator, images, latent_distribution, seed, "preview", codes)
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
            Recorder(PREVIEWS, previews, lambda: postprocess(generate(eval_generator, latents))),
            Recorder(SNAPSHOTS, snapshots, lambda: flat_weights(eval_generator)),
        ],
    )
    result = trainer.run(parameters.on_changed_configuration)
    return TrainedGAN(
        generator=copy_for_export(eval_generator),
        discriminator=copy_for_export(remove_spectral_norm(setup.discriminator)),
        result=result,
        samples_per_step=order.batch_size * order.batches_per_step,
        steps_per_epoch=order.steps_per_epoch,
    )


@dataclass(frozen=True)
class GANSetup:
    """Engine and networks before the first step.

    Args:
        engine: Both networks with their optimizers, and the objective.
        eval_generator: The generator that is previewed and saved: the trained one, or its moving average.
        discriminator: The discriminator that is trained.
    """

    engine: Engine
    eval_generator: keras.Model
    discriminator: keras.Model


def set_up_gan(
    networks: tuple[keras.Model, keras.Model],
    parameters: AdversarialTrainingParameters,
    *,
    latent_distribution: Distribution = "normal",
    codes: CodeParameters | None = None,
    spectral_normalization: bool = False,
) -> GANSetup:
    """Builds the engine with copies of both networks; see `train_gan`. Must be called within the device's scope."""
    players = _players(*networks, parameters, spectral_normalization=spectral_normalization)
    generator, discriminator = (player.network for player in players)
    average = None if parameters.ema_decay is None else WeightEMA(generator, parameters.ema_decay)
    averages = {} if average is None else {"generator": average}
    objective = _objective(generator, discriminator, parameters, latent_distribution, codes)
    loss_variables = objective.loss.variables()
    engine = Engine(players, phases(parameters), objective, parameters.seed, averages, loss_variables)
    return GANSetup(engine, generator if average is None else average.network, discriminator)


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
        loss.logits_model(discriminator),
        loss,
        latent_distribution,
        parameters.generator_batch_size,
        build_penalties(parameters),
        Augmentation(parameters.augmentation),
        _mutual_information(codes, parameters),
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
        discriminator = add_spectral_norm(discriminator, parameters.seed)
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
            parameters.weight_clip,
        ),
    )


def _label_inputs(generator: keras.Model, labels: NDArray[np.int64] | None) -> dict[str, NDArray[np.int64]]:
    """Returns the labels as an entry of the batch if the generator is conditional, else nothing."""
    classes = class_count(generator)
    if not classes:
        return {}
    if labels is None:
        raise UserError(
            "The networks take the class of each image as input, but the images have no classes. Choose an "
            "images.source with classes, or change networks.architecture."
        )
    if labels.max() >= classes:
        raise UserError(f"The networks take classes 0 to {classes - 1}, but some images have class {labels.max()}.")
    return {"labels": labels}


def _mutual_information(
    codes: CodeParameters | None, parameters: AdversarialTrainingParameters
) -> MutualInformationPenalty | None:
    if codes is None:
        return None
    weights = parameters.mutual_information or MutualInformationParameters()
    return MutualInformationPenalty(codes, weights.categorical, weights.continuous)


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
    """Returns all settings and digests of inputs that determine the result, by the key that a user would change."""
    generator, discriminator = networks
    return {
        **{f"real {name} (content)": content_sha256(values) for name, values in data.items()},
        "networks (generator)": network_digest(generator),
        "networks (discriminator)": network_digest(discriminator),
        **parameters.result_settings(),
    }
