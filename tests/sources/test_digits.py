import numpy as np

from gan_pipelines.sources import ImagesParameters, read_images


def test_all_digits_are_framed_as_in_mnist() -> None:
    images, report = read_images(ImagesParameters())
    assert images.pixels.shape == (1797, 28, 28, 1)
    assert images.pixels.dtype == np.uint8
    assert images.class_names == tuple("0123456789")
    assert images.labels is not None
    assert images.labels[:10].tolist() == list(range(10))
    assert report["classes"]["0"] == 178
    ink = images.pixels[..., 0].astype(float)
    positions = np.arange(28)
    for axis in (1, 2):
        touched = ink.max(axis=axis) > 0
        extent = touched.shape[1] - touched.argmax(axis=1) - touched[:, ::-1].argmax(axis=1)
        assert extent.max() == 20
        centres = (ink.sum(axis=axis) * positions).sum(axis=1) / ink.sum(axis=(1, 2))
        # Half a pixel is what whole steps leave; the few digits at the edge of their frame stay inside of it.
        assert np.mean(np.abs(centres - 13.5) <= 0.51) > 0.99
    assert images.pixels.max() == 255


def test_other_sizes_are_the_frame_resized() -> None:
    images, _ = read_images(ImagesParameters(size=32, colour="rgb", limit=5))
    assert images.pixels.shape == (5, 32, 32, 3)
    assert (images.pixels[..., 0] == images.pixels[..., 2]).all()
