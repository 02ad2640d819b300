import pandas as pd
import pytest
from plotly.graph_objects import Table

from gan_pipelines.datasets.reports import PlotDataset, TableDataset
from gan_pipelines.reporting.leaderboard import leaderboard_table
from gan_pipelines.reporting.leaderboard_chart import leaderboard_chart
from tests.reporting.cards import card, translator_card

NEW = "2026-01-03T14.05.00.000Z"


def chart(cards, ranked_by="frechet_distance"):
    return leaderboard_chart(leaderboard_table(cards, ranked_by))


def bars(figure):
    return [trace for trace in figure.data if trace.type == "bar"]


def texts(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def many(count, **facts):
    return {f"model_{number}": {NEW: card(2.0 + number, steps=number, **facts)} for number in range(count)}


def test_each_judge_has_bars_and_an_axis_of_its_own():
    cards = {"one": {NEW: card(2.0)}, "two": {NEW: card(4.0)}, "three": {NEW: card(3.0, network="b" * 64)}}
    figure = chart(cards)
    first, second = bars(figure)
    assert (len(first.x), len(second.x)) == (2, 1)
    assert {first.xaxis, second.xaxis} == {"x2", "x3"}, "kedro-viz gives the first axes of all a look of its own"
    assert first.marker.color != second.marker.color
    assert figure.layout.xaxis2.domain[1] < figure.layout.xaxis3.domain[0]
    assert "<b>Group A</b>, on a logarithmic axis<br>80 images (few), classifier features aaaaaaaaaaaa" in texts(figure)
    assert "do not compare" in figure.layout.title.text


def test_a_distance_is_drawn_from_its_floor_with_floor_and_ceiling_marked():
    figure = chart({"one": {NEW: card(2.0)}, "two": {NEW: card(5.0)}})
    (bar,) = bars(figure)
    assert list(bar.base) == [1.0, 1.0]
    assert [base + length for base, length in zip(bar.base, bar.x, strict=True)] == [2.0, 5.0]
    marks = {trace.name: list(trace.x) for trace in figure.data if trace.type == "scatter"}
    assert marks == {"real images": [1.0, 1.0], "untrained generator": [8.0, 8.0]}
    assert figure.layout.xaxis2.type == "log"
    assert [tick for tick in figure.layout.xaxis2.tickvals if 1 <= tick <= 10] == [1, 2, 5, 10]
    assert figure.layout.xaxis2.ticktext[0] == "1"


def test_other_scores_are_drawn_from_zero():
    score = {"classifier_score": {"value": 3.0, "heldout": 9.0, "untrained": 1.0}}
    figure = chart({"one": {NEW: card(**score)}}, "classifier_score")
    (bar,) = bars(figure)
    assert (list(bar.base), list(bar.x)) == ([0], [3.0])
    assert figure.layout.xaxis2.type == "linear"
    assert "classifier score: more is better" in figure.layout.title.text


def test_a_distance_without_a_floor_is_drawn_from_zero():
    section = {"value": 3.0, "real_baseline": None, "untrained_baseline": 9.0, "generated_images": 80, "low_n": False}
    figure = chart({"one": {NEW: card(None, frechet_file_distance=section)}})
    assert list(bars(figure)[0].base) == [0]
    assert figure.layout.xaxis2.type == "linear"


def test_a_caption_tells_the_run_and_suspicion():
    figure = chart({"one": {NEW: card(2.0, memorisation={"suspicious": True, "exact_copies": 0})}})
    assert "<b>1</b> one · 2026-01-03 14:05 · 2 · suspected of copying" in texts(figure)


def table_of(figure):
    table = figure.data[0]
    assert isinstance(table, Table)
    return {
        title.removeprefix("<b>").removesuffix("</b>"): list(cells)
        for title, cells in zip(table.header.values, table.cells.values, strict=True)
    }


def test_the_table_tells_what_is_known_of_every_run():
    scores = {
        "kernel_distance": {"mean": 0.25},
        "sliced_wasserstein": {"value": 40.0},
        "classifier_score": {"value": 3.0},
        "precision_recall": {"precision": 0.5, "recall": 0.75},
        "density_coverage": {"density": 1.5, "coverage": 1.0},
        "class_coverage": {"covered_classes": 9, "classes": 10},
        "memorisation": {"suspicious": True, "exact_copies": 3},
    }
    cells = table_of(chart({"one": {NEW: card(2.0, steps=3000, **scores)}, "two": {NEW: card(None)}}))
    assert {title: texts[0] for title, texts in cells.items()} == {
        "Rank": "A 1",
        "Model<br>Architecture": "one<br>mlp",
        "Run": "2026-01-03<br>14:05",
        "Fréchet distance<br>Ratio to real": "2<br>2",
        "Kernel distance<br>Sliced Wasserstein": "0.25<br>40",
        "Classifier<br>score": "3",
        "Precision<br>Recall": "0.5<br>0.75",
        "Density<br>Coverage": "1.5<br>1",
        "Classes": "9 of<br>10",
        "Copies": "3 exact",
        "Images<br>compared": "80<br>few",
        "Generator<br>parameters": "5",
        "Steps<br>Seconds": "3,000<br>1",
    }
    assert [texts[1] for texts in cells.values()][:6] == [
        "-",
        "two<br>mlp",
        "2026-01-03<br>14:05",
        "refused",
        "-<br>-",
        "-",
    ]


@pytest.mark.parametrize(("suspicious", "text"), [(True, "suspected"), (False, "no")])
def test_copies_are_told_in_a_word(suspicious, text):
    figure = chart({"one": {NEW: card(memorisation={"suspicious": suspicious, "exact_copies": 0})}})
    assert table_of(figure)["Copies"] == [text]


def test_buttons_sort_the_table_by_all_but_what_ranks():
    (menu,) = chart(many(3)).layout.updatemenus
    labels = [button.label for button in menu.buttons]
    assert labels[:3] == ["Rank", "Kernel", "Wasserstein"]
    assert {"Classifier", "Precision", "Recall", "Coverage", "Copies", "Newest", "Parameters", "Steps", "Seconds"} <= {
        *labels
    }
    assert "Fréchet" not in labels
    steps = menu.buttons[labels.index("Steps")].args[0]["cells.values"][0][-1]
    assert list(steps) == ["0<br>1", "1<br>1", "2<br>1"]


def test_scores_of_different_judges_are_sorted_apart():
    def kernel(mean, network):
        return card(2.0, network=network * 64, kernel_distance={"mean": mean})

    cards = {"one": {"1": kernel(3.0, "a"), "2": kernel(1.0, "b")}, "two": {"1": kernel(2.0, "b")}}
    (menu,) = chart(cards).layout.updatemenus
    ordered = next(button for button in menu.buttons if button.label == "Kernel").args[0]["cells.values"][0]
    assert [rank[0] for rank in ordered[0]] == ["A", "A", "B"]
    assert [kernel.partition("<br>")[0] for kernel in ordered[4]] == ["1", "2", "3"]


def test_translators_are_drawn_beside_the_best_simple_method():
    cards = {"pix2pix": {NEW: translator_card(24.0)}, "cyclegan": {NEW: translator_card(22.0)}}
    figure = chart(cards, "psnr")
    (bar,) = bars(figure)
    assert list(bar.x) == [24.0, 22.0]
    marks = {trace.name: list(trace.x) for trace in figure.data if trace.type == "scatter"}
    assert marks == {"best simple method": [15.0, 15.0]}
    assert "<b>Group A</b><br>70 images, translation a_to_b" in texts(figure)
    assert "Peak signal-to-noise ratio in dB 24<br>best simple method 15" in bar.text[0]
    assert table_of(figure)["PSNR, dB<br>SSIM"] == ["24<br>0.8", "22<br>0.8"]


def test_the_panel_of_a_distance_tells_the_task_and_the_features():
    figure = chart({"pix2pix": {NEW: translator_card(distance=2.0)}})
    title = "<b>Group A</b>, on a logarithmic axis<br>80 images (few), translation a_to_b, classifier features "
    assert title + "a" * 12 in texts(figure)


@pytest.mark.parametrize(
    ("ranked_by", "cards", "scores"),
    [
        ("psnr", {"pix2pix": translator_card(), "dcgan": card()}, ["SSIM"]),
        ("kernel_distance", {"pix2pix": translator_card(distance=1.0)}, ["Fréchet", "Classifier", "PSNR", "SSIM"]),
        ("kernel_distance", {"dcgan": card()}, ["Fréchet", "Classifier"]),
    ],
)
def test_only_scores_that_compare_within_the_groups_sort_the_table(ranked_by, cards, scores):
    figure = chart({model: {NEW: each} for model, each in cards.items()}, ranked_by)
    labels = [button.label for button in figure.layout.updatemenus[0].buttons]
    told = ("Fréchet", "Kernel", "Classifier", "PSNR", "SSIM")
    assert [label for label in labels if label in told] == scores
    assert ("PSNR, dB<br>SSIM" in table_of(figure)) == ("pix2pix" in cards)


def test_only_the_best_runs_of_a_few_judges_have_bars():
    cards = many(10) | {f"other_{letter}": {NEW: card(1.0, network=letter * 64)} for letter in "bcd"}
    figure = chart(cards)
    assert len(bars(figure)) == 3
    assert max(len(bar.x) for bar in bars(figure)) == 8
    assert any("the best 8 of 10 runs" in text for text in texts(figure))
    assert len(table_of(figure)["Rank"]) == 13


def test_a_long_table_keeps_the_best_of_every_judge_and_says_so():
    cards = many(250) | {"last": {"1": card(5.0, network="b" * 64)}}
    figure = chart(cards)
    ranks = table_of(figure)["Rank"]
    assert (len(ranks), ranks[0], ranks[198], ranks[199]) == (200, "A 1", "A 199", "B 1")
    assert "the best 200 of 251 runs, leaderboard.csv all" in figure.layout.title.text


def test_without_any_score_the_table_stands_alone():
    figure = chart({"one": {NEW: card(None)}})
    assert [trace.type for trace in figure.data] == ["table"]
    assert table_of(figure)["Fréchet distance<br>Ratio to real"] == ["refused"]


def test_the_chart_of_a_table_that_was_read_is_the_same(tmp_path):
    copies = {"suspicious": False, "exact_copies": 0}
    cards = {**many(2, memorisation=copies), "no": {NEW: card(None)}, "other": {NEW: card(network="b" * 64)}}
    cards["pix2pix"] = {NEW: translator_card(distance=2.0)}
    table = leaderboard_table(cards, "frechet_distance")
    dataset = TableDataset(filepath=str(tmp_path / "l.csv"), text_columns=["version", "refused"])
    dataset.save(table)
    read = dataset.load()
    assert isinstance(read, pd.DataFrame)
    plots = [PlotDataset(filepath=str(tmp_path / f"{name}.json")) for name in ("made", "read")]
    for plot, each in zip(plots, (table, read), strict=True):
        plot.save(leaderboard_chart(each))
    assert (tmp_path / "made.json").read_bytes() == (tmp_path / "read.json").read_bytes()
