"""Training of a language model on the words of headlines, which ends when validation no longer improves."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from gan_pipelines.headlines.examples import Examples
from gan_pipelines.headlines.language_model import token_log_probabilities
from gan_pipelines.headlines.model_parameters import LanguageTrainingParameters
from gan_pipelines.training.backend import Key, open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.engine import (
    Average,
    Batch,
    Engine,
    Outcome,
    Phase,
    Player,
    build_optimizer,
    network_digest,
)
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from gan_pipelines.training.trainer import Schedule, Trainer, TrainingResult
from gan_pipelines.training.validation import Validation

_PLAYER = "language_model"


@dataclass(frozen=True)
class NextWord:
    """Cross-entropy of the words that follow, each word counting alike however long its headline is.

    Args:
        network: From tokens to logits.
        targets_per_example: Mean number of targets of an example, by which an example's sum is divided, so that the
            mean over all examples is the mean over all targets.
    """

    network: keras.Model
    targets_per_example: float
    figures: tuple[str, ...] = ()

    def __call__(self, players: tuple[str, ...], batch: Batch, key: Key) -> Outcome:  # noqa: ARG002 - draws nothing
        """Computes the loss; ``batch`` has ``tokens`` and ``targets``, whose padding does not count."""
        logits = self.network(batch["tokens"], training=True)
        targets = ops.reshape(batch["targets"], ops.shape(logits)[:-1])
        losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        counted = ops.where(ops.not_equal(targets, 0), losses, 0.0)
        sums = ops.sum(ops.reshape(counted, (ops.shape(counted)[0], -1)), axis=1)
        return Outcome(dict.fromkeys(players, sums / self.targets_per_example), {})


@dataclass(frozen=True)
class TrainedLanguageModel:
    """What training leaves.

    Args:
        model: With the weights of the best measurement; plain float32.
        result: What was logged and measured: cross-entropies of validation headlines, in nats a token.
        examples_per_step: Examples that a step takes.
        steps_per_epoch: Steps in which almost every example is seen once.
    """

    model: keras.Model
    result: TrainingResult
    examples_per_step: int
    steps_per_epoch: int

    def record(self) -> dict[str, Any]:
        """Returns how long it took, what was measured, and under which conditions, for the model card."""
        measurements = self.result.measurements
        return {
            **self.result.record(self.examples_per_step, self.steps_per_epoch),
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
    """Trains a copy of a language model; what is given stays as it was.

    Args:
        title: Names the training in progress and messages.
        untrained: From tokens to logits.
        training_examples: What is learnt.
        validation_examples: What decides which weights are the best, and when training ends.
        parameters: How long, how fast.
        store: Checkpoints to go on from and to write.

    Raises:
        UserError: Too few headlines, no such device, a checkpoint of another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    count = len(training_examples["tokens"])
    # It makes the steps of an LSTM a third faster on a CPU; on a GPU it would keep cuDNN's LSTM from being used.
    device = open_device(parameters.devices, parameters.jit_compile, parameters.batch_size, jit_kinds=("CPU",))
    with device.scope():
        network = copy_for_training(untrained, parameters.precision)
        player = Player(
            _PLAYER,
            network,
            build_optimizer(parameters.optimizer, network, parameters.batch_size, parameters.precision),
        )
        average = None if parameters.average_decay is None else Average(network, parameters.average_decay)
        objective = NextWord(network, np.count_nonzero(training_examples["targets"]) / count)
        averages = {} if average is None else {_PLAYER: average}
        engine = Engine([player], [Phase((_PLAYER,))], objective, parameters.seed, averages)
    order = BatchOrder(count, parameters.batch_size, engine.batches_per_step, parameters.seed)
    kept = network if average is None else average.network
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
        validation=_validation(kept, validation_examples, parameters, order.steps_per_epoch),
    )
    result = trainer.run(parameters.on_changed_configuration)
    model = copy_for_export(kept)
    model.set_weights(result.measurements.best_weights[_PLAYER])
    return TrainedLanguageModel(model, result, order.batch_size, order.steps_per_epoch)


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
    """Returns all that the result depends on, by the key that a user would change."""
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
