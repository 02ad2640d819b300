"""Training of networks that grow, stage by stage.

Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", 2018.
Each stage is a training of its own, with its own checkpoints, compiled step and optimizers, which start anew as in the
authors' code. It starts from the networks of the stage before; the generator from its moving average, if it has one.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.growth import Growth
from gan_pipelines.adversarial.player_training import (
    PREVIEWS,
    SNAPSHOTS,
    TrainedPlayers,
    train_players,
    training_configuration,
)
from gan_pipelines.adversarial.sampling import draw_latents, network_inputs
from gan_pipelines.adversarial.stage_parameters import StagedTrainingParameters, StageParameters
from gan_pipelines.adversarial.training import set_up_gan
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import flat_weights, set_flat_weights
from gan_pipelines.training.examples import Examples
from gan_pipelines.training.inference import infer
from gan_pipelines.training.randomness import Distribution, stream_seed
from gan_pipelines.training.recording import Recording
from gan_pipelines.training.trainer import TrainingResult

Pair = tuple[keras.Model, keras.Model]

BuildNetworks = Callable[[int, bool], Pair]
"""Builds generator and discriminator for a size, with or without the fade of this size."""


def train_in_stages(
    title: str,
    build: BuildNetworks,
    samples: Examples,
    parameters: StagedTrainingParameters,
    *,
    latent_distribution: Distribution = "normal",
    spectral_normalization: bool = False,
    store: CheckpointStore | None = None,
) -> TrainedPlayers:
    """Trains networks through ``parameters.stages``.

    Args:
        title: Name of the training in the progress bar and in messages.
        build: Builds the untrained networks of a stage.
        samples: Real images of the last stage in [-1, 1] ``(images, size, size, channels)``.
        parameters: The section ``<model>.training``.
        latent_distribution: Distribution of the generator's noise.
        spectral_normalization: Whether the discriminator's kernels are divided by their largest singular values.
        store: Checkpoints to resume from and to write. Default: no checkpoints.

    Returns:
        The networks of the last stage without fade; logs of all stages; previews of all stages, enlarged to the size of
        the last; and snapshots of the last stage.

    Raises:
        UserError: If there are too few images, a size does not fit, the device is missing, a checkpoint has another
            configuration, or a loss is not finite.
        StoppedBySignalError: If Ctrl-C or SIGTERM is received.
    """
    stages: list[TrainedPlayers] = []
    for stage in parameters.stages:
        networks = build(stage.size, stage.fade_images > 0)
        if stages:
            for target, source in zip(networks, stages[-1].networks.values(), strict=True):
                take_over(target, source)
        trained = _train_stage(
            f"{title} at {stage.size} px",
            networks,
            stage,
            samples,
            parameters,
            None if store is None else store.within(f"{stage.size}-px"),
            latent_distribution=latent_distribution,
            spectral_normalization=spectral_normalization,
        )
        stages.append(_without_fade(trained, build(stage.size, False)))
    return _joined(stages, samples.shape[1])


def take_over(target: keras.Model, source: keras.Model) -> None:
    """Sets the weights of all layers of ``target`` that ``source`` has too, by their names."""
    known = {layer.name: layer for layer in source.layers if layer.weights}
    for layer in target.layers:
        if layer.name in known:
            layer.set_weights(known[layer.name].get_weights())


def _train_stage(
    title: str,
    networks: Pair,
    stage: StageParameters,
    samples: Examples,
    parameters: StagedTrainingParameters,
    store: CheckpointStore | None,
    *,
    latent_distribution: Distribution,
    spectral_normalization: bool,
) -> TrainedPlayers:
    own = parameters.of_stage(stage, stream_seed(parameters.seed, f"{stage.size} px"))
    order = BatchOrder(len(samples), own.batch_size, own.batches_per_step, own.seed)
    growth = Growth(samples.shape[1] // stage.size, stage.fade_images, own.batch_size * own.batches_per_step)
    latents = draw_latents(networks[0], parameters.preview.images, latent_distribution, parameters.seed, "preview")

    def preview(generator: keras.Model, step: int) -> NDArray[np.uint8]:
        share = np.full((len(latents), 1), growth.share(step), np.float32) if stage.fade_images else None
        return to_bytes(infer(generator, network_inputs(latents, share))[0])

    return train_players(
        title,
        lambda: set_up_gan(
            networks,
            own,
            latent_distribution=latent_distribution,
            spectral_normalization=spectral_normalization,
            condition=growth.condition if stage.fade_images else None,
            prepare=growth.real,
        ),
        {"samples": samples},
        order,
        own,
        configuration={
            **training_configuration(
                dict(zip(("generator", "discriminator"), networks, strict=True)), {"samples": samples}, own
            ),
            "networks.latent_distribution": latent_distribution,
            "networks.spectral_normalization": spectral_normalization,
        },
        preview=preview,
        store=store,
        snapshots=parameters.snapshots if stage is parameters.stages[-1] else None,
    )


def _without_fade(trained: TrainedPlayers, networks: Pair) -> TrainedPlayers:
    """Returns the training with networks, and snapshots of the generator, that have the newest resolution alone."""
    generator, discriminator = networks
    faded = trained.generator
    take_over(discriminator, trained.discriminator)
    recordings = dict(trained.result.recordings)
    snapshots = recordings[SNAPSHOTS]
    last, rows = flat_weights(faded), []
    for weights in snapshots.values:
        set_flat_weights(faded, weights)
        take_over(generator, faded)
        rows.append(flat_weights(generator))
    set_flat_weights(faded, last)
    take_over(generator, faded)
    recordings[SNAPSHOTS] = Recording(snapshots.steps, np.stack(rows))
    return replace(
        trained,
        networks={"generator": generator, "discriminator": discriminator},
        result=replace(trained.result, recordings=recordings),
    )


def _joined(stages: Sequence[TrainedPlayers], size: int) -> TrainedPlayers:
    """Returns the stages as one training, with the networks of the last one."""
    lengths = [_steps(stage.result) for stage in stages]
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    results, last = [stage.result for stage in stages], stages[-1]
    pace = stages[0].pace
    for start, stage in zip(starts[1:], stages[1:], strict=True):
        pace = pace.then(stage.pace, start)
    seconds = sum(result.seconds_per_step * length for result, length in zip(results, lengths, strict=True))
    snapshots = last.result.recordings[SNAPSHOTS]
    joined = replace(
        last.result,
        logs={name: np.concatenate([result.logs[name] for result in results]) for name in last.result.logs},
        recordings={
            PREVIEWS: _previews(results, starts, size),
            SNAPSHOTS: Recording(snapshots.steps + starts[-1], snapshots.values),
        },
        seconds_per_step=seconds / sum(lengths),
        resumed_at=tuple(
            start + step for start, result in zip(starts, results, strict=True) for step in result.resumed_at
        ),
        is_exact=all(result.is_exact for result in results),
    )
    return TrainedPlayers(last.networks, joined, pace)


def _previews(results: Sequence[TrainingResult], starts: Sequence[int], size: int) -> Recording:
    """Returns the previews of all stages, enlarged; where a stage starts, that of the end of the stage before."""
    steps: list[NDArray[np.int64]] = []
    values: list[NDArray[Any]] = []
    for start, result in zip(starts, results, strict=True):
        recording = result.recordings[PREVIEWS]
        later = recording.steps > 0 if start else recording.steps >= 0
        factor = size // recording.values.shape[2]
        steps.append(recording.steps[later] + start)
        values.append(recording.values[later].repeat(factor, axis=2).repeat(factor, axis=3))
    return Recording(np.concatenate(steps), np.concatenate(values))


def _steps(result: TrainingResult) -> int:
    return len(next(iter(result.logs.values())))
