"""Which results are shared: those of nodes that say that they are pure, and no others. Row 11 of the redesign."""

import shutil

import pytest

from tests.incremental.situations import X, check_data, check_edit, one_becomes_two, put, situate, switched_off

DRAW = "import os\n\n\ndef draw(*inputs):\n    note('draw')\n    return os.urandom(8).hex()"
DRAWING = {
    "random": "random.random()",
    "NumPy": "float(numpy.random.default_rng().random())",
    "the system": "os.urandom(8).hex()",
    "an identifier": "str(uuid.uuid4())",
    "the time": "time.time_ns()",
}
IMPORTS = "import os\nimport random\nimport time\nimport uuid\n\nimport numpy\n\n\n"


def drawing(name, inputs='"raw"', function="draw"):
    return f'node(extra.{function}, {inputs}, "{name}_out", name="{name}")'


ONE, TWO = drawing("one"), drawing("two")
LEFT, RIGHT = (
    f'pipeline([node(extra.draw, "raw", "drawn_out", name="draw")], inputs="raw", namespace="{side}")'
    for side in ("left", "right")
)


def outputs(toy, *names):
    return [toy.read(f"data/08_reporting/{name}_out.json") for name in names]


@pytest.mark.parametrize("case", DRAWING)
def test_row_11_two_nodes_of_one_unseeded_function_never_share(toy, case):
    code = f"{IMPORTS}def draw(raw):\n    note('draw')\n    return {DRAWING[case]}"
    situate(toy, code, f"{ONE}, {TWO}")
    assert toy.calls(X).count("draw") == 2
    drawn = outputs(toy, "one", "two")
    assert drawn[0] != drawn[1]
    assert toy.calls(X) == []
    assert outputs(toy, "one", "two") == drawn
    (toy / "data/08_reporting/one_out.json").unlink()
    assert toy.calls(X) == []
    assert outputs(toy, "one", "two") == drawn


def test_row_11_nodes_in_two_namespaces_never_share(toy):
    situate(toy, DRAW, f"{LEFT}, {RIGHT}")
    assert toy.calls(X).count("draw") == 2
    left, right = outputs(toy, "left.drawn", "right.drawn")
    assert left != right
    assert toy.calls(X) == []


def test_row_11_a_node_that_comes_later_does_not_share(toy):
    situate(toy, DRAW, ONE)
    toy.passes(X)
    toy.replace_in("src/toy/pipeline_registry.py", ONE, f"{ONE}, {TWO}")
    assert toy.calls(X) == ["draw"]
    one, two = outputs(toy, "one", "two")
    assert one != two


def test_row_11_nodes_with_two_outputs_in_another_order_never_share(toy):
    code = "import os\n\n\ndef draw(raw):\n    note('draw')\n    return os.urandom(8).hex(), os.urandom(8).hex()"
    names = ('["a_out", "b_out"]', '["c_out", "d_out"]')
    situate(toy, code, ", ".join(f'node(extra.draw, "raw", {each}, name="n{i}")' for i, each in enumerate(names)))
    assert toy.calls(X).count("draw") == 2
    assert len(set(outputs(toy, *"abcd"))) == 4


def pure(wiring):
    return wiring.replace('name="', 'tags="cache-pure", name="')


SAME, OTHER = '"same"', '"other"'
PAIRS = {
    "outputs": (f"{ONE}, {TWO}", ("one", "two")),
    "namespaces": (f"{LEFT}, {RIGHT}", ("left.drawn", "right.drawn")),
    "inputs of one content": (f"{ONE}, {drawing('two', SAME)}", ("one", "two")),
    "parameters of one value": (
        ", ".join(drawing(name, f'["raw", "params:{key}"]') for name, key in (("one", "p"), ("two", "q"))),
        ("one", "two"),
    ),
    "places": (f"{ONE}, {TWO}".replace("two_out", "placed"), ("one", "two")),
}
PURE_CATALOG = (
    "same: {type: json.JSONDataset, filepath: data/01_raw/same.json}\n"
    "placed: {type: json.JSONDataset, filepath: data/08_reporting/two_out.json}"
)


def situate_pair(toy, code, wiring):
    situate(toy, code, wiring, catalog=PURE_CATALOG, parameters="p: {a: 1, b: 2}\nq: {a: 1, b: 2}")
    put(toy / "data/01_raw/same.json", (toy / "data/01_raw/raw.json").read_bytes())


@pytest.mark.parametrize("case", PAIRS)
def test_pure_nodes_of_one_function_and_equal_inputs_share_a_result(toy, case):
    wiring, names = PAIRS[case]
    situate_pair(toy, DRAW, pure(wiring))
    result = toy.passes(X)
    assert result.calls.count("draw") == 1
    assert result.counts == (2, 1, 0)  # the bystander ran as well
    one, two = outputs(toy, *names)
    assert one == two
    assert toy.calls(X) == []
    (toy / f"data/08_reporting/{names[1]}_out.json").unlink()
    assert toy.calls(X) == []
    assert outputs(toy, *names) == [one, two]


def test_a_pure_node_of_another_run_is_restored(toy):
    situate_pair(toy, DRAW, pure(f"{ONE}, {TWO}"))
    assert toy.calls(X, "--nodes=one") == ["draw"]
    assert toy.states(X)["two"] == "restorable"
    assert toy.calls(X, "--nodes=two") == []
    one, two = outputs(toy, "one", "two")
    assert one == two


def test_a_pure_node_is_restored_in_another_environment(toy):
    situate_pair(toy, DRAW, pure(ONE))
    put(toy / "conf/other/catalog.yml", "one_out: {type: json.JSONDataset, filepath: data/08_reporting/other_out.json}")
    shutil.copy(toy / "conf/local/credentials.yml", toy / "conf/other")
    assert "draw" in toy.calls(X)
    assert toy.calls(X, "--env=other") == []
    one, other = outputs(toy, "one", "other")
    assert one == other
    assert toy.calls(X) == []


def test_pure_nodes_share_behind_data_in_memory(toy):
    code = f"{DRAW}\n\n\ndef use(drawn):\n    note('use')\n    return [drawn, os.urandom(8).hex()]"
    use = 'node(extra.use, "{0}_drawn", "{0}_out", name="use_{0}")'
    drawn = [each.replace("_out", "_drawn") for each in (ONE, TWO)]
    situate(toy, code, pure(", ".join((*drawn, use.format("one"), use.format("two")))))
    assert sorted(set(toy.calls(X)) - {"bystander"}) == ["draw", "use"]
    one, two = outputs(toy, "one", "two")
    assert one == two
    assert toy.calls(X) == []


APART = {
    "only one is pure": f"{pure(ONE)}, {TWO}",
    "other parameters": pure(
        ", ".join(drawing(name, f'["raw", "params:{key}"]') for name, key in (("one", "prep"), ("two", "train")))
    ),
    "other data": pure(f"{ONE}, {drawing('two', OTHER)}"),
    "other order": pure(drawing("one", '["raw", "other"]') + ", " + drawing("two", '["other", "raw"]')),
    "other function": pure(f"{ONE}, {drawing('two', function='draw_again')}"),
}


@pytest.mark.parametrize("case", APART)
def test_pure_nodes_that_differ_do_not_share(toy, case):
    code = f"{DRAW}\n\n\ndef draw_again(*inputs):\n    note('draw')\n    return 'again ' + os.urandom(8).hex()"
    situate(toy, code, APART[case], catalog="other: {type: json.JSONDataset, filepath: data/01_raw/other.json}")
    put(toy / "data/01_raw/other.json", "[4]")
    assert toy.calls(X).count("draw") == 2
    one, two = outputs(toy, "one", "two")
    assert one != two


WRITTEN = {
    "layout": "{{type: json.JSONDataset, filepath: data/07_model_output/{}.json, save_args: {{indent: {}}}}}",
    "names": "{{type: json.JSONDataset, filepath: data/07_model_output/{}{}.json}}",
    "class": "{{type: toy.datasets.Text{1}Dataset, filepath: data/07_model_output/{0}.txt}}",
}


@pytest.mark.parametrize("case", WRITTEN)
def test_pure_nodes_leave_what_their_own_datasets_write(toy, case):
    code = "def draw(raw):\n    note('draw')\n    return str(raw)"
    catalog = "\n".join(f"{name}_out: {WRITTEN[case].format(name, i)}" for i, name in enumerate(("one", "two")))
    situate(toy, code, pure(f"{ONE}, {TWO}"), catalog=catalog)
    with (toy / "src/toy/datasets.py").open("a", encoding="utf8") as file:
        for i in (0, 1):
            start = "    def __init__(self, filepath):\n        super().__init__(filepath)\n\n"
            save = f"        self._path.parent.mkdir(parents=True, exist_ok=True)\n        super().save(data * {i + 1})"
            file.write(f"\n\nclass Text{i}Dataset(TextDataset):\n{start}    def save(self, data):\n{save}\n")
    toy.passes(X)
    assert toy.calls(X) == []
    check_data(toy, switched_off(toy))


@pytest.mark.parametrize("path", ["src/toy/steps.py", "conf/words.txt"])
def test_what_pure_nodes_reach_and_read_counts_for_both(toy, path):
    code = (
        "from pathlib import Path\n\nfrom toy.steps import shout\n\n\ndef draw(raw):\n    note('draw')\n"
        "    return [shout(), Path('conf/words.txt').read_text()]"
    )
    files = {"src/toy/steps.py": "def shout():\n    return 'one'\n", "conf/words.txt": "one"}
    situate(toy, code, pure(f"{ONE}, {TWO}"), files)
    assert check_edit(toy, one_becomes_two(toy, path)).calls == ["draw"]
