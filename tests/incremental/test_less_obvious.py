"""What changes a result without standing in a node's code, and what a run must leave alone."""

import pytest

pytestmark = pytest.mark.exhaustive

X = "--pipeline=x"


def add_pipeline(toy, nodes, wiring, catalog=""):
    """Adds a pipeline `x` to the toy project."""
    with (toy / "src/toy/more_nodes.py").open("a", encoding="utf8") as file:
        file.write(f"\n\n{nodes}\n")
    with (toy / "conf/base/catalog.yml").open("a", encoding="utf8") as file:
        file.write(f"\n{catalog}\n")
    toy.replace_in(
        "src/toy/pipeline_registry.py",
        '"declared": declared(),',
        f'"declared": declared(),\n        "x": pipeline([{wiring}]),',
    )


def add_copy(toy, dataset):
    """Adds a node that copies a dataset of this configuration to `x_out`."""
    catalog = f"x_in: {dataset}\nx_out: {{type: json.JSONDataset, filepath: data/08_reporting/x_out.json}}"
    code = "def copy_x(x):\n    note('x')\n    return {k: v() for k, v in x.items()} if isinstance(x, dict) else x"
    add_pipeline(toy, code, 'node(more_nodes.copy_x, "x_in", "x_out", name="x")', catalog)


def test_the_class_of_a_dataset_inside_partitions_counts(toy):
    (toy / "data/01_raw/texts").mkdir()
    (toy / "data/01_raw/texts/a").write_text("text", "utf8")
    add_copy(toy, "{type: partitions.PartitionedDataset, path: data/01_raw/texts, dataset: toy.datasets.TextDataset}")
    assert toy.calls(X) == ["x"]
    toy.replace_in("src/toy/datasets.py", 'self._path.read_text("utf8")', 'self._path.read_text("utf8").upper()')
    assert toy.calls(X) == ["x"]
    assert toy.read("data/08_reporting/x_out.json") == {"a": "TEXT"}


def test_a_setting_named_key_counts_and_a_secret_one_is_not_in_the_store(toy):
    with (toy / "src/toy/datasets.py").open("a", encoding="utf8") as file:
        file.write(
            "\n\nclass KeyDataset(AbstractDataset):\n"
            "    def __init__(self, filepath, key, api_key):\n        self._path, self._key = Path(filepath), key\n\n"
            "    def load(self):\n        return self._key\n\n"
            "    def save(self, data):\n        raise NotImplementedError\n\n"
            "    def _describe(self):\n        return {}\n"
        )
    add_copy(toy, "{type: toy.datasets.KeyDataset, filepath: data/01_raw/raw.json, key: one, api_key: swordfish}")
    assert toy.calls(X) == ["x"]
    toy.replace_in("conf/base/catalog.yml", "key: one", "key: two")
    assert toy.calls(X) == ["x"]
    assert toy.read("data/08_reporting/x_out.json") == "two"
    state = b"".join(path.read_bytes() for path in (toy / ".incremental").rglob("*") if path.is_file())
    assert b"KeyDataset" in state
    assert b"swordfish" not in state


def test_a_variable_that_only_the_code_names_counts_and_is_not_in_the_store(toy):
    code = "def show():\n    import os\n    note('x')\n    return len(os.environ['MAX_TOKENS'])"
    wiring = 'node(more_nodes.show, None, "x_out", name="x")'
    add_pipeline(toy, code, wiring, "x_out: {type: json.JSONDataset, filepath: data/08_reporting/x_out.json}")
    assert toy.calls(X, MAX_TOKENS="swordfish") == ["x"]
    assert toy.calls(X, MAX_TOKENS="swordfish") == []
    assert toy.calls(X, MAX_TOKENS="sword") == ["x"]
    traces = b"".join(path.read_bytes() for path in (toy / ".incremental/traces").rglob("*.json"))
    assert b"MAX_TOKENS" in traces
    assert b"sword" not in traces


def test_a_file_among_the_code_that_is_read_at_import_counts(toy):
    (toy / "src/toy/table.json").write_text("[1]", "utf8")
    code = (
        "import json\nfrom pathlib import Path\n\n"
        "TABLE = json.loads(Path(__file__).with_name('table.json').read_text())\n\n\n"
        "def look_up():\n    note('x')\n    return TABLE"
    )
    wiring = 'node(more_nodes.look_up, None, "x_out", name="x")'
    add_pipeline(toy, code, wiring, "x_out: {type: json.JSONDataset, filepath: data/08_reporting/x_out.json}")
    assert toy.calls(X) == ["x"]
    assert toy.calls(X) == []
    (toy / "src/toy/table.json").write_text("[2]", "utf8")
    assert toy.calls(X) == ["x"]
    assert toy.read("data/08_reporting/x_out.json") == [2]


def test_what_a_hook_was_made_with_counts(toy):
    (toy / "src/toy/hooks.py").write_text(
        "from kedro.framework.hooks import hook_impl\n\n\nclass Adds:\n    def __init__(self, amount):\n"
        "        self.amount = amount\n\n    @hook_impl\n    def after_dataset_loaded(self, dataset_name, data):\n"
        "        if dataset_name == 'raw':\n            data['values'][0] += self.amount\n",
        "utf8",
    )
    with (toy / "src/toy/settings.py").open("a", encoding="utf8") as file:
        file.write("\nfrom toy.hooks import Adds\n\nHOOKS = (Adds(2),)\n")
    toy.passes()
    assert toy.calls() == []
    toy.replace_in("src/toy/settings.py", "Adds(2)", "Adds(3)")
    assert "prep" in toy.calls()


def test_the_class_of_an_unpickled_object_counts(toy):
    catalog = (
        "x_model: {type: pickle.PickleDataset, filepath: data/06_models/x.pkl}\n"
        "x_out: {type: json.JSONDataset, filepath: data/08_reporting/x_out.json}"
    )
    code = (
        "def fit():\n    note('fit')\n    from toy.models import Fitted\n    return Fitted()\n\n\n"
        "def use(model):\n    note('use')\n    return model.predict(3)"
    )
    wiring = 'node(more_nodes.fit, None, "x_model", name="fit"), node(more_nodes.use, "x_model", "x_out", name="use")'
    add_pipeline(toy, code, wiring, catalog)
    with (toy / "src/toy/models.py").open("a", encoding="utf8") as file:
        file.write("\n\nclass Fitted:\n    def predict(self, value):\n        return value\n")
    assert toy.calls(X) == ["fit", "use"]
    toy.replace_in("src/toy/models.py", "        return value\n", "        return value + 1\n")
    toy.passes(X)
    assert toy.read("data/08_reporting/x_out.json") == 4


@pytest.mark.parametrize("parameters", ["weird: {1: a, b: 2}"])
def test_keys_of_several_types_do_no_harm(toy, parameters):
    with (toy / "conf/base/parameters.yml").open("a", encoding="utf8") as file:
        file.write(f"\n{parameters}\n")
    toy.passes()
    assert toy.calls() == []


PARTS = """
x_parts:
  type: partitions.PartitionedDataset
  path: data/08_reporting
  dataset: json.JSONDataset
  filename_suffix: .json
"""
SPLIT = """def split_x(settings):
    note("x")
    if settings["amount"] > 5:
        raise RuntimeError("too many")
    return {f"x-{index}": index for index in range(settings["amount"])}"""


def add_parts(toy):
    add_pipeline(toy, SPLIT, 'node(more_nodes.split_x, "params:x", "x_parts", name="x")', PARTS)
    with (toy / "conf/base/parameters.yml").open("a", encoding="utf8") as file:
        file.write("\nx: {amount: 2}\n")


def test_files_of_other_entries_in_an_output_folder_are_left_alone(done):
    add_parts(done)
    before = done.data()
    done.passes(X)
    done.passes(X, "--params=x.amount=1")
    done.passes(X)
    after = done.data()
    assert {name: after[name] for name in before} == before
    assert {f"08_reporting/x-{index}.json" for index in (0, 1)} <= after.keys()


def test_what_lay_in_a_folder_before_its_first_run_stays(toy):
    add_parts(toy)
    toy.write("data/08_reporting/mine.json", "mine")
    toy.passes(X)
    assert toy.read("data/08_reporting/mine.json") == "mine"


def test_what_is_put_among_partitions_later_is_moved_aside_and_never_collected(toy):
    add_parts(toy)
    toy.passes(X)
    toy.write("data/08_reporting/mine.json", "mine")
    toy.passes(X)
    toy.write("data/08_reporting/mine.json", "mine as well")
    toy.passes(X, "--params=x.amount=3")
    toy.ask("cache", "gc", "--keep-runs=0")
    kept = sorted(path.read_text("utf8") for path in (toy / ".incremental/removed").rglob("mine.json"))
    assert kept == ['"mine as well"', '"mine"']


def test_a_node_that_fails_leaves_its_folder_as_it_was(toy):
    add_parts(toy)
    toy.passes(X)
    assert toy.run(X, "--params=x.amount=9").exit_code != 0
    assert toy.read("data/08_reporting/x-1.json") == 1
    assert toy.calls(X) == []


def test_files_behind_a_link_are_left_alone(toy, tmp_path):
    add_parts(toy)
    toy.passes(X)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.json").write_text("1", "utf8")
    (toy / "data/08_reporting/linked").symlink_to(elsewhere)
    toy.passes(X, "--params=x.amount=3")
    assert (elsewhere / "mine.json").read_text("utf8") == "1"
