from typing import get_args

import pandas as pd
import pytest

from gan_pipelines.datasets.reports import TableDataset
from gan_pipelines.errors import UserError
from gan_pipelines.reporting.leaderboard import MEASURES, RankedBy, leaderboard_table
from tests.reporting.cards import card, translator_card

OLD, MIDDLE, NEW = (f"2026-01-0{day}T00.00.00.000Z" for day in (1, 2, 3))


def rows(table, *columns):
    return [tuple(row) for row in table[list(columns)].astype(object).where(table.notna(), None).to_numpy()]


def test_every_kept_run_is_ranked_the_best_first():
    cards = {"one": {OLD: card(4.0), NEW: card(2.0)}, "two": {MIDDLE: card(3.0)}, "three": {MIDDLE: card(9.0)}}
    table = leaderboard_table(cards, "frechet_distance")
    assert rows(table, "group", "rank", "model", "version", "frechet_distance") == [
        ("A", 1, "one", NEW, 2.0),
        ("A", 2, "two", MIDDLE, 3.0),
        ("A", 3, "one", OLD, 4.0),
        ("A", 4, "three", MIDDLE, 9.0),
    ]


@pytest.mark.parametrize(
    "other",
    [
        card(1.0, network="b" * 64),
        card(1.0, data="e"),
        card(1.0, truncation=0.5),
        card(1.0, conditions={"metric_network": {"sha256": "a" * 64}, "feature_network": {"sha256": "f" * 64}}),
        card(1.0, conditions={"metric_network": {"sha256": "f" * 64}, "feature_network": {"sha256": "a" * 64}}),
        card(None, frechet_file_distance={"value": 1.0, "generated_images": 80}),
        card(None, frechet_classifier_distance={"value": 1.0, "generated_images": 81}),
    ],
    ids=["network", "data", "truncation", "features", "classes", "kind", "images"],
)
def test_scores_that_do_not_compare_are_ranked_apart(other):
    table = leaderboard_table({"one": {NEW: card(3.0), MIDDLE: card(4.0)}, "two": {OLD: other}}, "frechet_distance")
    assert rows(table, "group", "rank", "model") == [("A", 1, "one"), ("A", 2, "one"), ("B", 1, "two")]


@pytest.mark.parametrize("measure", ["psnr", "ssim"])
def test_translators_of_one_task_compare_whatever_they_learned_from(measure):
    paired = translator_card(psnr=24.0, ssim=0.9, data="pairs", distance=3.0, network="a" * 64)
    unpaired = translator_card(psnr=22.0, ssim=0.7, data="domains", distance=2.0, network="b" * 64)
    without_distance = translator_card(psnr=20.0, ssim=0.6)
    cards = {"pix2pix": {NEW: paired}, "cyclegan": {MIDDLE: unpaired}, "discogan": {OLD: without_distance}}
    table = leaderboard_table(cards, measure)
    expected = [("A", 1, "pix2pix"), ("A", 2, "cyclegan"), ("A", 3, "discogan")]
    assert rows(table, "group", "rank", "model") == expected
    baseline = {"psnr": 15.0, "ssim": 0.6}[measure]
    facts = rows(table, "task", "images", "low_n", "real_baseline", "untrained_baseline", "best_baseline")
    assert facts == [("translation a_to_b", 70, None, None, None, baseline)] * 3


@pytest.mark.parametrize(
    "other", [translator_card(task="translation b_to_a"), translator_card(heldout="i")], ids=["task", "pictures"]
)
@pytest.mark.parametrize("measure", ["psnr", "ssim"])
def test_translations_of_other_tasks_or_pictures_are_ranked_apart(other, measure):
    table = leaderboard_table({"one": {NEW: translator_card()}, "two": {OLD: other}}, measure)
    assert rows(table, "group", "rank", "model") == [("A", 1, "one"), ("B", 1, "two")]


def test_translators_without_held_out_pictures_have_no_group():
    table = leaderboard_table({"one": {NEW: translator_card(heldout=None)}}, "psnr")
    assert rows(table, "group", "rank", "psnr") == [(None, None, 20.0)]


def test_distances_of_translators_compare_with_the_same_features_only():
    first, same, other = (
        translator_card(distance=distance, network=network * 64, data=data, steps=steps)
        for distance, network, data, steps in ((3.0, "a", "pairs", 1), (2.0, "a", "domains", 2), (1.0, "b", "pairs", 3))
    )
    back = translator_card(task="translation b_to_a", distance=1.0)
    gan = card(1.0, data="h")
    cards = {"pix2pix": {NEW: first, OLD: back}, "cyclegan": {MIDDLE: same}, "discogan": {OLD: other}}
    table = leaderboard_table({**cards, "dcgan": {OLD: gan}}, "frechet_distance")
    expected = [("A", 1, "cyclegan"), ("A", 2, "pix2pix"), ("B", 1, "pix2pix"), ("C", 1, "discogan"), ("D", 1, "dcgan")]
    assert rows(table, "group", "rank", "model") == expected


def test_gans_have_no_rank_by_a_score_of_translations():
    table = leaderboard_table({"gan": {NEW: card(1.0)}, "pix2pix": {OLD: translator_card()}}, "psnr")
    assert rows(table, "group", "rank", "model") == [("A", None, "gan"), ("B", 1, "pix2pix")]


def test_the_judge_of_the_latest_run_comes_first():
    table = leaderboard_table({"one": {OLD: card(1.0)}, "two": {NEW: card(5.0, network="b" * 64)}}, "frechet_distance")
    assert rows(table, "group", "model") == [("A", "two"), ("B", "one")]


def test_refused_runs_come_last_and_runs_without_the_score_end_their_group():
    cards = {
        "refused": {NEW: card(None)},
        "unranked": {NEW: card(1.0)},
        "good": {OLD: card(2.0, classifier_score={"value": 3.0, "heldout": 9.0, "untrained": 1.0})},
        "other": {OLD: card(2.0, network="b" * 64)},
    }
    table = leaderboard_table(cards, "classifier_score")
    assert rows(table, "group", "rank", "model", "real_baseline", "untrained_baseline") == [
        ("A", 1, "good", 9.0, 1.0),
        ("A", None, "unranked", None, None),
        ("B", None, "other", None, None),
        (None, None, "refused", None, None),
    ]
    assert rows(table, "refused")[-1] == ("The metric network is right too seldom.",)


def test_equal_scores_share_a_rank():
    cards = {"one": {NEW: card(2.0)}, "two": {NEW: card(2.0, steps=11)}, "three": {NEW: card(3.0)}}
    assert leaderboard_table(cards, "frechet_distance")["rank"].tolist() == [1, 1, 3]


def test_a_run_that_was_brought_back_counts_once_under_its_latest_version():
    cards = {"one": {OLD: card(2.0), MIDDLE: card(3.0), NEW: card(2.0)}}
    assert rows(leaderboard_table(cards, "frechet_distance"), "version") == [(NEW,), (MIDDLE,)]
    assert rows(leaderboard_table(cards, "frechet_distance", 1), "version") == [(NEW,)]


def test_so_many_latest_runs_of_each_model_are_taken_as_asked_for():
    cards = {"one": {OLD: card(1.0), MIDDLE: card(2.0), NEW: card(3.0)}, "two": {OLD: card(4.0)}}
    table = leaderboard_table(cards, "frechet_distance", 2)
    assert rows(table, "model", "version") == [("one", MIDDLE), ("one", NEW), ("two", OLD)]


def test_a_model_without_runs_is_refused():
    with pytest.raises(UserError, match=r"other_models` contains two, which has no stored run.*--pipeline=two"):
        leaderboard_table({"one": {NEW: card(1.0)}, "two": {}}, "frechet_distance")


SCORES = {
    "kernel_distance": {"mean": 1.0, "real_baseline": {"mean": 0.1}, "untrained_baseline": {"mean": 9.0}},
    "sliced_wasserstein": {
        **{"value": 40.0, "real_baseline": 10.0, "untrained_baseline": 300.0},
        "generated_images": 60,
    },
    "classifier_score": {"value": 2.0, "heldout": 0.2, "untrained": 8.0},
    "precision_recall": {
        "precision": 3.0,
        "recall": 4.0,
        "real_baseline": {"precision": 0.3, "recall": 0.4},
        "untrained_baseline": {"precision": 7.0, "recall": 6.0},
    },
    "density_coverage": {
        "density": 5.0,
        "coverage": 6.0,
        "real_baseline": {"density": 0.5, "coverage": 0.6},
        "untrained_baseline": {"density": 5.5, "coverage": 4.0},
    },
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("frechet_distance", (2.0, 1.0, 8.0)),
        ("kernel_distance", (1.0, 0.1, 9.0)),
        ("sliced_wasserstein", (40.0, 10.0, 300.0)),
        ("classifier_score", (2.0, 0.2, 8.0)),
        ("precision", (3.0, 0.3, 7.0)),
        ("recall", (4.0, 0.4, 6.0)),
        ("density", (5.0, 0.5, 5.5)),
        ("coverage", (6.0, 0.6, 4.0)),
    ],
)
def test_runs_can_be_ranked_by_each_score_with_its_floor_and_ceiling(name, expected):
    table = leaderboard_table({"one": {NEW: card(**SCORES)}}, name)
    assert rows(table, name, "real_baseline", "untrained_baseline") == [expected]
    assert rows(table, "rank", "ranked_by") == [(1, name)]


def test_distances_rank_the_least_first_and_other_scores_the_most():
    worse, better = card(**SCORES), card(**SCORES, steps=11)
    better["scores"] = {
        **better["scores"],
        "kernel_distance": {"mean": 0.5},
        "sliced_wasserstein": {"value": 39.0, "generated_images": 60},
        "precision_recall": {"precision": 3.5, "recall": 4.0},
    }
    cards = {"worse": {NEW: worse}, "better": {NEW: better}}
    for name in ("kernel_distance", "sliced_wasserstein", "precision"):
        assert rows(leaderboard_table(cards, name), "model", "rank") == [("better", 1), ("worse", 2)]


def test_a_score_of_its_own_number_of_images_compares_at_that_number():
    def wasserstein(value, images):
        return card(value, sliced_wasserstein={"value": value, "generated_images": images})

    cards = {"one": {NEW: wasserstein(3.0, 60), OLD: wasserstein(1.0, 50)}, "two": {MIDDLE: wasserstein(2.0, 60)}}
    table = leaderboard_table(cards, "sliced_wasserstein")
    assert rows(table, "group", "rank", "model", "images") == [
        ("A", 1, "two", 60),
        ("A", 2, "one", 60),
        ("B", 1, "one", 50),
    ]
    assert leaderboard_table(cards, "frechet_distance")["group"].tolist() == ["A"] * 3


def test_every_score_that_may_be_asked_for_is_known():
    assert tuple(MEASURES) == get_args(RankedBy)


def test_the_table_survives_csv_as_whole_numbers_and_text(tmp_path):
    copies = {"exact_copies": 3, "suspicious": True}
    cards = {"one": {"20260101": card(2.0, memorisation=copies)}, "two": {"20260102": card(None)}}
    dataset = TableDataset(filepath=str(tmp_path / "l.csv"), text_columns=["version", "refused"])
    dataset.save(leaderboard_table(cards, "frechet_distance"))
    lines = (tmp_path / "l.csv").read_text("utf8").splitlines()
    assert lines[1].startswith("A,1,one,20260101,mlp,frechet_distance,1.0,8.0,2.0,")
    assert ",3,True," in lines[1]
    assert lines[2].startswith(",,two,20260102,mlp,frechet_distance,,,,")
    table = dataset.load()
    assert table["version"].tolist() == ["20260101", "20260102"]
    assert table["feature_network"].tolist() == ["sha256:" + "a" * 12] * 2
    assert table["low_n"][0] is True or bool(table["low_n"][0])
    assert pd.isna(table["rank"][1])


def test_cards_of_earlier_versions_may_lack_what_later_ones_have():
    table = leaderboard_table({"one": {NEW: {}}, "two": {NEW: card(1.0)}}, "frechet_distance")
    assert rows(table, "model", "rank", "steps") == [("two", 1, 10), ("one", None, None)]


def test_there_is_a_letter_for_every_judge():
    cards = {"one": {f"2026-{number:03}": card(1.0, data=f"{number}") for number in range(30)}}
    groups = leaderboard_table(cards, "frechet_distance")["group"].tolist()
    assert groups[0] == "A"
    assert groups[25:] == ["Z", "AA", "AB", "AC", "AD"]
