"""Training of a generator against a discriminator."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.augmentation import Augmentation
from gan_pipelines.adversarial.condition import ClassCondition, Condition
from gan_pipelines.adversarial.losses import build_loss
from gan_pipelines.adversarial.mutual_information import MutualInformationPenalty
from gan_pipelines.adversarial.objective import AdversarialObjective
from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters, MutualInformationParameters
from gan_pipelines.adversarial.penalties import build_penalties
from gan_pipelines.adversarial.player_training import (
    Setup,
    TrainedPlayers,
    build_players,
    phases,
    set_up,
    train_players,
    training_configuration,
)
from gan_pipelines.adversarial.sampling import class_count, draw_latents, generate
from gan_pipelines.adversarial.spectral_normalization import add_spectral_norm
from gan_pipelines.errors import UserError
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.backend import Key, Tensor
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.examples import Examples
from gan_pipelines.training.randomness import Distribution


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
) -> TrainedPlayers:
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
    by_player = dict(zip(("generator", "discriminator"), networks, strict=True))

    def preview(generator: keras.Model) -> NDArray[Any]:
        count, seed = parameters.preview.images, parameters.seed
        return postprocess(
            generate(generator, draw_latents(generator, count, latent_distribution, seed, "preview", codes))
        )

    return train_players(
        title,
        lambda: set_up_gan(
            networks,
            parameters,
            latent_distribution=latent_distribution,
            codes=codes,
            spectral_normalization=spectral_normalization,
        ),
        data,
        BatchOrder(len(samples), parameters.batch_size, parameters.batches_per_step, parameters.seed),
        parameters,
        configuration={
            **training_configuration(by_player, data, parameters),
            "networks.latent_distribution": latent_distribution,
            "networks.spectral_normalization": spectral_normalization,
            "networks.codes": None if codes is None else codes.model_dump(),
        },
        preview=lambda generator, _step: preview(generator),
        store=store,
        snapshots=parameters.snapshots,
    )


def set_up_gan(
    networks: tuple[keras.Model, keras.Model],
    parameters: AdversarialTrainingParameters,
    *,
    latent_distribution: Distribution = "normal",
    codes: CodeParameters | None = None,
    spectral_normalization: bool = False,
    condition: Condition | None = None,
    prepare: Callable[[Tensor, Key], Tensor] | None = None,
) -> Setup:
    """Builds the engine with copies of both networks; must be called within the device's scope.

    Args:
        networks: See `train_gan`, as for the arguments that are not listed.
        parameters: The section ``<model>.training``.
        latent_distribution: Distribution of the generator's noise.
        codes: Layout of the codes at the end of the latents.
        spectral_normalization: Whether the discriminator's kernels are divided by their largest singular values.
        condition: Second input of both networks. Default: the class, if they have a second input.
        prepare: Changes real samples before all else. Default: they stay as they are.
    """
    generator, discriminator = networks
    if spectral_normalization:
        discriminator = add_spectral_norm(discriminator, parameters.seed)
    players = build_players(generator, discriminator, parameters, parameters.weight_clip)
    generator, discriminator = (player.network for player in players)
    loss, classes = build_loss(parameters), class_count(generator)
    objective = AdversarialObjective(
        generator,
        loss.logits_model(discriminator),
        loss,
        latent_distribution,
        parameters.generator_batch_size,
        build_penalties(parameters),
        Augmentation(parameters.augmentation),
        _mutual_information(codes, parameters),
        parameters.batch_size,
        ClassCondition(classes) if condition is None and classes else condition,
        prepare,
    )
    return set_up(players, phases(parameters), objective, parameters, loss.variables())


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
