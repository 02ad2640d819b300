"""Training of translators from one picture to another."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from keras import layers
from numpy.typing import NDArray

from gan_pipelines.adversarial.image_pool import ImagePool
from gan_pipelines.adversarial.jitter import Jitter
from gan_pipelines.adversarial.losses import build_loss
from gan_pipelines.adversarial.paired_translation import PairedTranslation, Reconstruction
from gan_pipelines.adversarial.player_training import (
    Setup,
    TrainedPlayers,
    build_players,
    phases,
    set_up,
    train_players,
    training_configuration,
)
from gan_pipelines.adversarial.translation_parameters import (
    ContentParameters,
    JitterParameters,
    PairedTrainingParameters,
    PretrainingParameters,
    UnpairedTrainingParameters,
)
from gan_pipelines.adversarial.unpaired_translation import UnpairedTranslation
from gan_pipelines.errors import UserError
from gan_pipelines.training.batches import BatchOrder, InterleavedOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import Phase, Player, build_optimizer
from gan_pipelines.training.examples import Examples, content_sha256
from gan_pipelines.training.precision import copy_for_export, copy_for_training

Preview = Callable[[keras.Model], NDArray[Any]]
"""Returns the pictures of a preview, uint8 ``(images, height, width, channels)``, for a translator."""

Pair = tuple[keras.Model, keras.Model]
"""Untrained generator, and discriminator."""


def train_paired(
    title: str,
    networks: Pair,
    data: Mapping[str, Examples],
    parameters: PairedTrainingParameters,
    preview: Preview,
    *,
    content_network: keras.Model | None = None,
    store: CheckpointStore | None = None,
) -> TrainedPlayers:
    """Trains copies of both networks on pairs; the arguments are not modified.

    Args:
        title: Name of the training in the progress bar and in messages.
        networks: Generator, from sources to pictures, and discriminator, from pictures or from sources and pictures.
        data: ``source`` and ``target`` ``(pairs, height, width, channels)`` in [-1, 1].
        parameters: The section ``<model>.training``.
        preview: Generates the pictures of a preview.
        content_network: Classifier whose convolutions are compared, if the parameters say so.
        store: Checkpoints to resume from and to write. Default: no checkpoints.

    Raises:
        UserError: If there are too few pairs, the device is missing, the checkpoint has another configuration, or a
            loss is not finite.
        StoppedBySignalError: If Ctrl-C or SIGTERM is received.
    """
    has_content = content_network is not None and parameters.content is not None
    fixed = {"content": content_network} if has_content else {}

    def build() -> Setup:
        players = build_players(*networks, parameters)
        generator, discriminator = (player.network for player in players)
        objective = PairedTranslation(
            generator,
            discriminator,
            build_loss(parameters),
            parameters.adversarial_weight,
            parameters.reconstruction.distance,
            parameters.reconstruction.weight,
            _convolutions(content_network, parameters.content),
            0.0 if parameters.content is None else parameters.content.weight,
            _jitter(parameters.jitter),
        )
        return set_up(players, phases(parameters), objective, parameters)

    return train_players(
        title,
        build,
        data,
        _pair_order(data, parameters.batch_size, parameters.batches_per_step, parameters.seed),
        parameters,
        configuration=training_configuration({**_by_player(networks), **fixed}, data, parameters),
        preview=lambda generator, _step: preview(generator),
        store=store,
    )


def pretrain(
    title: str,
    generator: keras.Model,
    data: Mapping[str, Examples],
    parameters: PretrainingParameters,
    preview: Preview,
    *,
    store: CheckpointStore | None = None,
) -> TrainedPlayers:
    """Trains a copy of the generator alone to reconstruct the targets; arguments and errors as for `train_paired`."""

    def build() -> Setup:
        network = copy_for_training(generator, parameters.precision)
        optimizer = build_optimizer(parameters.optimizer, network, parameters.batch_size, parameters.precision)
        objective = Reconstruction(network, parameters.distance, _jitter(parameters.jitter))
        return set_up((Player("generator", network, optimizer),), (Phase(("generator",)),), objective, parameters)

    section = "pretraining"
    return train_players(
        title,
        build,
        data,
        _pair_order(data, parameters.batch_size, 1, parameters.seed),
        parameters,
        configuration=training_configuration({"generator": generator}, data, parameters, section),
        preview=lambda generator, _step: preview(generator),
        store=store,
        section=section,
    )


def train_unpaired(
    title: str,
    networks: Pair,
    samples: Examples,
    domains: NDArray[np.integer],
    parameters: UnpairedTrainingParameters,
    preview: Preview,
    *,
    store: CheckpointStore | None = None,
) -> TrainedPlayers:
    """Trains copies of both networks on two domains; the arguments are not modified.

    Args:
        title: Name of the training in the progress bar and in messages.
        networks: Translator, ``[a, b] -> [a in B, b in A]``, and discriminator, ``[a, b] -> [logits, logits]``.
        samples: Pictures of both domains in [-1, 1] ``(images, height, width, channels)``.
        domains: 0 for a picture of A, 1 for one of B, ``(images,)``.
        parameters: The section ``<model>.training``.
        preview: Generates the pictures of a preview.
        store: Checkpoints to resume from and to write. Default: no checkpoints.

    Raises:
        UserError: As `train_paired`; also if a domain is empty.
        StoppedBySignalError: If Ctrl-C or SIGTERM is received.
    """
    members = np.flatnonzero(domains == 0), np.flatnonzero(domains == 1)
    order = InterleavedOrder(members, parameters.batch_size, parameters.batches_per_step, parameters.seed)
    _, height, width, channels = samples.shape

    def build() -> Setup:
        players = build_players(*networks, parameters)
        translator, discriminator = (player.network for player in players)
        shape = (height, width, channels)
        pools = tuple(
            ImagePool(parameters.pool, parameters.batch_size, shape) for _ in range(2 * bool(parameters.pool))
        )
        objective = UnpairedTranslation(
            translator,
            _with_features(discriminator) if parameters.matching_weight else discriminator,
            build_loss(parameters),
            parameters.adversarial_weight,
            parameters.cycle,
            parameters.identity_weight,
            parameters.matching_weight,
            (pools[0], pools[1]) if pools else None,
            _jitter(parameters.jitter),
        )
        variables = {
            f"pool {n}/{name}": each for n, pool in enumerate(pools) for name, each in pool.variables().items()
        }
        return set_up(players, phases(parameters), objective, parameters, variables)

    data = {"samples": samples}
    return train_players(
        title,
        build,
        data,
        order,
        parameters,
        configuration=training_configuration(_by_player(networks), data, parameters)
        | {"domains (content)": content_sha256(domains)},
        preview=lambda generator, _step: preview(generator),
        store=store,
    )


def _pair_order(data: Mapping[str, Examples], batch_size: int, batches_per_step: int, seed: int) -> BatchOrder:
    return BatchOrder(len(data["target"]), batch_size, batches_per_step, seed)


def _by_player(networks: Pair) -> dict[str, keras.Model]:
    return dict(zip(("generator", "discriminator"), networks, strict=True))


def _jitter(parameters: JitterParameters) -> Jitter:
    return Jitter(parameters.shift, parameters.flip)


def _convolutions(network: keras.Model | None, parameters: ContentParameters | None) -> keras.Model | None:
    """Returns a model from pixels to the activations of the chosen convolutions, with weights of its own."""
    if network is None or parameters is None:
        return None
    copy = copy_for_export(network)  # created in the scope of the device
    found = [layer.output for layer in copy.layers if isinstance(layer, layers.Conv2D)]
    if max(parameters.layers) > len(found):
        raise UserError(
            f"training.content.layers is {parameters.layers}, but the content network has {len(found)} convolutions at "
            f"this size of pictures; choose numbers from 1 to {len(found)}."
        )
    return keras.Model(copy.inputs, [found[number - 1] for number in parameters.layers])


def _with_features(discriminator: keras.Model) -> keras.Model:
    """Returns a model of the discriminator's logits, then the activations of its layers named ``..._features_...``."""
    features = [layer.output for layer in discriminator.layers if "_features_" in layer.name]
    return keras.Model(discriminator.inputs, [*discriminator.outputs, *features])
