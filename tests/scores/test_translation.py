import json

import numpy as np
import pytest

from gan_pipelines.reporting.claims import checked_claims
from gan_pipelines.reporting.parameters import ClaimParameters
from gan_pipelines.scores.image_quality import luminance, structural_similarity
from gan_pipelines.scores.translation import both_directions, score_cycle, score_translations


def flat(*levels):
    return np.stack([np.full((12, 12, 3), level, np.uint8) for level in levels])


TRUTHS = flat(100, 100)
BASELINES = {"mean_picture": flat(120, 120), "nearest_source": flat(110, 110)}


def decibels(difference):
    return 20 * np.log10(255 / difference)


def test_the_value_is_the_mean_over_pictures_beside_the_baselines():
    sections = score_translations(flat(101, 104), TRUTHS, BASELINES)
    assert list(sections) == ["l1", "psnr", "ssim"]
    l1, psnr = sections["l1"], sections["psnr"]
    assert l1["value"] == pytest.approx(2.5 / 255)
    assert l1["standard_error"] == pytest.approx(1.5 / 255)
    assert l1["baselines"] == pytest.approx({"mean_picture": 20 / 255, "nearest_source": 10 / 255})
    assert l1["margins"] == pytest.approx({"mean_picture": 17.5 / 255, "nearest_source": 7.5 / 255})
    assert l1["best_baseline"] == pytest.approx(10 / 255)
    assert l1["above_best_baseline"] == pytest.approx(7.5 / 255)
    value = (decibels(1) + decibels(4)) / 2
    assert psnr["value"] == pytest.approx(value)
    assert psnr["standard_error"] == pytest.approx((decibels(1) - decibels(4)) / 2)
    assert psnr["margins"]["mean_picture"] == pytest.approx(value - decibels(20))
    assert psnr["best_baseline"] == pytest.approx(decibels(10))
    assert psnr["above_best_baseline"] == pytest.approx(value - decibels(10))
    assert psnr["pictures"] == 2


def test_margins_of_worse_translations_are_negative():
    sections = score_translations(flat(150, 150), TRUTHS, BASELINES)
    for section in sections.values():
        assert max(section["margins"].values()) < 0
        assert section["above_best_baseline"] == min(section["margins"].values())


def test_without_baselines_or_with_one_picture_numbers_are_none_and_the_report_is_json():
    section = score_translations(flat(101), TRUTHS[:1])["psnr"]
    assert (section["standard_error"], section["best_baseline"], section["above_best_baseline"]) == (None,) * 3
    scores = both_directions({"psnr": section}, {"psnr": section})
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores


def test_pictures_that_are_too_small_for_the_similarity_have_the_other_scores():
    sections = score_translations(flat(101, 104)[:, :10], TRUTHS[:, :10], {})
    assert list(sections) == ["l1", "psnr", "ssim_refused"]
    assert "at least 11x11 pixels; they have 10x12" in sections["ssim_refused"]
    assert both_directions(sections, sections)["smallest"].keys() == {"psnr"}


def test_luminance_can_be_scored():
    noisy = np.random.default_rng(0).integers(0, 256, (2, 20, 20, 3), np.uint8)
    smooth = noisy // 2 + 60
    found = score_translations(luminance(noisy, 4), luminance(smooth, 4))["ssim"]["value"]
    assert found == pytest.approx(structural_similarity(luminance(noisy, 4), luminance(smooth, 4)).mean())


def test_the_worse_direction_counts_number_by_number():
    forth = {**score_translations(flat(101, 101), TRUTHS, BASELINES), **score_cycle(TRUTHS, flat(99, 99))}
    back = score_translations(flat(104, 104), TRUTHS, {"mean_picture": flat(200, 200), "nearest_source": flat(0, 255)})
    scores = both_directions(forth, back)
    assert scores["smallest"].keys() == {"psnr", "ssim"}
    smallest = scores["smallest"]["psnr"]
    assert smallest["value"] == pytest.approx(decibels(4))
    assert smallest["margins"]["mean_picture"] == pytest.approx(decibels(1) - decibels(20))
    assert smallest["above_best_baseline"] == pytest.approx(decibels(1) - decibels(10))
    assert scores["psnr"] == scores["a_to_b"]["psnr"] == forth["psnr"]
    assert scores["a_to_b"]["cycle"]["psnr"]["value"] == pytest.approx(decibels(1))


def test_directions_with_unlike_baselines_are_refused():
    forth, back = (score_translations(TRUTHS, TRUTHS, {name: TRUTHS}) for name in ("one", "two"))
    with pytest.raises(ValueError, match="have the baselines one, but from B to A two"):
        both_directions(forth, back)


@pytest.mark.parametrize(
    "path",
    [
        "psnr.value",
        "a_to_b.psnr.margins.mean_picture",
        "b_to_a.ssim.baselines.nearest_source",
        "a_to_b.cycle.l1.value",
        "smallest.psnr.margins.nearest_source",
        "smallest.ssim.above_best_baseline",
    ],
)
def test_claims_reach_every_number(path):
    forth = {**score_translations(flat(101, 101), TRUTHS, BASELINES), **score_cycle(TRUTHS, flat(99, 99))}
    (claim,) = checked_claims({path: ClaimParameters(at_least=-1000)}, both_directions(forth, forth))
    assert claim["holds"]
