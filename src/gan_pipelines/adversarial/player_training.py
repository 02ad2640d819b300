"""Training of a generator, alone or against a discriminator, whatever it generates from."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import (
    GeneratorTrainingParameters,
    PlayersTrainingParameters,
    StepTriggerParameters,
)
from gan_pipelines.adversarial.spectral_normalization import remove_spectral_norm
from gan_pipelines.training.backend import open_device
from gan_pipelines.training.batches import Order
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import (
    Engine,
    Objective,
    Phase,
    Player,
    WeightEMA,
    build_optimizer,
    flat_weights,
    network_digest,
)
from gan_pipelines.training.examples import Examples, content_sha256
from gan_pipelines.training.pace import Pace
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.recording import Recorder
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult

PREVIEWS, SNAPSHOTS = "previews", "snapshots"
"""Names of the recordings of a training: generated samples, and weights of the generator that is saved."""

SIMULTANEOUS = (Phase(("discriminator", "generator")),)
ALTERNATING = (Phase(("discriminator",)), Phase(("generator",)))


@dataclass(frozen=True)
class TrainedPlayers:
    """Result of a training.

    Args:
        networks: Trained networks by player; plain layers, float32. The generator is its moving average if `ema_decay`
            was set.
        result: Logs and recordings.
        pace: Real samples per step, and steps per epoch.
    """

    networks: Mapping[str, keras.Model]
    result: TrainingResult
    pace: Pace

    @property
    def generator(self) -> keras.Model:
        """The trained generator."""
        return self.networks["generator"]

    @property
    def discriminator(self) -> keras.Model:
        """The trained discriminator."""
        return self.networks["discriminator"]

    def record(self) -> dict[str, Any]:
        """Returns duration, throughput and environment of the training for the model card."""
        return self.result.record(self.pace)


@dataclass(frozen=True)
class Setup:
    """Engine and networks before the first step.

    Args:
        engine: The players with their optimizers, and the objective.
        networks: Networks to preview and save, by player; for the generator its moving average if there is one.
    """

    engine: Engine
    networks: Mapping[str, keras.Model]

    @property
    def generator(self) -> keras.Model:
        """The generator that is previewed and saved."""
        return self.networks["generator"]


def phases(parameters: PlayersTrainingParameters) -> tuple[Phase, ...]:
    """Returns the phases of a training step."""
    if parameters.updates == "simultaneous":
        return SIMULTANEOUS
    return (
        Phase(("discriminator",), parameters.discriminator_updates),
        Phase(("generator",), parameters.generator_updates),
    )


def build_players(
    generator: keras.Model, discriminator: keras.Model, parameters: PlayersTrainingParameters, clip: float | None = None
) -> tuple[Player, Player]:
    """Returns both players with copies of the networks; ``clip`` limits the weights of the discriminator."""
    optimizers, precision = parameters.optimizers, parameters.precision
    examples = parameters.batch_size * parameters.batches_per_step
    trained_generator = copy_for_training(generator, precision)
    trained_discriminator = copy_for_training(discriminator, precision)
    return (
        Player(
            "generator",
            trained_generator,
            build_optimizer(
                optimizers.generator, trained_generator, examples / parameters.generator_updates, precision
            ),
        ),
        Player(
            "discriminator",
            trained_discriminator,
            build_optimizer(
                optimizers.discriminator, trained_discriminator, examples / parameters.discriminator_updates, precision
            ),
            clip,
        ),
    )


def set_up(
    players: tuple[Player, ...],
    step_phases: tuple[Phase, ...],
    objective: Objective,
    parameters: GeneratorTrainingParameters,
    loss_variables: Mapping[str, keras.Variable] | None = None,
) -> Setup:
    """Builds the engine, with a moving average of the generator if the parameters have one."""
    networks = {player.name: player.network for player in players}
    averages = {}
    if parameters.ema_decay is not None:
        averages["generator"] = WeightEMA(networks["generator"], parameters.ema_decay)
        networks["generator"] = averages["generator"].network
    engine = Engine(players, step_phases, objective, parameters.seed, averages, loss_variables)
    return Setup(engine, networks)


def train_players(  # noqa: PLR0913 - one argument for each part that models replace
    title: str,
    build: Callable[[], Setup],
    data: Mapping[str, Examples],
    order: Order,
    parameters: GeneratorTrainingParameters,
    *,
    configuration: Mapping[str, Any],
    preview: Callable[[keras.Model, int], NDArray[Any]],
    store: CheckpointStore | None = None,
    section: str = "training",
    snapshots: StepTriggerParameters | None = None,
) -> TrainedPlayers:
    """Trains to the end of the schedule, from the latest checkpoint if there is one.

    Args:
        title: Name of the training in the progress bar and in messages.
        build: Builds engine and networks; called within the scope of the device.
        data: Examples by name, ``(examples, ...)``.
        order: Order of the examples.
        parameters: Parameters of the training.
        configuration: All settings and digests that affect the result, by the key that a user would change.
        preview: Generates the samples of a preview after a step.
        store: Checkpoints to resume from and to write. Default: no checkpoints.
        section: Section of the parameters, for messages.
        snapshots: Steps at which the generator's weights are recorded; the last step is always included. Default: none.

    Raises:
        UserError: If the device is missing, the checkpoint has another configuration, or a loss is not finite.
        StoppedBySignalError: If Ctrl-C or SIGTERM is received.
    """
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size, section)
    with device.scope():
        setup = build()
    total_steps = parameters.total_steps(order.steps_per_epoch)
    previews = parameters.preview.steps(order.steps_per_epoch, total_steps)
    trainer = Trainer(
        title,
        section=section,
        engine=setup.engine,
        data=data,
        order=order,
        device=device,
        schedule=Schedule(total_steps, parameters.checkpoint_every_steps),
        configuration=configuration,
        store=store,
        recorders=[
            Recorder(PREVIEWS, previews, lambda step: preview(setup.generator, step)),
            Recorder(
                SNAPSHOTS,
                _snapshot_steps(snapshots, order.steps_per_epoch, total_steps),
                lambda _step: flat_weights(setup.generator),
            ),
        ],
    )
    result = trainer.run(parameters.on_changed_configuration)
    return TrainedPlayers(
        {name: copy_for_export(remove_spectral_norm(network)) for name, network in setup.networks.items()},
        result,
        Pace((order.batch_size * order.batches_per_step,), (order.steps_per_epoch,)),
    )


def training_configuration(
    networks: Mapping[str, keras.Model],
    data: Mapping[str, Examples],
    parameters: GeneratorTrainingParameters,
    section: str = "training",
) -> dict[str, Any]:
    """Returns all settings and digests of inputs that determine the result, by the key that a user would change."""
    return {
        **{f"real {name} (content)": content_sha256(values) for name, values in data.items()},
        **{f"networks ({name})": network_digest(network) for name, network in networks.items()},
        **parameters.result_settings(section),
    }


def _snapshot_steps(snapshots: StepTriggerParameters | None, steps_per_epoch: int, total_steps: int) -> Collection[int]:
    if snapshots is None:
        return ()
    return frozenset(snapshots.steps(steps_per_epoch, total_steps)) - {0}
