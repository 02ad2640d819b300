"""Images per second of every GAN on digits beside its own compiled step and nothing else.

The training node adds to the step: the order of the examples, logs, looks at the clock, previews, snapshots and
checkpoints. Steps that take gradients of gradients are also compiled by XLA. All loops of a GAN take turns in one
process; what counts are the ratios. ``python -m benchmarks.variant_speed wgan_gp r3gan`` measures these alone.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import tensorflow as tf
import yaml  # type: ignore[import-untyped]
from numpy.typing import NDArray

from benchmarks.loops import Loop
from benchmarks.training_speed import measure
from gan_pipelines.adversarial.sampling import classes_of
from gan_pipelines.adversarial.training import prepare_contest, train_gan
from gan_pipelines.networks.parameters import COUPLED_ARCHITECTURES
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.pipelines.parameters import MODEL_PARAMETERS, ImageGANParameters
from gan_pipelines.presets import with_presets
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.environment import available_cores
from gan_pipelines.training.tensorflow_backend import open_device

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
NODE, STEP = "training node", "compiled step"
_IMAGES, _SIDE, _CLASSES = 1_438, 28, 10

_CONFIGURATION = Path(__file__).parents[1] / "conf" / "base"


class Variant:
    """A GAN with its default parameters, and random images to train on.

    Args:
        name: The pipeline.
    """

    def __init__(self, name: str) -> None:
        sections = yaml.safe_load((_CONFIGURATION / f"parameters_{name}.yml").read_text("utf8"))
        checked = MODEL_PARAMETERS[name].model_validate(with_presets(sections)[name])
        self.parameters = cast("ImageGANParameters", checked)
        architecture = self.parameters.networks.architecture
        shape = (_SIDE, _SIDE * (2 if architecture in COUPLED_ARCHITECTURES else 1), 1)
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

    def node(self, jit: bool) -> Loop:
        """Returns what the node does; each call starts and compiles anew."""

        def run(steps: int) -> None:
            changes = {"steps": steps, "jit_compile": jit}
            with tempfile.TemporaryDirectory() as folder:
                train_gan(
                    "Benchmark",
                    self.networks,
                    self.samples,
                    self.parameters.training.model_copy(update=changes),
                    labels=self.labels,
                    store=CheckpointStore(Path(folder)),
                    **self._around,
                )

        return run

    def step(self, jit: bool) -> Loop:
        """Returns the step of the same engine in one compiled loop, and nothing around it."""
        training = self.parameters.training
        device = open_device(training.devices, jit, training.batch_size)
        with device.strategy.scope():
            engine = prepare_contest(self.networks, training, **self._around).engine
        order = BatchOrder(_IMAGES, training.batch_size, engine.batches_per_step, training.seed)
        data: dict[str, NDArray[Any]] = {"samples": self.samples}
        if classes_of(self.networks[0]):
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


def loops(variant: Variant) -> dict[str, Loop]:
    """Makes the loops of a GAN."""
    found = {NODE: variant.node(jit=False), STEP: variant.step(jit=False)}
    if variant.parameters.training.penalties:
        found |= {f"{title}, XLA": make(jit=True) for title, make in ((NODE, variant.node), (STEP, variant.step))}
    return found


def main(names: Sequence[str] = VARIANTS) -> None:
    """Prints a line for each loop of each GAN."""
    print(f"{available_cores()} cores; batches and networks of the default presets, 28x28 pixels")
    for name in names:
        variant = Variant(name)
        images = variant.images_per_step
        rates = measure(loops(variant), images)
        print(f"\n{name}, {images} images a step")
        for title, rate in rates.items():
            of_step = rate / rates[title.replace(NODE, STEP)]
            print(
                f"  {title:<20} {rate:8.0f} images/s  {images / rate * 1000:6.0f} ms a step  {of_step:5.2f} x its step"
            )


if __name__ == "__main__":
    main(sys.argv[1:] or VARIANTS)
