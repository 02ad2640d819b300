"""One step of training, for every kind of model: players, phases, and the average of a player's weights."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.training.backend import (
    Forward,
    Key,
    LazyTerm,
    Learner,
    Tensor,
    apply_gradients,
    losses_and_gradients,
    share_statistics,
)
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.parameters import OptimizerParameters, Precision
from gan_pipelines.training.randomness import stream_seed
from gan_pipelines.training.schedules import rate_schedule

Batch = Mapping[str, Tensor]

_OPTIMIZERS = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}


@dataclass(frozen=True)
class Player:
    """Networks that one optimizer moves.

    Args:
        name: Names its loss in the log and its weights in checkpoints.
        network: What it plays with.
        optimizer: Moves the network's trainable weights; built for them.
        weight_limit: After each update every trainable weight is moved into [-limit, limit]: kernels, biases, and
            whatever else the layers learn. Without one they are free.
    """

    name: str
    network: keras.Model
    optimizer: keras.optimizers.Optimizer
    weight_limit: float | None = None

    @property
    def learner(self) -> Learner:
        """What its loss is differentiated by."""
        return Learner(self.network.trainable_variables, self.optimizer.scale_loss)

    def move(self, gradients: Sequence[Tensor]) -> None:
        """Updates the weights once, by gradients of the network's trainable variables."""
        variables = self.network.trainable_variables
        apply_gradients(self.optimizer, gradients, variables)
        if self.weight_limit is not None:
            for variable in variables:
                variable.assign(keras.ops.clip(variable, -self.weight_limit, self.weight_limit))


@dataclass(frozen=True)
class Phase:
    """A part of a step: one forward pass from which some players are updated at once.

    Args:
        players: Whose weights move.
        repeats: How often the phase is done in a step, each time on another batch.
    """

    players: tuple[str, ...]
    repeats: int = 1


@dataclass(frozen=True)
class Outcome:
    """What a phase's forward pass gives.

    Args:
        losses: Per-sample losses ``(batch,)`` by player, for the phase's players.
        figures: Per-sample numbers ``(batch,)`` worth logging, by name.
        terms: What is added to the losses, logged by itself, and may be left out at some steps.
    """

    losses: Mapping[str, Tensor]
    figures: Mapping[str, Tensor]
    terms: Sequence[LazyTerm] = ()


class Objective(Protocol):
    """What the players want: the only place that knows what is being trained."""

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the numbers that are logged beside the losses, terms among them."""

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> Outcome:
        """Computes the losses of these players on a batch of examples, each ``(batch, ...)`` by name."""


class Average:
    """An exponential moving average of a network's weights, kept in a second network of the same layers.

    The decay starts small and rises, so that the average forgets the untrained weights:
    ``min(decay, (1 + step) / (10 + step))``, as in TensorFlow's ``ExponentialMovingAverage``. Running statistics of
    normalisation layers are copied, not averaged: they are averages already.
    """

    def __init__(self, network: keras.Model, decay: float) -> None:
        self._source = network
        self._decay = decay
        self.network = keras.models.clone_model(network)
        self.network.set_weights(network.get_weights())  # clone_model draws new ones

    def update(self, step: Tensor) -> None:
        """Moves the average towards the present weights."""
        count = keras.ops.cast(step, "float32")
        decay = keras.ops.minimum(self._decay, (1.0 + count) / (10.0 + count))
        for mean, weight in zip(self.network.trainable_variables, self._source.trainable_variables, strict=True):
            mean.assign(mean + (weight - mean) * (1.0 - decay))
        pairs = zip(self.network.non_trainable_weights, self._source.non_trainable_weights, strict=True)
        for copy, weight in pairs:
            copy.assign(weight)


class Engine:
    """Everything that changes while training, and the step that changes it.

    Args:
        players: Who is trained.
        phases: What happens in a step, in order.
        objective: The losses.
        seed: The seed of all randomness.
        averages: Averages kept beside players, by the player's name.
        controls: What the objective steers by and moves itself, by name.
    """

    def __init__(
        self,
        players: Sequence[Player],
        phases: Sequence[Phase],
        objective: Objective,
        seed: int,
        averages: Mapping[str, Average] | None = None,
        controls: Mapping[str, keras.Variable] | None = None,
    ) -> None:
        self._players = {player.name: player for player in players}
        self._phases = tuple(phases)
        self._objective = objective
        self._seed = seed
        self._averages = dict(averages or {})
        self._controls = dict(controls or {})
        self._seed_dropout()

    @property
    def logged(self) -> tuple[str, ...]:
        """Names of the numbers that a step returns."""
        return (*(f"{name}_loss" for name in self._players), *self._objective.figures)

    @property
    def batches_per_step(self) -> int:
        """Batches that one step takes."""
        return max(phase.repeats for phase in self._phases)

    def step(self, step: Tensor, batches: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Goes through the phases once.

        Args:
            step: The step's number, an integer scalar tensor.
            batches: Examples by name, ``(batches_per_step, batch, ...)``.

        Returns:
            Mean losses and figures by name; of a repeated phase, those of the last time.
        """
        logs: dict[str, Tensor] = {}
        for number, phase in enumerate(self._phases):
            for repeat in range(phase.repeats):
                batch = {name: values[repeat] for name, values in batches.items()}
                logs |= self._run_phase(phase, batch, Key(self._seed, step, f"phase {number}/repeat {repeat}"))
        for player in self._players.values():
            share_statistics(player.network.non_trainable_weights)
        for average in self._averages.values():
            average.update(step)
        return logs

    def _run_phase(self, phase: Phase, batch: Batch, key: Key) -> dict[str, Tensor]:
        def forward() -> Forward:
            outcome = self._objective(phase.players, batch, key)
            return outcome.losses, outcome.figures, outcome.terms

        learners = {name: self._players[name].learner for name in phase.players}
        losses, figures, gradients = losses_and_gradients(forward, learners)
        for name in phase.players:
            self._players[name].move(gradients[name])
        return {f"{name}_loss": loss for name, loss in losses.items()} | figures

    def variables(self) -> dict[str, keras.Variable]:
        """Returns everything that a checkpoint must hold, by a path that is the same in every process."""
        named: dict[str, keras.Variable] = {}
        for name, player in self._players.items():
            named |= {f"{name}/network/{variable.path}": variable for variable in player.network.weights}
            named |= {f"{name}/draws/{number}": draws for number, draws in enumerate(_draws(player.network))}
            named |= {f"{name}/optimizer/{variable.path}": variable for variable in player.optimizer.variables}
        for name, average in self._averages.items():
            named |= {f"{name}/average/{variable.path}": variable for variable in average.network.weights}
        return named | {f"controls/{name}": variable for name, variable in self._controls.items()}

    def state(self) -> dict[str, NDArray[Any]]:
        """Returns the values of `variables`."""
        return {path: np.array(variable) for path, variable in self.variables().items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Sets `variables` to a state of an engine that was built alike.

        Raises:
            ValueError: The state is of other variables; none was set.
        """
        misfits = self.misfits(state)
        if misfits:
            raise ValueError(f"The state does not fit: {'; '.join(misfits[:6])}")
        for path, variable in self.variables().items():
            variable.assign(state[path])

    def misfits(self, state: Mapping[str, NDArray[Any]]) -> list[str]:
        """Returns the paths at which a state is not one of this engine, each with both shapes; none where it fits."""
        given = {path: values.shape for path, values in state.items()}
        own = {path: tuple(variable.shape) for path, variable in self.variables().items()}
        return [
            f"{path}: {given.get(path, 'nothing')} there, {own.get(path, 'nothing')} here"
            for path in sorted(given.keys() | own.keys())
            if given.get(path) != own.get(path)
        ]

    def _seed_dropout(self) -> None:
        """Layers that draw, such as dropout, seed themselves at random; start them from the training's seed."""
        for name, player in self._players.items():
            for number, draws in enumerate(_draws(player.network)):
                draws.assign(np.array([stream_seed(self._seed, f"{name}/draws/{number}"), 0], draws.dtype))


def _draws(network: keras.Model) -> list[keras.Variable]:
    """Returns the states of layers that draw, such as dropout.

    Keras counts their names over the whole process, so only their order can identify them.
    """
    return [variable for variable in network.variables if variable.path.endswith("seed_generator_state")]


def build_optimizer(
    parameters: OptimizerParameters,
    network: keras.Model,
    examples_per_update: int,
    precision: Precision = "float32",
) -> keras.optimizers.Optimizer:
    """Makes an optimizer with its slots, so that a checkpoint can be read into it.

    Args:
        parameters: Which one, how fast, and how its rate changes.
        network: What it moves.
        examples_per_update: Examples that the training sees from one of its updates to the next.
        precision: With ``mixed_float16`` it scales its loss, so that small gradients do not vanish, and leaves out
            steps whose gradients overflow.
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
    """Returns all weights of a network one after the other, ``(parameters,)``."""
    return np.concatenate([np.ravel(values) for values in network.get_weights()]).astype(np.float32, copy=False)


def set_flat_weights(network: keras.Model, weights: NDArray[np.float32]) -> None:
    """Gives a network the weights that `flat_weights` returned for one of the same layers."""
    shapes = [values.shape for values in network.get_weights()]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = np.split(weights, ends[:-1])
    network.set_weights([part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)])


def network_digest(network: keras.Model) -> str:
    """Returns the SHA-256 of a network's layers and weights, by which scores and checkpoints know it."""
    digest = hashlib.sha256(json.dumps(_set_in(network.get_config()), sort_keys=True, default=str).encode())
    for values in network.get_weights():
        digest.update(values.tobytes())
    return digest.hexdigest()


def _set_in(config: Any) -> Any:  # noqa: ANN401  any configuration
    """Returns a configuration without what is not set: a newer Keras has more of that, for the same network."""
    if isinstance(config, dict):
        return {key: _set_in(entry) for key, entry in config.items() if entry is not None}
    return [_set_in(entry) for entry in config] if isinstance(config, list | tuple) else config
