"""Which edits change a fingerprint: every kind that can change a result, and no other."""

import functools

import pytest

from tests.incremental.code.project import Project, counted


def replaced(name, old, new):
    return lambda project: project.edit(name, old, new)


def bound_argument(value):
    return lambda project: functools.partial(project.load("nodes.helper"), value)


def closure(factor):
    return lambda project: project.load("decorators.scaled")(factor)(project.load("nodes.helper"))


CHANGING = {
    "body": replaced("nodes.py", "return [helper(data), ", "return [1, helper(data), "),
    "helper of the same module": replaced("nodes.py", "return x + LIMIT", "return x - LIMIT"),
    "imported helper": replaced("steps.py", "return second_step(x)", "return 1 + second_step(x)"),
    "helper two modules away": replaced("deep.py", "return FACTOR * x", "return FACTOR + x"),
    "constant of a helper": replaced("nodes.py", "LIMIT = 10", "LIMIT = 11"),
    "type of a constant": replaced("nodes.py", "LIMIT = 10", "LIMIT = 10.0"),
    "constant two modules away": replaced("deep.py", "FACTOR = 3", "FACTOR = 4"),
    "imported constant as a default": replaced("constants.py", "DEFAULT_RATE = 1", "DEFAULT_RATE = 2"),
    "decorator": replaced("decorators.py", "return function(*args, **kwargs)", "return None"),
    "decorator removed": replaced("nodes.py", "@logged\n", ""),
    "method": replaced("models.py", "        return x\n", "        return -x\n"),
    "method of a base class": replaced("base.py", "return self.step(x)", "return -self.step(x)"),
    "base class": replaced("models.py", "class Generator(Base)", "class Generator"),
    "lazily imported function": replaced("lazy.py", "return x", "return -x"),
    "attribute of a module": replaced("middle.py", "return x", "return -x"),
    "what a name is imported from": replaced("nodes.py", "import first_step", "import second_step as first_step"),
}


@pytest.mark.parametrize("edit", CHANGING.values(), ids=CHANGING)
def test_an_edit_below_the_node_changes_its_fingerprint(project, edit):
    before = counted(project.fingerprint())
    edit(project)
    assert counted(project.fingerprint()) != before


EQUAL = {
    "nothing": lambda _: None,
    "comment": replaced("nodes.py", "# a comment", "# another comment"),
    "docstring": replaced("nodes.py", '"""Trains."""', '"""Trains well."""'),
    "docstring removed": replaced("nodes.py", '    """Trains."""\n', ""),
    "formatting": replaced("deep.py", "return FACTOR * x", "return (\n        FACTOR\n        * x\n    )"),
    "lines above": replaced("deep.py", "FACTOR = 3", "\n\n# A factor.\nFACTOR = 3"),
    "unrelated function of the same file": replaced(
        "nodes.py", "def unrelated(x):\n    return x", "def unrelated(): 1"
    ),
    "unrelated function of a helper's file": replaced("deep.py", "def unused_step(x):", "def unused_step(x, y):"),
    "unrelated constant": replaced("constants.py", "OTHER = 2", "OTHER = 3"),
    "unrelated module": replaced("tools.py", "return x", "return -x"),
    "unrelated new module": lambda project: project.write("new.py", "X = 1\n"),
    "import that nobody reads": replaced("steps.py", "import second_step", "import FACTOR, second_step"),
    "absolute import made relative": replaced("steps.py", "from proj.deep", "from .deep"),
    "unrelated functions removed": replaced("nodes.py", "def unrelated(x):\n    return x\n", ""),
}


@pytest.mark.parametrize("edit", EQUAL.values(), ids=EQUAL)
def test_other_edits_leave_it_as_it_is(project, edit):
    before = counted(project.fingerprint())
    edit(project)
    assert counted(project.fingerprint()) == before


def test_plain_code_is_nowhere_coarse(project):
    fingerprint = project.fingerprint()
    assert fingerprint.coarse == ()
    assert fingerprint.unknown is None
    assert fingerprint.packages == frozenset()


def test_functions_can_change_places(project):
    project.write("deep.py", "def second_step(x):\n    return other(x)\n\n\ndef other(x):\n    return x\n")
    before = counted(project.fingerprint())
    project.write("deep.py", "def other(x):\n    return x\n\n\ndef second_step(x):\n    return other(x)\n")
    assert counted(project.fingerprint()) == before


def test_a_class_of_a_registry_counts_and_its_sibling_does_not(project):
    before = counted(project.fingerprint("nodes.chosen"))
    project.edit("wgan.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.chosen")) == before
    project.edit("dcgan.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.chosen")) != before


@pytest.mark.parametrize("kind", [bound_argument, closure])
def test_values_bound_by_the_live_object_count(project, kind):
    assert counted(project.fingerprint(kind(3))) == counted(project.fingerprint(kind(3)))
    assert counted(project.fingerprint(kind(3))) != counted(project.fingerprint(kind(4)))


def test_the_helper_of_a_closure_counts(project):
    before = counted(project.fingerprint(closure(3)))
    project.edit("nodes.py", "return x + LIMIT", "return x - LIMIT")
    assert counted(project.fingerprint(closure(3))) != before


def test_two_imports_that_swap_their_names_count(project):
    project.write(
        "steps.py", "from proj.deep import second_step as a, unused_step as b\nfirst_step = lambda x: a(b(x))\n"
    )
    before = counted(project.fingerprint())
    project.write(
        "steps.py", "from proj.deep import second_step as b, unused_step as a\nfirst_step = lambda x: a(b(x))\n"
    )
    assert counted(project.fingerprint()) != before


def test_what_a_name_of_a_package_stands_for_counts(project):
    project.write("steps.py", "from math import floor as first_step\n")
    before = counted(project.fingerprint())
    project.write("steps.py", "from math import ceil as first_step\n")
    assert counted(project.fingerprint()) != before


def test_the_order_counts_where_a_name_has_one_value_after_the_other(project):
    project.write("constants.py", "RATE = 1\nDEFAULT_RATE = RATE\nRATE = 2\n")
    before = counted(project.fingerprint())
    project.write("constants.py", "RATE = 1\nRATE = 2\nDEFAULT_RATE = RATE\n")
    assert counted(project.fingerprint()) != before


def test_every_statement_that_binds_a_name_counts(project):
    project.write("constants.py", "try:\n    DEFAULT_RATE = 1\nexcept ValueError:\n    DEFAULT_RATE = 2\n")
    before = counted(project.fingerprint())
    project.append("constants.py", "if DEFAULT_RATE:\n    DEFAULT_RATE = 3\n")
    assert counted(project.fingerprint()) != before


def test_two_copies_in_different_folders_are_equal(tmp_path):
    fingerprints = [Project(tmp_path / name).fingerprint() for name in ("here", "far/away")]
    assert counted(fingerprints[0]) == counted(fingerprints[1])
    assert fingerprints[0] == fingerprints[1]


def test_symbols_tell_where_they_are(project):
    symbol = project.fingerprint().symbols["proj.deep:second_step"]
    assert (symbol.file, symbol.name, symbol.first_line, symbol.last_line) == ("src/proj/deep.py", "second_step", 4, 5)


def test_symbols_of_decorated_functions_begin_with_the_decorator(project):
    text = (project.root / "proj/nodes.py").read_text().splitlines()
    symbol = project.fingerprint().symbols["proj.nodes:train"]
    assert text[symbol.first_line - 1] == "@logged"
