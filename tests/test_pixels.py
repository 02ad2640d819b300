import numpy as np

from gan_pipelines.pixels import normalise, to_bytes


def test_every_byte_survives_the_round_trip() -> None:
    every_byte = np.arange(256, dtype=np.uint8)
    normalised = normalise(every_byte)
    assert normalised.dtype == np.float32
    assert (normalised[0], normalised[-1]) == (-1.0, 1.0)
    np.testing.assert_array_equal(to_bytes(normalised), every_byte)


def test_bytes_are_rounded_and_clipped() -> None:
    assert to_bytes(np.array([-1.5, 1.5, 0.0, 0.005], dtype=np.float32)).tolist() == [0, 255, 128, 128]
