import pytest

from gan_pipelines.reporting.sortable_table import Column, Order, SortableTable

ROWS = [
    {"group": "A", "name": "b", "score": 2.0},
    {"group": "A", "name": "c", "score": None},
    {"group": "A", "name": "a", "score": 3.0},
    {"group": "B", "name": "d", "score": 9.0},
    {"group": None, "name": "e", "score": 1.0},
]
COLOURS = {None: "#999999", "A": "#FF0000", "B": "#0000FF"}


def table(*orders):
    columns = [Column("Name", 2, lambda row: row["name"]), Column("Score", 1, lambda row: str(row["score"]))]
    return SortableTable(ROWS, columns, orders, "Rank", "group", COLOURS)


def test_the_table_shows_its_rows_in_the_colours_of_their_groups():
    trace = table().trace()
    assert trace.header.values == ("<b>Name</b>", "<b>Score</b>")
    assert "".join(trace.cells.values[0]) == "bcade"
    assert trace.cells.values[1][1] == "None"
    red, blue, gray = (f"rgba({channels}, 0.18)" for channels in ("255, 0, 0", "0, 0, 255", "153, 153, 153"))
    assert list(trace.cells.fill.color[0]) == [red, red, red, blue, gray]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (Order("Score", "score"), "ebadc"),
        (Order("Score", "score", largest_first=True), "dabec"),
        (Order("Score", "score", within_groups=True), "bacde"),
        (Order("Score", "score", largest_first=True, within_groups=True), "abcde"),
        (Order("Name", "name"), "abcde"),
        (Order("Name", "name", largest_first=True), "edcba"),
    ],
)
def test_a_button_sorts_cells_and_colours_alike(order, names):
    first, second = table(order).buttons(3)["buttons"]
    assert (first["label"], second["label"], second["method"]) == ("Rank", order.title, "restyle")
    change, traces = second["args"]
    assert traces == [3]
    assert "".join(change["cells.values"][0][0]) == names
    colours = dict(zip("bcade", first["args"][0]["cells.fill.color"][0][0], strict=True))
    assert change["cells.fill.color"][0][0] == [colours[name] for name in names]


def test_the_first_button_restores_the_first_order():
    change, _ = table(Order("Name", "name")).buttons(0)["buttons"][0]["args"]
    assert "".join(change["cells.values"][0][0]) == "bcade"
