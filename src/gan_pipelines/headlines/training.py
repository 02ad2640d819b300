"""Training of a headline language model with early stopping on the validation loss."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from gan_pipelines.headlines.examples import Examples
from gan_pipelines.headlines.language_model import token_log_probabilities
from gan_pipelines.headlines.model_parameters import LanguageTrainingParameters
from gan_pipelines.training.backend import ForwardResult, Key, open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import (
    Batch,
    Engine,
    Phase,
    Player,
    WeightEMA,
    build_optimizer,
    network_digest,
)
from gan_pipelines.training.pace import Pace
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult
from gan_pipelines.training.validation import Validation

_PLAYER = "language_model"


@dataclass(frozen=True)
class NextTokenObjective:
    """Cross-entropy of the next token, with equal weight for each token regardless of the headline length.

    Args:
        network: From tokens to logits.
        targets_per_example: Mean number of targets per example. The loss sum of each example is divided by it, so that
            the mean over all examples equals the mean over all targets.
    """

    network: keras.Model
    targets_per_example: float
    metric_names: tuple[str, ...] = ()

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> ForwardResult:  # noqa: ARG002 - no randomness
        """Computes the loss of a batch of ``tokens`` and ``targets``; padding in the targets is ignored."""
        logits = self.network(batch["tokens"], training=True)
        targets = ops.reshape(batch["targets"], ops.shape(logits)[:-1])
        losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        masked = ops.where(ops.not_equal(targets, 0), losses, 0.0)
        sums = ops.sum(ops.reshape(masked, (ops.shape(masked)[0], -1)), axis=1)
        return ForwardResult(dict.fromkeys(players, sums / self.targets_per_example), {})


@dataclass(frozen=True)
class TrainedLanguageModel:
    """Result of the training of a language model.

    Args:
        model: Model with the weights of the best validation, float32.
        result: Logged losses and validations: cross-entropy of the validation headlines, in nats per token.
        pace: Examples per step, and full batches per epoch.
    """

    model: keras.Model
    result: TrainingResult
    pace: Pace

    def record(self) -> dict[str, Any]:
        """Returns duration, validations and training conditions, for the model card."""
        measurements = self.result.measurements
        return {
            **self.result.record(self.pace),
            "validation_steps": [*measurements.values],
            "validation_values": [*measurements.values.values()],
            "best_step": measurements.best_step,
            "stopped_early": self.result.has_stopped_early,
        }


def train_language_model(
    title: str,
    untrained: keras.Model,
    training_examples: Examples,
    validation_examples: Examples,
    parameters: LanguageTrainingParameters,
    store: CheckpointStore | None = None,
) -> TrainedLanguageModel:
    """Trains a copy of a language model; ``untrained`` is not modified.

    Args:
        title: Name of the training in progress reports and messages.
        untrained: From tokens to logits.
        training_examples: Examples to train on.
        validation_examples: Examples for early stopping and the selection of the best weights.
        parameters: Training parameters.
        store: Checkpoints to resume from and to write. Default: no checkpoints.

    Raises:
        UserError: If there are too few headlines, the device is missing, the checkpoint is of another configuration, or
            a loss is not finite.
        StoppedBySignalError: If the process receives Ctrl-C or SIGTERM.
    """
    count = len(training_examples["tokens"])
    # JIT compilation makes LSTM steps a third faster on CPUs; on GPUs it would prevent the use of cuDNN's LSTM.
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size, jit_kinds=("CPU",))
    with device.scope():
        network = copy_for_training(untrained, parameters.precision)
        player = Player(
            _PLAYER,
            network,
            build_optimizer(parameters.optimizer, network, parameters.batch_size, parameters.precision),
        )
        average = None if parameters.ema_decay is None else WeightEMA(network, parameters.ema_decay)
        objective = NextTokenObjective(network, np.count_nonzero(training_examples["targets"]) / count)
        averages = {} if average is None else {_PLAYER: average}
        engine = Engine([player], [Phase((_PLAYER,))], objective, parameters.seed, averages)
    order = BatchOrder(count, parameters.batch_size, engine.batches_per_step, parameters.seed)
    result_network = network if average is None else average.network
    trainer = Trainer(
        title,
        engine=engine,
        data=training_examples,
        order=order,
        device=device,
        schedule=Schedule(
            parameters.total_steps(order.steps_per_epoch), checkpoint_every=parameters.checkpoint_every_steps
        ),
        configuration=_configuration(untrained, training_examples, validation_examples, parameters),
        store=store,
        validation=_validation(result_network, validation_examples, parameters, order.steps_per_epoch),
    )
    result = trainer.run(parameters.on_changed_configuration)
    model = copy_for_export(result_network)
    model.set_weights(result.measurements.best_weights[_PLAYER])
    return TrainedLanguageModel(model, result, Pace((order.batch_size,), (order.steps_per_epoch,)))


def _validation(
    network: keras.Model, validation_examples: Examples, parameters: LanguageTrainingParameters, steps_per_epoch: int
) -> Validation:
    stopping = parameters.early_stopping
    return Validation(
        name="validation_loss",
        measure=lambda: -float(np.mean(token_log_probabilities(network, validation_examples))),
        networks={_PLAYER: network},
        every=stopping.every_steps or stopping.every_epochs * steps_per_epoch,
        patience=stopping.patience,
    )


def _configuration(
    untrained: keras.Model,
    training_examples: Examples,
    validation_examples: Examples,
    parameters: LanguageTrainingParameters,
) -> dict[str, Any]:
    """Returns everything that determines the result, by parameter key."""
    return {
        "text (training headlines)": _digest(training_examples),
        "text (validation headlines)": _digest(validation_examples),
        "networks": network_digest(untrained),
        **parameters.result_settings(),
    }


def _digest(examples: Examples) -> str:
    digest = hashlib.sha256()
    for name in sorted(examples):
        digest.update(f"{name} {examples[name].shape}".encode())
        digest.update(np.ascontiguousarray(examples[name]).tobytes())
    return digest.hexdigest()
