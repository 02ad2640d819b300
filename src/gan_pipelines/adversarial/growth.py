"""The resolution of a stage, and the fade of its newest layers."""

from dataclasses import dataclass

from keras import ops

from gan_pipelines.training.backend import Key, Tensor
from gan_pipelines.training.engine import Batch


@dataclass(frozen=True)
class Growth:
    """Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs", 2018, section 2 and figure 2.

    Args:
        factor: Factor between the full resolution and that of the stage.
        fade_images: Real images during which the newest resolution is faded in; 0 if it is not faded.
        images_per_step: Real images per step, over all devices.
    """

    factor: int
    fade_images: int
    images_per_step: int

    def share(self, step: Tensor) -> Tensor:
        """Returns the share of the newest resolution after ``step`` steps, from 0 to 1."""
        images = ops.cast(step, "float32") * float(self.images_per_step)
        return ops.minimum(images / float(max(self.fade_images, 1)), 1.0)

    def condition(self, batch: Batch, key: Key) -> Tensor:
        """Returns the share as second input of both networks, ``(batch, 1)``."""
        return self.share(key.step) * ops.ones((batch["samples"].shape[0], 1))

    def real(self, samples: Tensor, key: Key) -> Tensor:
        """Returns real images of the full resolution in that of the stage, faded as the generated ones are."""
        pixels = averaged(samples, self.factor)
        if not self.fade_images:
            return pixels
        old = ops.repeat(ops.repeat(averaged(pixels, 2), 2, axis=1), 2, axis=2)
        return old + (pixels - old) * self.share(key.step)


def averaged(images: Tensor, factor: int) -> Tensor:
    """Returns the means of squares of ``factor`` pixels."""
    count, height, width, channels = images.shape
    squares = ops.reshape(images, (count, height // factor, factor, width // factor, factor, channels))
    return ops.mean(squares, axis=(2, 4))
