"""Edits of code: rows 2 to 6 and 20."""

import ast

import pytest

from tests.incremental.events import at_call, elsewhere
from tests.incremental.harness import Toy

BEHIND_SAMPLE = ["count", "publish", "report", "sample"]
BEHIND_TRAIN = [*BEHIND_SAMPLE, "train"]
ALL = ["count", "prep", "publish", "report", "sample", "train"]


@pytest.mark.parametrize(
    ("path", "old", "new", "main", "other"),
    [
        pytest.param("deep.py", "return FACTOR", "return 1 * FACTOR", ["prep"], ["measure"], id="equal results"),
        pytest.param("deep.py", "return FACTOR", "return 2 * FACTOR", ALL, ["measure"], id="other results"),
        pytest.param("deep.py", '"inch": 39', '"inch": 40', [], ["measure"], id="through a module's attribute"),
        pytest.param("late.py", "value * 10", "value * 11", BEHIND_SAMPLE, [], id="imported when called"),
    ],
)
def test_row_02_users_of_an_edited_helper_run(done, path, old, new, main, other):
    done.replace_in(f"src/toy/{path}", old, new)
    assert sorted(done.calls()) == main
    assert done.calls("--pipeline=other") == other


@pytest.mark.parametrize("path", ["deep.py", "helpers.py"])
def test_row_03_an_unrelated_function_in_the_same_file_does_not_count(done, path):
    text = (done / "src/toy" / path).read_text("utf8")
    start = text.index("def unrelated")
    edited = text[:start] + text[start:].replace("return ", "return 3 * ", 1)
    (done / "src/toy" / path).write_text(f"{edited}\n\ndef added():\n    return 1\n", "utf8")
    assert done.calls() == []
    assert done.calls("--pipeline=other") == []


def test_row_04_comments_docstrings_and_layout_do_not_count(done):
    for path in (done / "src").rglob("*.py"):
        tree = ast.parse(path.read_text("utf8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                node.body = [ast.Expr(ast.Constant("Another docstring.")), *body]
        path.write_text(f"# A comment.\n\n\n{ast.unparse(tree)}\n# Another one.\n", "utf8")
    assert done.calls() == []
    assert done.calls("--pipeline=other") == []


def test_row_03_nodes_that_are_made_at_import_do_not_make_code_count_that_they_do_not_reach(toy):
    toy.replace_in("src/toy/pipeline_registry.py", "def main():\n    return pipeline(", "MAIN = pipeline(")
    toy.replace_in("src/toy/pipeline_registry.py", "main(),", "MAIN,")
    registry = (toy / "src/toy/pipeline_registry.py").read_text("utf8")
    start = registry.index("MAIN = ")
    end = registry.index("def other")
    main = registry[start:end].replace("\n    ", "\n").rstrip()
    (toy / "src/toy/pipeline_registry.py").write_text(f"{registry[:start]}{main}\n\n\n{registry[end:]}", "utf8")
    toy.passes()
    toy.replace_in("src/toy/late.py", "value * 10", "value * 10 * 1")
    assert sorted(toy.calls()) == ["sample"]


@pytest.mark.parametrize(
    ("path", "old", "new", "calls"),
    [
        pytest.param("deep.py", "FACTOR = 2", "FACTOR = 5", ALL, id="constant"),
        pytest.param("deep.py", "SHIFT = 1", "SHIFT = 5", BEHIND_SAMPLE, id="default argument"),
        pytest.param("decorators.py", "2 * value", "5 * value", BEHIND_SAMPLE, id="decorator"),
        pytest.param("models.py", "rate = 1", "rate = 5", BEHIND_TRAIN, id="base class"),
        pytest.param("models.py", "3 * value + 1", "5 * value + 1", BEHIND_TRAIN, id="class in a registry"),
    ],
)
def test_row_05_what_functions_are_made_of_counts(done, path, old, new, calls):
    before = done.report()
    done.replace_in(f"src/toy/{path}", old, new)
    assert sorted(done.calls()) == sorted(calls)
    assert done.report() != before
    assert done.calls() == []


def test_row_06_a_module_imported_by_a_computed_name_counts_and_is_told_to_be_coarse(toy):
    toy.passes("--pipeline=styled")
    assert toy.calls("--pipeline=styled") == []
    toy.replace_in("src/toy/plugins/loud.py", "!", "?")
    [coarse, *_] = toy.ask("cache", "explain", "style", "--pipeline=styled")["coarse"]
    assert "import_module" in coarse
    assert "src/toy/more_nodes.py" in coarse
    result = toy.passes("--pipeline=styled")
    assert result.calls == ["style"]
    assert toy.read("data/08_reporting/styled_out.json") == "[1, 2, 3]?"


def test_row_06_coarse_code_does_not_make_other_nodes_coarse(done):
    done.replace_in("src/toy/plugins/loud.py", "!", "?")
    assert done.calls() == []
    assert done.ask("cache", "explain", "train")["coarse"] == []


def test_row_20_code_edited_while_it_runs_belongs_to_the_next_run(toy):
    def edit():
        toy.replace_in("src/toy/models.py", "3 * value + 1", "5 * value + 1")

    first = toy.passes(hook=at_call("train", elsewhere(edit)))
    assert first.calls.count("train") == 1
    assert toy.read("data/06_models/gen.json") == {"weights": [21, 39, 57]}  # by the code that was loaded
    assert "train" in toy.calls()
    assert toy.read("data/06_models/gen.json") == {"weights": [33, 63, 93]}


def test_row_20_code_edited_before_it_is_imported_is_not_bound_to_the_old_result(toy, results):
    def edit():
        toy.replace_in("src/toy/late.py", "value * 10", "value * 11")

    toy.passes(hook=at_call("prep", elsewhere(edit)))  # the function that `sample` imports when it is called
    toy.replace_in("src/toy/late.py", "value * 11", "value * 10")
    toy.passes()
    toy.passes("--pipeline=other")
    assert toy.data() == results


HOOKS = """

from kedro.framework.hooks import hook_impl


class Doubling:
    @hook_impl
    def before_dataset_saved(self, dataset_name, data):
        if dataset_name == "disc":
            data["margin"] *= 2


HOOKS = (Doubling(),)
"""


def test_code_of_hooks_that_are_handed_the_data_counts(toy):
    with (toy / "src/toy/settings.py").open("a", encoding="utf8") as file:
        file.write(HOOKS)
    toy.passes()
    assert toy.calls() == []
    assert toy.read("data/06_models/disc.json") == {"margin": 234}
    toy.replace_in("src/toy/settings.py", "*= 2", "*= 3")
    assert "train" in toy.calls()
    assert toy.read("data/06_models/disc.json") == {"margin": 351}


def test_a_new_module_that_hides_an_installed_one_counts(toy: Toy):
    toy.replace_in(
        "src/toy/late.py", "return value * 10", "import colorsys\n\n    return value * len(colorsys.__all__)"
    )
    toy.passes()
    (toy / "src/colorsys.py").write_text("__all__ = []\n", "utf8")
    assert "sample" in toy.calls()
