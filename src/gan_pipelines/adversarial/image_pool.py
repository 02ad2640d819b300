"""Pool of earlier translations that a discriminator is shown again."""

from keras import ops

from gan_pipelines.adversarial.augmentation import draw_integers
from gan_pipelines.training.backend import Key, Tensor
from gan_pipelines.training.configured_keras import keras


class ImagePool:
    """Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial Training", 2017.

    As in Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
    2017, section 4: until the pool is full, each new picture is kept and shown. Then, with probability 1/2, the picture
    shown is a random one of the pool, which the new one replaces; else the new one is shown and not kept.

    Each place of a batch has an equal part of the pool. Its variables are part of the checkpoints. Several devices of
    TensorFlow share the pool of the first one.

    Args:
        size: Pictures in the pool; rounded down to a multiple of the batch size, but at least one for each place.
        batch_size: Largest number of pictures per batch.
        image_shape: ``(height, width, channels)``.
    """

    def __init__(self, size: int, batch_size: int, image_shape: tuple[int, ...]) -> None:
        self._slots = max(1, size // batch_size)
        shape = (batch_size, self._slots, *image_shape)
        shared = "only_first_replica"
        self._images = keras.Variable(
            ops.zeros(shape), trainable=False, dtype="float32", aggregation=shared, name="images"
        )
        self._filled = keras.Variable(0, trainable=False, dtype="int32", aggregation=shared, name="filled")

    def variables(self) -> dict[str, keras.Variable]:
        """Returns the variables that a training must save."""
        return {"images": self._images, "filled": self._filled}

    def exchange(self, pictures: Tensor, key: Key) -> Tensor:
        """Returns the pictures to show, of the shape and range of ``pictures``; no gradient passes through them."""
        pictures = ops.stop_gradient(ops.cast(pictures, "float32"))
        count = pictures.shape[0]
        kept, filled = self._images[:count], ops.convert_to_tensor(self._filled)
        is_full = filled >= self._slots
        is_swapped = draw_integers(key, "swap", pictures, 2) == 1
        place = ops.where(is_full, draw_integers(key, "slot", pictures, self._slots), filled)
        is_place = ops.one_hot(place, self._slots, dtype="float32")[:, :, None, None, None]
        shown = ops.where(
            ops.logical_and(is_full, is_swapped)[:, None, None, None], ops.sum(is_place * kept, axis=1), pictures
        )
        is_written = ops.logical_or(ops.logical_not(is_full), is_swapped)[:, None, None, None, None]
        updated = ops.where(ops.logical_and(is_written, is_place > 0), pictures[:, None], kept)
        self._images.assign(ops.concatenate([updated, self._images[count:]], axis=0))
        self._filled.assign(ops.minimum(filled + 1, self._slots))
        return shown
