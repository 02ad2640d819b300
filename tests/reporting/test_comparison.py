import numpy as np
import pandas as pd
import pytest

from gan_pipelines.pipelines.comparison.nodes import draw_comparison
from gan_pipelines.reporting import contact_sheet
from gan_pipelines.reporting.comparison import common_previews, comparison_curves, comparison_summary
from tests.reporting.cards import card, translator_card


def test_the_moments_are_the_same_epochs_of_all_models():
    moments = common_previews({"short": np.array([0.0, 5.0, 10.0]), "long": np.linspace(0, 40, 81)})
    assert moments == {"short": [0, 1, 2], "long": [0, 10, 20, 80]}, "and each one's end"
    equal = np.array([0.0, 5.0, 10.0])
    assert common_previews({"one": equal, "two": equal}) == {"one": [0, 1, 2], "two": [0, 1, 2]}


@pytest.mark.parametrize(
    ("uneven", "expected"), [([0.0, 0.1, 0.2, 6.0], [0, 1, 2, 3]), ([0.0, 5.8, 5.9, 6.0, 6.1], [0, 1, 2, 3, 4])]
)
def test_no_preview_is_shown_twice(uneven, expected):
    moments = common_previews({"uneven": np.array(uneven), "even": np.linspace(0, 6, 7)})
    assert moments == {"uneven": expected, "even": [0, 2, 4, 6]}


def previews(epochs, width, images=2):
    return {
        "samples": np.zeros((len(epochs), images, 16, width, 3), np.uint8),
        "steps": np.arange(len(epochs)),
        "epochs": np.array(epochs),
    }


def test_previews_are_titled_by_fractions_of_few_epochs(monkeypatch):
    sheets = []
    monkeypatch.setattr(contact_sheet, "contact_sheet", lambda *sheet: sheets.append(sheet))
    draw_comparison(one=previews([0.0, 0.25, 0.5], 16), two=previews([0.0, 0.25, 0.5, 12.6], 16))
    ((pictures, captions, columns),) = sheets
    assert captions[:4] == ["one · epoch 0.0", "one · epoch 0.2", "one · epoch 0.5", ""]
    assert captions[4:] == ["two · epoch 0.0", "two · epoch 0.2", "two · epoch 0.5", "two · epoch 13"]
    assert (len(pictures), columns) == (8, 4)
    monkeypatch.undo()
    assert contact_sheet.contact_sheet(*sheets[0]).mode == "RGB"


def test_pictures_of_strips_are_drawn_at_one_scale(monkeypatch):
    grids = {}
    monkeypatch.setattr(contact_sheet, "contact_sheet", lambda pictures, *_: grids.update(enumerate(pictures)))
    draw_comparison(pairs=previews([0.0, 1.0], 3 * 16, images=8), domains=previews([0.0, 1.0], 6 * 16, images=4))
    assert [picture.size for picture in grids.values()] == [
        *[(3 * (3 * 64 + 4) + 4, 3 * (64 + 4) + 4)] * 2,
        *[(2 * (6 * 64 + 4) + 4, 2 * (64 + 4) + 4)] * 2,
    ]


def test_one_chart_holds_two_lines_of_each_model():
    history = pd.DataFrame({"epoch": [0.5, 1.0], "generator_loss": [1.0, 2.0], "discriminator_loss": [3.0, 1.0]})
    figure = comparison_curves({"one": history, "two": history})
    assert [line.name for line in figure.data] == [
        "one, generator",
        "one, discriminator",
        "two, generator",
        "two, discriminator",
    ]
    assert len({line.line.color for line in figure.data}) == 2


def test_the_summary_says_by_how_much():
    summary = comparison_summary({"one": card(3.0), "two": card(2.0)})
    assert summary["best"] == "two"
    assert summary["ratio_to_best"] == {"one": 1.5, "two": 1.0}
    assert summary["same_data"] is summary["same_budget"] is summary["same_feature_network"] is True


@pytest.mark.parametrize(
    ("other", "key"),
    [
        ({"network": "b" * 64}, "same_feature_network"),
        ({"data": "e"}, "same_data"),
        ({"steps": 11}, "same_budget"),
        ({"truncation": 1.0}, "same_truncation"),
    ],
)
def test_what_keeps_models_from_being_compared_is_told(other, key):
    summary = comparison_summary({"one": card(3.0), "two": card(2.0, **other)})
    assert summary[key] is False


def test_distances_of_different_judges_have_no_best():
    summary = comparison_summary({"one": card(3.0), "two": card(2.0, network="b" * 64)})
    assert summary["best"] is None
    assert summary["ratio_to_best"] == {}


def test_distances_from_other_images_have_no_best():
    assert comparison_summary({"one": card(3.0), "two": card(2.0, data="e")})["best"] is None


def test_samples_truncated_differently_have_no_best():
    assert comparison_summary({"one": card(3.0), "two": card(2.0, truncation=1.0)})["best"] is None


def test_a_model_without_a_distance_is_never_the_best():
    summary = comparison_summary({"one": card(None), "two": card(2.0), "three": card(3.0)})
    assert summary["best"] == "two"
    assert summary["ratio_to_best"] == {"two": 1.0, "three": 1.5}
    assert comparison_summary({"one": card(None), "two": card(2.0)})["best"] is None


def test_translators_of_the_same_pictures_are_compared_by_their_errors_whatever_they_learned_from():
    cards = {"one": translator_card(20.0, data="pairs"), "two": translator_card(22.5, data="domains", network="b" * 64)}
    summary = comparison_summary(cards)
    assert (summary["best"], summary["ranked_by"]) == ("two", "psnr")
    assert summary["below_best"] == {"one": 2.5, "two": 0.0}
    assert summary["ratio_to_best"] == {}
    assert summary["same_data"] is False


@pytest.mark.parametrize("other", [{"heldout": "i"}, {"task": "another"}])
def test_translators_of_other_pictures_or_tasks_have_no_best(other):
    summary = comparison_summary({"one": translator_card(20.0), "two": translator_card(22.5, **other)})
    assert summary["best"] is None
    assert summary["below_best"] == {}


def test_whether_the_heldout_pictures_are_the_same_is_told_if_it_is_known():
    cards = {"one": translator_card(), "two": translator_card(heldout="i")}
    assert comparison_summary(cards)["same_heldout"] is False
    assert comparison_summary({**cards, "two": translator_card()})["same_heldout"] is True
    assert comparison_summary({**cards, "two": card()})["same_heldout"] is None
