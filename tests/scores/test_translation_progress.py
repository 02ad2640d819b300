import numpy as np
import pytest

from gan_pipelines.scores.translation_progress import score_progress


def pictures(size, level, count=2):
    return np.full((count, size, size, 3), level, np.uint8)


def test_each_time_has_the_mean_of_its_pictures_beside_the_simple_methods():
    found = score_progress([pictures(12, 110), pictures(12, 101)], pictures(12, 100), {"gray": pictures(12, 105)})
    assert list(found) == ["psnr", "ssim"]
    assert found["psnr"]["values"] == pytest.approx([28.1308, 48.1308], abs=1e-4)  # 20 log10(255 / difference)
    assert found["psnr"]["baselines"] == {"gray": pytest.approx(34.1514, abs=1e-4)}
    assert found["ssim"]["values"][0] < found["ssim"]["values"][1] < 1


def test_small_pictures_have_no_structural_similarity_and_methods_are_optional():
    found = score_progress([pictures(8, 100)], pictures(8, 100))
    assert found == {"psnr": {"values": [100.0], "baselines": {}}}
