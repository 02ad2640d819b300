from itertools import pairwise

import pytest

from gan_pipelines.reporting.graph import pipeline_graph

STEPS = [
    ("toy.card", ["toy.scores", "toy.report"], ["toy.model_card"]),
    ("toy.score", ["toy.images"], ["toy.scores"]),
    ("toy.read_images", ["params:toy.images"], ["toy.images", "toy.report"]),
    ("toy.plot", ["toy.images", "toy.images"], ["toy.curves"]),
]


def boxes(figure):
    return {box.text: box for box in figure.layout.annotations}


def ends(path):
    """The first and the last point of a curve."""
    numbers = path.replace("M", "").replace("C", "").split()
    return [tuple(map(float, numbers[position].split(","))) for position in (0, -1)]


def test_a_step_stands_below_all_whose_results_it_takes():
    heights = {name: box.y for name, box in boxes(pipeline_graph(STEPS)).items()}
    assert heights == {"read images": 0, "score": 1, "plot": 1, "card": 2}


def test_hovering_tells_what_a_step_takes_and_makes():
    shown = boxes(pipeline_graph([*STEPS, ("toy.say", ["toy.curves"], [])]))
    expected = "<b>inputs</b><br>params:toy.images<br><b>outputs</b><br>toy.images<br>toy.report"
    assert shown["read images"].hovertext == expected
    assert shown["say"].hovertext == "<b>inputs</b><br>toy.curves"


def test_every_line_leads_from_a_maker_to_a_taker():
    figure = pipeline_graph(STEPS)
    shown = boxes(figure)
    lines = [ends(shape.path) for shape in figure.layout.shapes]
    # Two to the layer below, one more on its way past it, and from there and from `score` to the card.
    assert len(lines) == 5
    assert [start for start, _ in lines].count((shown["read images"].x, 0)) == 3
    arriving = [end for _, end in lines if round(end[1]) == 2]
    assert {x for x, _ in arriving} == {shown["card"].x}
    passing = next(end for start, end in lines if end[1] == 1)
    assert passing in [start for start, _ in lines]
    assert sorted(figure.data[0].x) == sorted(shown[name].x for name in ("score", "plot", "card"))


def test_boxes_of_a_layer_do_not_overlap():
    steps = [("start", [], ["a"]), *((f"step_{number}", ["a"], [f"b{number}"]) for number in range(6))]
    figure = pipeline_graph(steps)
    columns = sorted(box.x for box in figure.layout.annotations if box.y == 1)
    assert min(right - left for left, right in pairwise(columns)) >= 0.999
    low, high = figure.layout.xaxis.range
    assert (low, high) == (pytest.approx(columns[0] - 0.5), pytest.approx(columns[-1] + 0.5))
    assert boxes(figure)["start"].x == pytest.approx(sum(columns) / 6, abs=0.002)


def test_lines_do_not_cross_without_need():
    steps = [
        *((f"top_{name}", [], [name]) for name in "abc"),
        *((f"low_{name}", [name], [f"{name}{name}"]) for name in "cab"),
    ]
    shown = boxes(pipeline_graph(steps))
    for name in "abc":
        assert shown[f"low {name}"].x == pytest.approx(shown[f"top {name}"].x)


def test_steps_of_several_namespaces_keep_them():
    figure = pipeline_graph([("a.read", [], ["a.x"]), ("b.read_all", [], ["b.x"]), ("compare", ["a.x", "b.x"], [])])
    assert boxes(figure).keys() == {"a<br>read", "b<br>read all", "compare"}


def test_the_order_of_steps_does_not_change_the_layers():
    for steps in (STEPS, STEPS[::-1]):
        assert boxes(pipeline_graph(steps))["card"].y == 2


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([], id="none"),
        pytest.param([("a", [], ["x"]), ("a", [], ["y"])], id="one name"),
        pytest.param([("a", [], ["x"]), ("b", [], ["x"])], id="one result"),
        pytest.param([("a", ["y"], ["x"]), ("b", ["x"], ["y"])], id="circle"),
    ],
)
def test_what_is_no_pipeline_is_refused(steps):
    with pytest.raises(ValueError, match=r"at least one node|in a cycle"):
        pipeline_graph(steps)
