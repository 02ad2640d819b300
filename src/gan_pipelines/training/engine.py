"""Training step of all models: players, phases and moving averages of weights."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.backend import (
    ForwardResult,
    GradientSources,
    Key,
    Tensor,
    apply_gradients,
    average_over_replicas,
    losses_and_gradients,
)
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.parameters import OptimizerParameters, Precision
from gan_pipelines.training.randomness import stream_seed
from gan_pipelines.training.schedules import rate_schedule

Batch = Mapping[str, Tensor]

_OPTIMIZERS = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}


@dataclass(frozen=True)
class Player:
    """A network and its optimizer.

    Args:
        name: Name of its loss in the log and of its weights in checkpoints.
        network: The network to train.
        optimizer: Optimizer, built for the network's trainable weights.
        weight_clip: Limit c; after each update all trainable weights (kernels, biases and any others) are clipped to
            [-c, c]. Default: no clipping.
    """

    name: str
    network: keras.Model
    optimizer: keras.optimizers.Optimizer
    weight_clip: float | None = None

    @property
    def gradient_sources(self) -> GradientSources:
        """The trainable variables and the loss scaling of the optimizer."""
        return GradientSources(self.network.trainable_variables, self.optimizer.scale_loss)

    def update_weights(self, gradients: Sequence[Tensor]) -> None:
        """Applies the gradients of the trainable variables once, then clips the weights."""
        variables = self.network.trainable_variables
        apply_gradients(self.optimizer, gradients, variables)
        if self.weight_clip is not None:
            for variable in variables:
                variable.assign(keras.ops.clip(variable, -self.weight_clip, self.weight_clip))


@dataclass(frozen=True)
class Phase:
    """Part of a step: one forward pass, after which some players are updated simultaneously.

    Args:
        players: Names of the players to update.
        repeats: Repetitions per step, each with a new batch.
    """

    players: tuple[str, ...]
    repeats: int = 1


class Objective(Protocol):
    """Losses of the players; the only part of a step that depends on the kind of model."""

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the values that are logged in addition to the losses, including those of regularizers."""

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:
        """Computes the losses of the given players on a batch of examples, ``(batch, ...)`` by name."""


class WeightEMA:
    """Exponential moving average of a network's weights, kept in a second network with the same layers.

    The decay is ``min(decay, (1 + step) / (10 + step))``, as in TensorFlow's ``ExponentialMovingAverage``, so that the
    average forgets the initial weights. Moving statistics of normalisation layers are copied, because they are averages
    already.
    """

    def __init__(self, network: keras.Model, decay: float) -> None:
        self._source = network
        self._decay = decay
        self.network = keras.models.clone_model(network)
        self.network.set_weights(network.get_weights())  # clone_model initializes them anew

    def update(self, step: Tensor) -> None:
        """Moves the average towards the current weights."""
        count = keras.ops.cast(step, "float32")
        decay = keras.ops.minimum(self._decay, (1.0 + count) / (10.0 + count))
        for mean, weight in zip(self.network.trainable_variables, self._source.trainable_variables, strict=True):
            mean.assign(mean + (weight - mean) * (1.0 - decay))
        pairs = zip(self.network.non_trainable_weights, self._source.non_trainable_weights, strict=True)
        for copy, weight in pairs:
            copy.assign(weight)


class Engine:
    """The state of a training and the step that updates it.

    Args:
        players: The players to train.
        phases: Phases of a step, in order.
        objective: Losses of the players.
        seed: Seed of all random numbers.
        averages: Moving averages of players' weights, by the player's name.
        loss_variables: Variables that the objective itself updates, by name.
    """

    def __init__(
        self,
        players: Sequence[Player],
        phases: Sequence[Phase],
        objective: Objective,
        seed: int,
        averages: Mapping[str, WeightEMA] | None = None,
        loss_variables: Mapping[str, keras.Variable] | None = None,
    ) -> None:
        self._players = {player.name: player for player in players}
        self._phases = tuple(phases)
        self._objective = objective
        self._seed = seed
        self._averages = dict(averages or {})
        self._loss_variables = dict(loss_variables or {})
        self._seed_dropout()

    @property
    def logged(self) -> tuple[str, ...]:
        """Names of the values that a step returns."""
        return (*(f"{name}_loss" for name in self._players), *self._objective.metric_names)

    @property
    def batches_per_step(self) -> int:
        """Batches per step."""
        return max(phase.repeats for phase in self._phases)

    def step(self, step: Tensor, batches: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Runs all phases once.

        Args:
            step: Step number, integer scalar tensor.
            batches: Examples by name, ``(batches_per_step, batch, ...)``.

        Returns:
            Mean losses and metrics by name; for a repeated phase, those of its last repetition.
        """
        logs: dict[str, Tensor] = {}
        for number, phase in enumerate(self._phases):
            for repeat in range(phase.repeats):
                batch = {name: values[repeat] for name, values in batches.items()}
                logs |= self._run_phase(phase, batch, Key(self._seed, step, f"phase {number}/repeat {repeat}"))
        for player in self._players.values():
            average_over_replicas(player.network.non_trainable_weights)
        for average in self._averages.values():
            average.update(step)
        return logs

    def _run_phase(self, phase: Phase, batch: Batch, key: Key) -> dict[str, Tensor]:
        sources = {name: self._players[name].gradient_sources for name in phase.players}
        losses, metrics, gradients = losses_and_gradients(lambda: self._objective(phase.players, batch, key), sources)
        for name in phase.players:
            self._players[name].update_weights(gradients[name])
        return {f"{name}_loss": loss for name, loss in losses.items()} | metrics

    def variables(self) -> dict[str, keras.Variable]:
        """Returns all variables of a checkpoint, by a path that is the same in every process."""
        named: dict[str, keras.Variable] = {}
        for name, player in self._players.items():
            named |= _by_path(f"{name}/network", player.network.weights)
            named |= {f"{name}/draws/{number}": seed for number, seed in enumerate(_seed_states(player.network))}
            named |= _by_path(f"{name}/optimizer", player.optimizer.variables)
        for name, average in self._averages.items():
            named |= _by_path(f"{name}/average", average.network.weights)
        return named | {f"loss_variables/{name}": variable for name, variable in self._loss_variables.items()}

    def state(self) -> dict[str, NDArray[Any]]:
        """Returns the values of `variables`."""
        return {path: np.array(variable) for path, variable in self.variables().items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Sets `variables` to the state of an engine with the same variables.

        Raises:
            ValueError: If the state has other paths or shapes; no variable is set.
        """
        misfits = self.misfits(state)
        if misfits:
            raise ValueError(f"The state does not fit: {'; '.join(misfits[:6])}")
        for path, variable in self.variables().items():
            variable.assign(state[path])

    def misfits(self, state: Mapping[str, NDArray[Any]]) -> list[str]:
        """Returns the paths whose shapes differ between a state and this engine, with both shapes; empty if none do."""
        given = {path: values.shape for path, values in state.items()}
        own = {path: tuple(variable.shape) for path, variable in self.variables().items()}
        return [
            f"{path}: {given.get(path, 'missing')} in the checkpoint, {own.get(path, 'missing')} now"
            for path in sorted(given.keys() | own.keys())
            if given.get(path) != own.get(path)
        ]

    def _seed_dropout(self) -> None:
        """Seeds random layers such as dropout from the training's seed; Keras seeds them at random."""
        for name, player in self._players.items():
            for number, state in enumerate(_seed_states(player.network)):
                state.assign(np.array([stream_seed(self._seed, f"{name}/draws/{number}"), 0], state.dtype))


def _by_path(prefix: str, variables: Sequence[keras.Variable]) -> dict[str, keras.Variable]:
    """Returns variables by their paths; those of a network within another may have the paths of the outer one."""
    occurrences: Counter[str] = Counter()
    named = {}
    for variable in variables:
        occurrences[variable.path] += 1
        number = occurrences[variable.path]
        named[f"{prefix}/{variable.path}" + (f"#{number}" if number > 1 else "")] = variable
    return named


def _seed_states(network: keras.Model) -> list[keras.Variable]:
    """Returns the seed states of random layers such as dropout.

    Keras numbers their names over the whole process, so only their order identifies them.
    """
    return [variable for variable in network.variables if variable.path.endswith("seed_generator_state")]


def build_optimizer(
    parameters: OptimizerParameters,
    network: keras.Model,
    examples_per_update: float,
    precision: Precision = "float32",
) -> keras.optimizers.Optimizer:
    """Builds an optimizer with its slot variables, so that a checkpoint can be restored into it.

    Args:
        parameters: Optimizer, learning rate and schedule.
        network: The network to train.
        examples_per_update: Training examples per update of this optimizer, for the schedule.
        precision: With ``mixed_float16`` the loss is scaled, so that small gradients do not underflow, and updates
            whose gradients overflow are skipped.
    """
    settings = parameters.model_dump(exclude={"schedule", "clip_norm"})
    if parameters.schedule is not None:
        settings["learning_rate"] = rate_schedule(parameters.schedule, parameters.learning_rate, examples_per_update)
    optimizer = _OPTIMIZERS[parameters.name](**settings, global_clipnorm=parameters.clip_norm)
    if precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(network.trainable_variables)
    return optimizer


def flat_weights(network: keras.Model) -> NDArray[np.float32]:
    """Returns all weights of a network, concatenated, ``(parameters,)``."""
    return np.concatenate([np.ravel(values) for values in network.get_weights()]).astype(np.float32, copy=False)


def set_flat_weights(network: keras.Model, weights: NDArray[np.float32]) -> None:
    """Sets a network's weights from the output of `flat_weights` for the same layers."""
    shapes = [values.shape for values in network.get_weights()]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = np.split(weights, ends[:-1])
    network.set_weights([part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)])


def network_digest(network: keras.Model) -> str:
    """Returns the SHA-256 of a network's layers and weights, which identifies it in scores and checkpoints."""
    digest = hashlib.sha256(json.dumps(_without_none(network.get_config()), sort_keys=True, default=str).encode())
    for values in network.get_weights():
        digest.update(values.tobytes())
    return digest.hexdigest()


def _without_none(config: Any) -> Any:  # noqa: ANN401  any configuration
    """Removes None entries from a configuration; newer releases of Keras add some for the same network."""
    if isinstance(config, dict):
        return {key: _without_none(entry) for key, entry in config.items() if entry is not None}
    return [_without_none(entry) for entry in config] if isinstance(config, list | tuple) else config
