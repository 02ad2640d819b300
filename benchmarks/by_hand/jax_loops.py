"""The steps by hand in JAX: pure functions of the weights, differentiated and jitted, which give their input away."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import jax
import keras
import numpy as np
from jax import numpy as jnp
from numpy.typing import NDArray

from benchmarks.accelerator_cases import Case, Loop
from gan_pipelines.training.backend import Key, random_tensor
from gan_pipelines.training.parameters import Precision
from gan_pipelines.training.precision import in_float32

Array: TypeAlias = Any


class Player(NamedTuple):
    """The present values of a network and its optimizer.

    Args:
        weights: What is learned.
        others: Running statistics and states of dropout.
        slots: Of the optimizer.
    """

    weights: list[Array]
    others: list[Array]
    slots: list[Array]


class State(NamedTuple):
    """The present values of both."""

    generator: Player
    discriminator: Player


_DISCRIMINATOR_LOSSES: dict[str, Callable[[Array, Array], Array]] = {
    "non_saturating": lambda real, generated: jax.nn.softplus(-real) + jax.nn.softplus(generated),
    "wasserstein": lambda real, generated: generated - real,
    "relativistic": lambda real, generated: jax.nn.softplus(generated - real),
}
_GENERATOR_LOSSES: dict[str, Callable[[Array, Array], Array]] = {
    "non_saturating": lambda _, generated: jax.nn.softplus(-generated),
    "wasserstein": lambda _, generated: -generated,
    "relativistic": lambda real, generated: jax.nn.softplus(real - generated),
}


class _Contest:
    """The steps of a case over its two networks, each from a state to the next and its losses ``(2,)``."""

    def __init__(self, case: Case, precision: Precision) -> None:
        contest = case.contest(precision)
        self.case = case
        self.generator, self.discriminator = contest.generator, contest.networks["discriminator"]
        rate, (beta_1, beta_2) = case.learning_rate, case.betas
        self.optimizer = keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2)
        self.other_optimizer = keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2)

    def start(self) -> State:
        """Returns the untrained state; the networks' own values are spent with it."""
        return State(
            _player(self.generator, self.optimizer),
            _player(self.discriminator, self.other_optimizer),
        )

    def step(self, state: State, data: Array, number: Array, indices: Array) -> tuple[State, Array]:
        """Takes the images ``(batches, batch)`` of one step."""
        if not self.case.critic_updates:
            return self._both_updates(state, data[indices[0]], Key(self.case.seed, number, "phase 0/repeat 0"))
        loss: Array = 0.0
        for repeat in range(self.case.critic_updates):
            key = Key(self.case.seed, number, f"phase 0/repeat {repeat}")
            state, loss = self._critic_update(state, data[indices[repeat]], key)
        key = Key(self.case.seed, number, "phase 1/repeat 0")
        state, generator_loss = self._generator_update(state, data[indices[0]], key)
        return state, jnp.stack([generator_loss, loss])

    def _both_updates(self, state: State, real: Array, key: Key) -> tuple[State, Array]:
        """One forward pass; the slope of each loss goes back from the logits, through the discriminator once each."""
        generator, discriminator = state
        generated, to_generator, others = jax.vjp(
            lambda weights: _call(self.generator, weights, generator.others, self._latents(key)),
            generator.weights,
            has_aux=True,
        )
        logits, to_inputs, after = jax.vjp(
            lambda weights, images: _logits(self.discriminator, weights, discriminator.others, images),
            discriminator.weights,
            generated,
            has_aux=True,
        )
        real_logits, to_weights, after = jax.vjp(
            lambda weights: _logits(self.discriminator, weights, after, real), discriminator.weights, has_aux=True
        )
        loss, slope = jax.value_and_grad(self._generator_loss, argnums=1)(real_logits, logits)
        other_loss, (real_slope, generated_slope) = jax.value_and_grad(self._discriminator_loss, argnums=(0, 1))(
            real_logits, logits
        )
        (gradients,) = to_generator(to_inputs(slope)[1])
        other_gradients = jax.tree.map(jnp.add, to_weights(real_slope)[0], to_inputs(generated_slope)[0])
        moved = State(
            _moved(self.optimizer, generator, gradients, others),
            _moved(self.other_optimizer, discriminator, other_gradients, after),
        )
        return moved, jnp.stack([loss, other_loss])

    def _critic_update(self, state: State, real: Array, key: Key) -> tuple[State, Array]:
        generator, discriminator = state
        generated, others = _call(self.generator, generator.weights, generator.others, self._latents(key))

        def loss(weights: list[Array]) -> tuple[Array, tuple[Array, list[Array]]]:
            logits, after = _logits(self.discriminator, weights, discriminator.others, generated)
            real_logits, after = _logits(self.discriminator, weights, after, real)
            value = self._discriminator_loss(real_logits, logits)
            return value + self._penalties(partial(self._slope, weights, after), real, generated, key), (value, after)

        (_, (value, after)), gradients = jax.value_and_grad(loss, has_aux=True)(discriminator.weights)
        moved = _moved(self.other_optimizer, discriminator, gradients, after)
        return State(generator._replace(others=others), moved), value

    def _generator_update(self, state: State, real: Array, key: Key) -> tuple[State, Array]:
        generator, discriminator = state

        def loss(weights: list[Array]) -> tuple[Array, tuple[list[Array], list[Array]]]:
            generated, others = _call(self.generator, weights, generator.others, self._latents(key))
            logits, after = _logits(self.discriminator, discriminator.weights, discriminator.others, generated)
            real_logits = logits
            if self.case.loss == "relativistic":
                real_logits, after = _logits(self.discriminator, discriminator.weights, after, real)
            return self._generator_loss(real_logits, logits), (others, after)

        (value, (others, after)), gradients = jax.value_and_grad(loss, has_aux=True)(generator.weights)
        return State(_moved(self.optimizer, generator, gradients, others), discriminator._replace(others=after)), value

    def _slope(self, weights: list[Array], others: list[Array], images: Array) -> Array:
        """Returns each sample's slope ``(batch, ...)``."""
        with in_float32(self.discriminator):
            return jax.grad(lambda place: jnp.sum(_logits(self.discriminator, weights, others, place)[0]))(images)

    def _penalties(self, slope: Callable[[Array], Array], real: Array, generated: Array, key: Key) -> Array:
        total: Array = 0.0
        for name, weight in self.case.penalties:
            if name == "gradient_penalty":
                share = random_tensor(key.fold_in(name), "share of the real sample", (len(real), 1, 1, 1), "uniform")
                share = (share + 1.0) / 2.0
                norm = jnp.sqrt(_squared(slope(share * real + (1.0 - share) * generated)) + 1e-12)
                total += weight * jnp.mean(jnp.square(norm - 1.0))
            else:
                total += weight / 2.0 * jnp.mean(_squared(slope(real if name == "r1" else generated)))
        return total

    def _latents(self, key: Key) -> Array:
        return random_tensor(key, "latents", (self.case.batch, self.generator.input_shape[-1]))

    def _discriminator_loss(self, real_logits: Array, logits: Array) -> Array:
        return jnp.mean(_DISCRIMINATOR_LOSSES[self.case.loss](real_logits, logits))

    def _generator_loss(self, real_logits: Array, logits: Array) -> Array:
        return jnp.mean(_GENERATOR_LOSSES[self.case.loss](real_logits, logits))


def loop(case: Case, precision: Precision, *, on_gpu: bool) -> Loop:
    """Returns the loop: on a GPU one scan over the steps of a call, elsewhere one call of compiled code a step."""
    contest = _Contest(case, precision)
    state, data = contest.start(), jax.device_put(case.images())

    def scanned(state: State, data: Array, first: Array, indices: Array) -> tuple[State, Array]:
        numbers = first + jnp.arange(len(indices), dtype=jnp.int32)
        return jax.lax.scan(lambda state, x: contest.step(state, data, *x), state, (numbers, indices))  # type: ignore[no-any-return]

    one, many = jax.jit(contest.step, donate_argnums=0), jax.jit(scanned, donate_argnums=0)

    def run(first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        nonlocal state
        if on_gpu:
            state, losses = many(state, data, np.int32(first_step), indices)
        else:
            losses = []
            for number, row in enumerate(indices, first_step):
                state, pair = one(state, data, np.int32(number), row)
                losses.append(pair)
        pairs = np.asarray(jnp.asarray(losses))
        return {"generator_loss": pairs[:, 0], "discriminator_loss": pairs[:, 1]}

    return run


_product = jax.jit(lambda left: jnp.sum((left @ left).astype(jnp.float32)))


def matrix_product(size: int, dtype: str) -> float:
    """Returns the sum of a matrix's square."""
    return float(_product(_matrix(size, dtype)))


def peak_memory() -> int | None:
    """Returns the most bytes that were ever in use in this process; JAX cannot forget them."""
    peak = (jax.local_devices()[0].memory_stats() or {}).get("peak_bytes_in_use")
    return None if peak is None else int(peak)


def forget_peak_memory() -> None:
    """Does nothing: JAX's peak is that of the process."""


@partial(jax.jit, static_argnums=(0, 1))
def _matrix(size: int, dtype: str) -> Array:
    return jax.random.uniform(jax.random.key(0), (size, size)).astype(dtype)


def _player(network: keras.Model, optimizer: keras.optimizers.Optimizer) -> Player:
    optimizer.build(network.trainable_variables)
    groups = (network.trainable_variables, network.non_trainable_variables, optimizer.variables)
    return Player(*([variable.value for variable in group] for group in groups))


def _call(network: keras.Model, weights: list[Array], others: list[Array], x: Array) -> tuple[Array, list[Array]]:
    return network.stateless_call(weights, others, x, training=True)  # type: ignore[no-any-return]


def _logits(network: keras.Model, weights: list[Array], others: list[Array], x: Array) -> tuple[Array, list[Array]]:
    logits, after = _call(network, weights, others, x)
    return logits[:, 0].astype(jnp.float32), after


def _moved(
    optimizer: keras.optimizers.Optimizer, player: Player, gradients: list[Array], others: list[Array]
) -> Player:
    weights, slots = optimizer.stateless_apply(player.slots, gradients, player.weights)
    return Player(weights, others, slots)


def _squared(vectors: Array) -> Array:
    return jnp.sum(jnp.square(vectors.astype(jnp.float32)), axis=(1, 2, 3))
