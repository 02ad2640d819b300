"""Random shifts and mirroring of training pictures, before everything else."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras import ops

from gan_pipelines.adversarial.augmentation import draw_integers, draw_offsets, shift_matrices
from gan_pipelines.training.backend import Key, Tensor


@dataclass(frozen=True)
class Jitter:
    """Shifts and mirrors pictures at random; the pictures of a pair alike.

    Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2016, section 6.2:
    256 px are cropped from 286 px. A shift of up to 15 px that repeats the edge has the same effect but for the
    enlargement by 12 %.

    Args:
        shift: Largest shift along each axis, in pixels of the smallest picture of a pair. Default: none.
        flip: Whether half of the pictures are mirrored left to right.
    """

    shift: int = 0
    flip: bool = False

    def __call__(self, pictures: Sequence[Tensor], key: Key) -> list[Tensor]:
        """Returns the pictures of each entry ``(batch, height, width, channels)``; entry i is paired with entry i.

        Sides must be multiples of the smallest ones.
        """
        if not self.shift and not self.flip:
            return list(pictures)
        smallest = min(each.shape[1] for each in pictures)
        return [self._jittered(each, each.shape[1] // smallest, key) for each in pictures]

    def _jittered(self, pictures: Tensor, scale: int, key: Key) -> Tensor:
        if self.shift:
            _, height, width, _ = pictures.shape
            offsets = [scale * draw_offsets(key, axis, pictures, self.shift) for axis in ("down", "right")]
            down = shift_matrices(offsets[0], height, repeats_edge=True)
            right = shift_matrices(offsets[1], width, repeats_edge=True)
            pictures = ops.einsum("nij,njkc,nlk->nilc", down, pictures, right)
        if self.flip:
            is_mirrored = draw_integers(key, "flip", pictures, 2)[:, None, None, None]
            pictures = ops.where(is_mirrored == 1, ops.flip(pictures, axis=2), pictures)
        return pictures
