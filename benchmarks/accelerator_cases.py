"""What `benchmarks.accelerator` trains: five kinds of step, their networks, and the engine's way of taking them.

Imports neither Kedro nor a backend that is not chosen, so that it runs where only one backend, Keras, NumPy and
pydantic are installed. Keras must have been told its backend before.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.player_training import Setup
from gan_pipelines.adversarial.training import set_up_gan
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.training.backend.interface import Device
from gan_pipelines.training.batches import BatchOrder
from gan_pipelines.training.parameters import Precision

_BATCHES_KEPT = 4
"""So many steps' images lie on the device; that they come again changes no time."""


class Loop(Protocol):
    """Trains some steps and waits until they are done; the first call compiles."""

    def __call__(self, first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Runs the steps from ``first_step`` on.

        Args:
            first_step: The number of the first step.
            indices: Images of each step, ``(steps, batches, batch)``.

        Returns:
            ``generator_loss`` and ``discriminator_loss`` of each step, ``(steps,)``, and maybe more figures.
        """


@dataclass(frozen=True)
class Case:
    """A kind of step.

    Args:
        name: In the table.
        architecture: Of both networks.
        size: Height and width of the images in pixels.
        channels: Of the images.
        batch: Images in a batch.
        loss: The adversarial loss.
        penalties: On the discriminator's slope, with their weights.
        betas: Adam's.
        critic_updates: Of the discriminator before each of the generator; 0 where both learn from one forward pass.
    """

    name: str
    architecture: str
    size: int
    channels: int
    batch: int
    loss: str = "non_saturating"
    penalties: tuple[tuple[str, float], ...] = ()
    betas: tuple[float, float] = (0.5, 0.999)
    critic_updates: int = 0
    learning_rate = 2e-4
    seed = 0

    @property
    def batches(self) -> int:
        """Batches that a step takes."""
        return max(1, self.critic_updates)

    @property
    def images_per_step(self) -> int:
        """Real images that a step takes."""
        return self.batches * self.batch

    def parameters(self, precision: Precision) -> AdversarialTrainingParameters:
        """Returns the section ``training`` that asks the engine for this step."""
        adam = {"name": "adam", "learning_rate": self.learning_rate, "beta_1": self.betas[0], "beta_2": self.betas[1]}
        settings: dict[str, Any] = {
            "batch_size": self.batch,
            "seed": self.seed,
            "precision": precision,
            "loss": {"name": self.loss},
            "penalties": [{"name": name, "weight": weight} for name, weight in self.penalties],
            "optimizers": {"generator": adam, "discriminator": adam},
        }
        if self.critic_updates:
            settings |= {"updates": "alternating", "discriminator_updates": self.critic_updates}
        return AdversarialTrainingParameters.model_validate(settings)

    def networks(self) -> tuple[keras.Model, keras.Model]:
        """Builds generator and discriminator anew, equal each time."""
        shape = (self.size, self.size, self.channels)
        return build_networks(NetworksParameters(architecture=self.architecture), shape, seed=self.seed)

    def contest(self, precision: Precision) -> Setup:
        """Builds an engine around them, whose networks are copies; the states of dropout are equal each time too."""
        return set_up_gan(self.networks(), self.parameters(precision))

    def images(self) -> NDArray[np.float32]:
        """Returns random pixels in [-1, 1], ``(images, size, size, channels)``."""
        shape = (_BATCHES_KEPT * self.images_per_step, self.size, self.size, self.channels)
        return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)

    def indices(self, steps: int) -> NDArray[np.int32]:
        """Returns which images the first steps take, ``(steps, batches, batch)``."""
        order = BatchOrder(_BATCHES_KEPT * self.images_per_step, self.batch, self.batches, self.seed)
        return order.indices(0, steps)

    def reduced(self, share: int) -> "Case":
        """Returns the case with a fraction of its batch, one ``share``-th."""
        return replace(self, batch=max(2, self.batch // share))


CASES = (
    Case("mnist_transposed", "mnist_transposed", 28, 1, 64),
    Case("photo_96", "photo_upsampling", 96, 3, 32),
    Case("photo_256", "photo_upsampling", 256, 3, 16),
    Case(
        "wgan_gp",
        "mnist_critic",
        28,
        1,
        32,
        loss="wasserstein",
        penalties=(("gradient_penalty", 10.0),),
        betas=(0.0, 0.9),
        critic_updates=5,
    ),
    Case(
        "r3gan",
        "residual",
        28,
        1,
        32,
        loss="relativistic",
        penalties=(("r1", 1.0), ("r2", 1.0)),
        betas=(0.0, 0.99),
        critic_updates=1,
    ),
)


def engine_loop(case: Case, precision: Precision, device: Device) -> Loop:
    """Returns the engine's compiled steps, as a training calls them."""
    networks = case.networks()
    with device.scope():
        engine = set_up_gan(networks, case.parameters(precision)).engine
    return device.compile_steps(
        engine.step,
        engine.logged,
        [*engine.variables().values()],
        {"samples": case.images()},
        (case.batches, case.batch),
    )


def operations_per_step(case: Case) -> float:
    """Estimates the operations of a step, two a multiplication, of dense and convolutional layers alone.

    A backward pass costs two forward passes: one for the weights and one for the inputs. What differentiates a slope
    costs as much as the forward and the backward pass that gave the slope, twice. The little that the first layers
    save, whose inputs need no gradient, is counted.
    """
    generator, discriminator = map(_forward_operations, case.networks())
    if not case.critic_updates:
        # Real samples there and back; generated ones there, back to the weights and to the inputs, and for the
        # generator to the inputs once more.
        return case.batch * (3 * generator + (3 + 4) * discriminator)
    critic_update = generator + (6 + 6 * len(case.penalties)) * discriminator
    compared = 1 if case.loss == "relativistic" else 0
    generator_update = 3 * generator + (2 + compared) * discriminator
    return case.batch * (case.critic_updates * critic_update + generator_update)


def _forward_operations(network: keras.Model) -> float:
    """Returns the operations of one sample's forward pass."""
    total = 0.0
    for layer in network.layers:
        kernel = getattr(layer, "kernel", None)
        if kernel is None:
            continue
        placed = layer.input if isinstance(layer, keras.layers.Conv2DTranspose) else layer.output
        positions = np.prod(placed.shape[1:-1]) if len(placed.shape) > 2 else 1
        total += 2.0 * float(np.prod(kernel.shape)) * float(positions)
    return total
