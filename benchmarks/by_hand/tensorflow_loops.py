"""The steps by hand in TensorFlow: two gradient tapes, and a loop over the steps of a call in one ``tf.function``."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from benchmarks.accelerator_cases import Case, Loop
from gan_pipelines.training.backend import Key, random_tensor
from gan_pipelines.training.parameters import Precision
from gan_pipelines.training.precision import in_float32

Array: TypeAlias = Any

_DISCRIMINATOR_LOSSES: dict[str, Callable[[Array, Array], Array]] = {
    "non_saturating": lambda real, generated: tf.nn.softplus(-real) + tf.nn.softplus(generated),
    "wasserstein": lambda real, generated: generated - real,
    "relativistic": lambda real, generated: tf.nn.softplus(generated - real),
}
_GENERATOR_LOSSES: dict[str, Callable[[Array, Array], Array]] = {
    "non_saturating": lambda _, generated: tf.nn.softplus(-generated),
    "wasserstein": lambda _, generated: -generated,
    "relativistic": lambda real, generated: tf.nn.softplus(real - generated),
}


class _Contest:
    """The steps of a case over its two networks, each of which returns its losses ``(2,)``."""

    def __init__(self, case: Case, precision: Precision) -> None:
        contest = case.contest(precision)
        self.case = case
        self.generator, self.discriminator = contest.generator, contest.networks["discriminator"]
        rate, (beta_1, beta_2) = case.learning_rate, case.betas
        self.optimizer = keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2)
        self.other_optimizer = keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2)
        self.optimizer.build(self.generator.trainable_variables)
        self.other_optimizer.build(self.discriminator.trainable_variables)

    def step(self, number: Array, batches: Array) -> Array:
        """Takes the images ``(batches, batch, ...)`` of one step."""
        if not self.case.critic_updates:
            return self._both_updates(batches[0], Key(self.case.seed, number, "phase 0/repeat 0"))
        loss: Array = 0.0
        for repeat in range(self.case.critic_updates):
            loss = self._critic_update(batches[repeat], Key(self.case.seed, number, f"phase 0/repeat {repeat}"))
        generator_loss = self._generator_update(batches[0], Key(self.case.seed, number, "phase 1/repeat 0"))
        return tf.stack([generator_loss, loss])

    def _both_updates(self, real: Array, key: Key) -> Array:
        with tf.GradientTape() as tape, tf.GradientTape() as other_tape:
            logits = self._logits(self.generator(self._latents(key), training=True))
            real_logits = self._logits(real)
            loss = self._generator_loss(real_logits, logits)
            other_loss = self._discriminator_loss(real_logits, logits)
        _move(self.optimizer, self.generator, tape, loss)
        _move(self.other_optimizer, self.discriminator, other_tape, other_loss)
        return tf.stack([loss, other_loss])

    def _critic_update(self, real: Array, key: Key) -> Array:
        generated = self.generator(self._latents(key), training=True)
        with tf.GradientTape() as tape:
            logits = self._logits(generated)
            loss = self._discriminator_loss(self._logits(real), logits)
            total = loss + self._penalties(real, generated, key)
        _move(self.other_optimizer, self.discriminator, tape, total)
        return loss

    def _generator_update(self, real: Array, key: Key) -> Array:
        with tf.GradientTape() as tape:
            logits = self._logits(self.generator(self._latents(key), training=True))
            real_logits = self._logits(real) if self.case.loss == "relativistic" else logits
            loss = self._generator_loss(real_logits, logits)
        _move(self.optimizer, self.generator, tape, loss)
        return loss

    def _slope(self, images: Array) -> Array:
        """Returns each sample's slope ``(batch, ...)``."""
        with in_float32(self.discriminator), tf.GradientTape() as tape:
            tape.watch(images)
            total = tf.reduce_sum(self._logits(images))
        return tape.gradient(total, images)

    def _penalties(self, real: Array, generated: Array, key: Key) -> Array:
        total: Array = 0.0
        for name, weight in self.case.penalties:
            if name == "gradient_penalty":
                share = random_tensor(
                    key.fold_in(name), "share of the real sample", (self.case.batch, 1, 1, 1), "uniform"
                )
                share = (share + 1.0) / 2.0
                norm = tf.sqrt(_squared(self._slope(share * real + (1.0 - share) * generated)) + 1e-12)
                total += weight * tf.reduce_mean(tf.square(norm - 1.0))
            else:
                total += weight / 2.0 * tf.reduce_mean(_squared(self._slope(real if name == "r1" else generated)))
        return total

    def _latents(self, key: Key) -> Array:
        return random_tensor(key, "latents", (self.case.batch, self.generator.input_shape[-1]))

    def _logits(self, images: Array) -> Array:
        return tf.cast(self.discriminator(images, training=True)[:, 0], tf.float32)

    def _discriminator_loss(self, real_logits: Array, logits: Array) -> Array:
        return tf.reduce_mean(_DISCRIMINATOR_LOSSES[self.case.loss](real_logits, logits))

    def _generator_loss(self, real_logits: Array, logits: Array) -> Array:
        return tf.reduce_mean(_GENERATOR_LOSSES[self.case.loss](real_logits, logits))


def loop(case: Case, precision: Precision, *, on_gpu: bool) -> Loop:
    """Returns the loop, with XLA on a GPU and without it elsewhere, as the engine chooses."""
    contest, data = _Contest(case, precision), tf.constant(case.images())
    step = tf.function(contest.step, jit_compile=True, autograph=False) if on_gpu else contest.step

    def steps_from(first: Array, indices: Array) -> Array:
        steps = tf.shape(indices)[0]

        def body(done: Array, losses: Array) -> tuple[Array, Array]:
            pair = step(first + tf.cast(done, tf.int64), tf.gather(data, indices[done]))
            return done + 1, losses.write(done, pair)

        start = (tf.constant(0), tf.TensorArray(tf.float32, size=steps))
        _, losses = tf.while_loop(lambda done, _: done < steps, body, start, parallel_iterations=1)
        return losses.stack()

    signature = [tf.TensorSpec([], tf.int64), tf.TensorSpec([None, case.batches, case.batch], tf.int32)]
    many = tf.function(steps_from, input_signature=signature, autograph=False)

    def run(first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        pairs = many(tf.constant(first_step, tf.int64), tf.constant(indices)).numpy()
        return {"generator_loss": pairs[:, 0], "discriminator_loss": pairs[:, 1]}

    return run


_product = tf.function(lambda left: tf.reduce_sum(tf.cast(left @ left, tf.float32)), autograph=False)


def matrix_product(size: int, dtype: str) -> float:
    """Returns the sum of a matrix's square."""
    return float(_product(_matrix(size, dtype)))


def peak_memory() -> int | None:
    """Returns the most bytes of the GPU in use since they were forgotten; None without a GPU."""
    if not tf.config.list_logical_devices("GPU"):
        return None
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])


def forget_peak_memory() -> None:
    """Starts the peak anew."""
    if tf.config.list_logical_devices("GPU"):
        tf.config.experimental.reset_memory_stats("GPU:0")


def _matrix(size: int, dtype: str) -> Array:
    return tf.cast(tf.random.stateless_uniform((size, size), [0, 1]), dtype)


def _move(optimizer: keras.optimizers.Optimizer, network: keras.Model, tape: tf.GradientTape, loss: Array) -> None:
    variables = network.trainable_variables
    optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)


def _squared(vectors: Array) -> Array:
    return tf.reduce_sum(tf.square(tf.cast(vectors, tf.float32)), axis=(1, 2, 3))
