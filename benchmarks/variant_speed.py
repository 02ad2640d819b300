"""Images per second of every GAN on digits beside its own compiled step and nothing else.

The training node adds to the step: the order of the examples, logs, looks at the clock, previews, snapshots and
checkpoints. At some of its previews it pauses and the bare step takes its turn, so that both meet the same moods of the
machine; what counts are the ratios. Steps that take gradients of gradients are also compiled by XLA.
``python -m benchmarks.variant_speed wgan_gp r3gan`` measures these alone.
"""

import itertools
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import tensorflow as tf
import yaml  # type: ignore[import-untyped]
from numpy.typing import NDArray

from benchmarks.loops import Loop
from gan_pipelines.adversarial.sampling import class_count
from gan_pipelines.adversarial.training import set_up_gan, train_gan
from gan_pipelines.models.parameters import ImageGANParameters
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.networks.architectures import ARCHITECTURES
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.pixels import to_bytes
from gan_pipelines.presets import with_presets
from gan_pipelines.training.backend.tensorflow_backend import open_device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import Checkpoint, CheckpointStore
from gan_pipelines.training.environment import available_cores

VARIANTS = (
    "dcgan",
    "simple_gan",
    "conditional_gan",
    "infogan",
    "wgan",
    "wgan_gp",
    "lsgan",
    "hinge_gan",
    "r3gan",
    "began",
    "cogan",
)
ROUNDS = 4
SECONDS_A_ROUND = 5.0
_IMAGES, _SIDE, _CLASSES = 1_438, 28, 10

_CONFIGURATION = Path(__file__).parents[1] / "conf" / "base"


class Variant:
    """A GAN with its default parameters, and random images to train on.

    Args:
        name: The pipeline.
    """

    def __init__(self, name: str) -> None:
        sections = yaml.safe_load((_CONFIGURATION / f"parameters_{name}.yml").read_text("utf8"))
        checked = SECTIONS[name].model_validate(with_presets(sections)[name])
        self.parameters = cast("ImageGANParameters", checked)
        architecture = self.parameters.networks.architecture
        shape = (_SIDE, _SIDE * (2 if ARCHITECTURES[architecture].draws == "pairs" else 1), 1)
        random = np.random.default_rng(0)
        self.samples = random.uniform(-1, 1, (_IMAGES, *shape)).astype(np.float32)
        self.labels = random.integers(0, _CLASSES, _IMAGES)
        self.networks = build_networks(self.parameters.networks, shape, seed=0, classes=_CLASSES)

    @property
    def images_per_step(self) -> int:
        """Real images that a step takes."""
        return self.parameters.training.batch_size * self.parameters.training.discriminator_updates

    @property
    def _around(self) -> dict[str, Any]:
        networks = self.parameters.networks
        return {
            "latent_distribution": networks.latent_distribution,
            "codes": networks.codes,
            "spectral_normalization": networks.spectral_normalization,
        }

    def train(self, steps: int, jit: bool, pauses: "Pauses", store: CheckpointStore) -> None:
        """Does what the node does, with one checkpoint at the end."""
        changes = {"steps": steps, "checkpoint_every_steps": steps, "jit_compile": jit}
        train_gan(
            "Benchmark",
            self.networks,
            self.samples,
            self.parameters.training.model_copy(update=changes),
            labels=self.labels,
            store=store,
            postprocess=pauses,
            **self._around,
        )

    def step(self, jit: bool) -> Loop:
        """Returns the step of the same engine in one compiled loop, and nothing around it."""
        training = self.parameters.training
        device = open_device(training.devices, jit, training.batch_size)
        with device.scope():
            engine = set_up_gan(self.networks, training, **self._around).engine
        order = BatchOrder(_IMAGES, training.batch_size, engine.batches_per_step, training.seed)
        data: dict[str, NDArray[Any]] = {"samples": self.samples}
        if class_count(self.networks[0]):
            data["labels"] = self.labels
        on_device = {name: tf.constant(values) for name, values in data.items()}
        step = tf.function(engine.step, jit_compile=jit, autograph=False)

        def body(position: tf.Tensor, indices: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, ...]:
            batches = {name: tf.gather(values, indices[position]) for name, values in on_device.items()}
            figures = device.strategy.run(step, (tf.cast(position, tf.int64), batches))
            return position + 1, indices, tf.add_n([*figures.values()])

        @tf.function(input_signature=[tf.TensorSpec([None, *order.shape], tf.int32)], autograph=False)
        def loop(indices: tf.Tensor) -> tf.Tensor:
            steps = tf.shape(indices)[0]
            state = (tf.constant(0), indices, tf.constant(0.0))
            return tf.while_loop(lambda position, *_: position < steps, body, state, parallel_iterations=1)[-1]

        def run(steps: int) -> None:
            loop(tf.constant(order.indices(0, steps))).numpy()

        return run


class Pauses:
    """What the training does with a preview: now and then, the bare step takes its turn.

    Args:
        turn: The bare step's turn.
        previews_a_round: How many previews the training draws between two turns.
    """

    def __init__(self, turn: Callable[[], None], previews_a_round: int) -> None:
        self.rounds: list[float] = []
        """Seconds that the training took between turns; the first has the compilation in it."""
        self.resumed = 0.0
        """When the training went on after the last turn."""
        self._turn = turn
        self._moments = itertools.cycle([True] + [False] * (previews_a_round - 1))

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Makes of samples what is kept of them; the first are drawn before the first step."""
        frame = to_bytes(images)
        if next(self._moments):
            if self.resumed:
                self.rounds.append(time.perf_counter() - self.resumed)
                self._turn()
            self.resumed = time.perf_counter()
        return frame


class TimedStore(CheckpointStore):
    """Knows when it last wrote a checkpoint."""

    saved = 0.0

    def save(self, checkpoint: Checkpoint) -> None:
        """Writes it."""
        super().save(checkpoint)
        self.saved = time.perf_counter()


def seconds_per_step(variant: Variant, jit: bool) -> tuple[float, float]:
    """Measures the training node, with previews and checkpoints as often as by default, and the compiled step alone.

    Returns:
        The medians of the rounds of both.
    """
    training, step = variant.parameters.training, variant.step(jit)
    step(2)
    every = training.preview.every_steps or 1
    previews_a_round = math.ceil(SECONDS_A_ROUND / every / (_seconds(lambda: step(5)) / 5))
    steps = every * previews_a_round
    turns: list[float] = []
    pauses = Pauses(lambda: turns.append(_seconds(lambda: step(steps))), previews_a_round)
    with tempfile.TemporaryDirectory() as folder:
        store = TimedStore(Path(folder))
        variant.train(steps * (1 + ROUNDS), jit, pauses, store)
    checkpoint = store.saved - pauses.resumed
    node = statistics.median(pauses.rounds[1:]) / steps + checkpoint / training.checkpoint_every_steps
    return node, statistics.median(turns) / steps


def main(names: Sequence[str] = VARIANTS) -> None:
    """Prints a line for each GAN, and another with XLA for those with penalties."""
    print(f"{available_cores()} cores; batches and networks of the default presets, {_SIDE}x{_SIDE} pixels")
    print("                      images a step  images/s of the node  ms a step  of the bare step's images/s")
    for name in names:
        variant = Variant(name)
        for jit in (False, True) if variant.parameters.training.penalties else (False,):
            node, step = seconds_per_step(variant, jit)
            images = variant.images_per_step
            title = f"{name}, XLA" if jit else name
            print(f"{title:<22}{images:13}{images / node:22.0f}{node * 1000:11.0f}{step / node:32.2f} x", flush=True)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:] or VARIANTS)
