"""Code that names do not lead to: resolved where it is constant, else all of the project counts, and it is said."""

import sys

import pytest

from tests.incremental.code.project import Project, counted

HIDDEN = "def hidden(x):\n    return x\n"

WHOLE_PROJECT = {
    "import_module": "import importlib\ndef node(x):\n    return importlib.import_module('proj.' + x).hidden(x)",
    "import_module by name": "from importlib import import_module as load\ndef node(x):\n    return load(x).hidden(x)",
    "import_module passed on": "import importlib\ndef node(x):\n    return map(importlib.import_module, x)",
    "__import__": "def node(x):\n    return __import__(x).hidden(x)",
    "eval": "def node(x):\n    return eval(x)",
    "exec": "def node(x):\n    exec(x)",
    "runpy": "def node(x):\n    import runpy\n    return runpy.run_module(x)",
    "pkgutil": "import pkgutil\ndef node(x):\n    return pkgutil.resolve_name(x)",
    "load_obj": "from kedro.utils import load_obj\ndef node(x):\n    return load_obj(x)",
    "find_spec": "import importlib.util\ndef node(x):\n    return importlib.util.find_spec('proj.' + x)",
    "module_from_spec": "import importlib.util as u\ndef node(x):\n    return u.module_from_spec(u.find_spec('json'))",
    "sys.modules": "import sys\ndef node(x):\n    return sys.modules[x]",
    "subclasses": "class Base:\n    pass\ndef node(x):\n    return Base.__subclasses__()",
    "subclasses of an argument": "def node(x):\n    return x.__subclasses__()",
    "at import": "import importlib\nfor x in ['hidden']:\n    importlib.import_module('proj.' + x)\ndef node(): 1",
}


@pytest.mark.parametrize("text", WHOLE_PROJECT.values(), ids=WHOLE_PROJECT)
def test_what_can_reach_any_code_makes_the_whole_project_count(tmp_path, text):
    project = Project(tmp_path, {"nodes.py": text, "hidden.py": HIDDEN})
    before = project.fingerprint("nodes.node")
    assert any(line.endswith("depends on the whole project") for line in before.coarse)
    assert any("src/proj/nodes.py:" in line for line in before.coarse)
    assert before.symbols["proj.hidden:whole file"].name == "whole file"
    project.edit("hidden.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.node")) != counted(before)


def test_packages_and_variables_of_the_whole_project_count(tmp_path):
    project = Project(tmp_path, {"nodes.py": WHOLE_PROJECT["eval"], "hidden.py": HIDDEN})
    project.append("hidden.py", "def other(x):\n    import numpy\n    import os\n    return os.environ['SOME_NAME']\n")
    fingerprint = project.fingerprint("nodes.node")
    assert fingerprint.packages == {"numpy"}
    assert fingerprint.environment == {"SOME_NAME"}


def test_a_comment_does_not_count_even_if_the_whole_project_does(tmp_path):
    project = Project(tmp_path, {"nodes.py": WHOLE_PROJECT["eval"], "hidden.py": HIDDEN})
    before = counted(project.fingerprint("nodes.node"))
    project.append("hidden.py", "# a comment\n")
    assert counted(project.fingerprint("nodes.node")) == before


CONSTANT = {
    "import_module": "return importlib.import_module('proj.hidden').hidden(x)",
    "import_module kept": "m = importlib.import_module('proj.hidden'); return m.hidden(x)",
    "relative": "return importlib.import_module('.hidden', package='proj').hidden(x)",
    "relative to itself": "return importlib.import_module('.hidden', __package__).hidden(x)",
    "getattr": "return getattr(proj.hidden, 'hidden')(x)",
    "getattr of import_module": "return getattr(importlib.import_module('proj.hidden'), 'hidden')(x)",
}


@pytest.mark.parametrize("text", CONSTANT.values(), ids=CONSTANT)
def test_constant_names_are_resolved(tmp_path, text):
    text = f"import importlib\nimport proj.hidden\ndef node(x):\n    {text}\n"
    project = Project(tmp_path, {"nodes.py": text, "hidden.py": HIDDEN, "other.py": HIDDEN})
    before = project.fingerprint("nodes.node")
    assert not any("whole project" in line for line in before.coarse)
    project.edit("other.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.node")) == counted(before)
    project.edit("hidden.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.node")) != counted(before)


WHOLE_MODULE = {
    "getattr": "from proj import hidden\ndef node(x):\n    return getattr(hidden, x)(x)",
    "getattr by keyword": "def node(x):\n    import proj.hidden as m\n    return getattr(m, 'hid' + 'den')(x)",
    "vars": "from proj import hidden\ndef node(x):\n    return vars(hidden)[x](x)",
    "dict": "import proj.hidden\ndef node(x):\n    return proj.hidden.__dict__[x](x)",
    "argument": "from proj import hidden\ndef node(x):\n    return help(hidden)",
    "own globals": "from proj.hidden import hidden\ndef node(x):\n    return globals()[x](x)",
    "own vars": "from proj.hidden import *\ndef node(x):\n    return vars()[x](x)",
    "package": "import proj.package\ndef node(x):\n    return getattr(proj.package, x).hidden(x)",
}


@pytest.mark.parametrize("text", WHOLE_MODULE.values(), ids=WHOLE_MODULE)
def test_a_module_as_a_value_counts_as_a_whole_and_no_other_does(tmp_path, text):
    files = {"nodes.py": text, "hidden.py": HIDDEN, "other.py": HIDDEN, "package/__init__.py": ""}
    project = Project(tmp_path, {**files, "package/inner.py": "from proj.hidden import hidden"})
    before = project.fingerprint("nodes.node")
    assert any("depends on the whole module" in line for line in before.coarse)
    assert not any("depends on the whole project" in line for line in before.coarse)
    project.edit("other.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.node")) == counted(before)
    project.edit("hidden.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.node")) != counted(before)


NAMES = {
    "star import": """
        from proj.hidden import *
        def node(x):
            return hidden(x)
        """,
    "star import of a star import": """
        from proj.stars import *
        def node(x):
            return hidden(x)
        """,
    "relative star import": """
        from .stars import *
        def node(x):
            return hidden(x)
        """,
    "re-export": """
        from proj.package import exported
        def node(x):
            return exported(x)
        """,
    "submodule as an attribute": """
        import proj
        import proj.hidden
        def node(x):
            return proj.hidden.hidden(x)
        """,
    "relative import": """
        from . import hidden
        def node(x):
            return hidden.hidden(x)
        """,
    "import in a function": """
        def node(x):
            import proj.hidden as m
            return m.hidden(x)
        """,
    "import in a block": """
        try:
            from proj.hidden import hidden
        except ImportError:
            hidden = None
        def node(x):
            return hidden(x)
        """,
    "either of two": """
        def node(x):
            try:
                from proj.other import hidden as f
            except ImportError:
                from proj.hidden import hidden as f
            return f(x)
        """,
    "module getattr": """
        from proj import lazy
        def node(x):
            return lazy.anything(x)
        """,
    "string annotation": """
        import proj.hidden
        def node(x: "list[proj.hidden.hidden]"):
            return x
        """,
    "annotation of a local": """
        import proj.hidden
        def node(x):
            y: proj.hidden.hidden = x
            return y
        """,
    "default": """
        from proj.hidden import hidden
        def node(x, f=hidden):
            return f(x)
        """,
    "lambda": """
        from proj.hidden import hidden
        node = lambda x: hidden(x)
        """,
    "comprehension": """
        from proj.hidden import hidden
        def node(x):
            return [hidden(y) for y in x]
        """,
    "method under a variable of its class": """
        from proj.hidden import hidden
        class node:
            hidden = 1
            def __call__(self, x):
                return hidden(x)
        """,
    "nested function": """
        from proj.hidden import hidden
        def node(x):
            def inner():
                return hidden(x)
            return inner()
        """,
    "match": """
        from proj.hidden import hidden
        def node(x):
            match x:
                case hidden.real:
                    return 1
        """,
    "walrus": """
        from proj.hidden import hidden
        def node(x):
            return (y := hidden)(x)
        """,
    "base in brackets": """
        from proj.hidden import hidden
        class node(dict[hidden, int]):
            pass
        """,
    "decorator": """
        import proj.hidden
        @proj.hidden.hidden
        def node(x):
            return x
        """,
    "except": """
        from proj.hidden import hidden
        def node(x):
            try:
                return x
            except hidden:
                return 1
        """,
    "with": """
        from proj.hidden import hidden
        def node(x):
            with hidden(x) as y, open(y):
                return y
        """,
    "f-string": """
        from proj.hidden import hidden
        def node(x):
            return f"{hidden(x)!r:>10}"
        """,
    "global": """
        from proj.hidden import hidden
        VALUE = 1
        def change():
            global VALUE
            VALUE = hidden(1)
        def node(x):
            return VALUE
        """,
}


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
def test_names_lead_to_what_they_stand_for(tmp_path, text):
    lazy = "def __getattr__(name):\n    from proj.hidden import hidden\n    return hidden\n"
    files = {
        "nodes.py": text,
        "hidden.py": HIDDEN,
        "other.py": HIDDEN,
        "stars.py": "from proj.hidden import *\n",
        "lazy.py": lazy,
        "package/__init__.py": "from .inner import exported\n",
        "package/inner.py": "from proj.hidden import hidden as exported\n",
        "untouched.py": HIDDEN,
    }
    project = Project(tmp_path, files)
    before = project.fingerprint("nodes.node")
    project.edit("untouched.py", "return x", "return -x")
    assert counted(project.fingerprint("nodes.node")) == counted(before)
    project.edit("hidden.py", "return x", "return [x][0]")
    assert counted(project.fingerprint("nodes.node")) != counted(before)


def test_circular_imports(tmp_path):
    files = {
        "nodes.py": "import proj.a\ndef node(x):\n    return proj.a.first(x)",
        "a.py": "import proj.b\ndef first(x):\n    return proj.b.second(x)",
        "b.py": "import proj.a\ndef second(x):\n    return proj.a.first(x) or proj.a.third(x)",
    }
    project = Project(tmp_path, files)
    project.append("a.py", "\ndef third(x):\n    return x\n")
    before = counted(project.fingerprint("nodes.node"))
    project.edit("a.py", "    return x\n", "    return -x\n")
    assert counted(project.fingerprint("nodes.node")) != before


def test_a_name_that_modules_import_from_each_other_is_no_endless_loop(tmp_path):
    files = {
        "nodes.py": "from proj.a import x\ndef node():\n    return x",
        "a.py": "from proj.b import x",
        "b.py": "from proj.a import x",
    }
    project = Project(tmp_path, {**files, "start.py": "def node():\n    from proj.nodes import x\n    return x\n"})
    assert project.fingerprint("start.node").unknown is None


@pytest.mark.parametrize("broken", ["def (", "x = '\0'", "for\n" * 3])
def test_a_file_that_is_no_python_counts_as_it_is(tmp_path, broken):
    text = "def node(x):\n    from proj.broken import f\n    return f(x)\n"
    project = Project(tmp_path, {"nodes.py": text, "broken.py": broken})
    before = project.fingerprint("nodes.node")
    assert before.coarse == ("src/proj/broken.py cannot be parsed: depends on the file's bytes",)
    project.append("broken.py", "# more")
    assert counted(project.fingerprint("nodes.node")) != counted(before)


def test_docstrings_count_where_they_are_read(tmp_path):
    text = "def helper():\n    '''One.'''\ndef node():\n    return helper.__doc__\ndef other():\n    '''Two.'''\n"
    project = Project(tmp_path, {"nodes.py": text})
    before = project.fingerprint("nodes.node")
    assert before.coarse == ("__doc__ at src/proj/nodes.py:4: depends on docstrings",)
    project.edit("nodes.py", "One.", "Another.")
    assert counted(project.fingerprint("nodes.node")) != counted(before)


ENVIRONMENT = {
    "subscript": "import os\ndef node():\n    return os.environ['SOME_NAME']",
    "get": "from os import environ\ndef node():\n    return environ.get('SOME_NAME', 'x')",
    "getenv": "from os import getenv as read\ndef node():\n    return read('SOME_NAME')",
    "in": "import os\ndef node():\n    return 'SOME_NAME' in os.environ",
    "in a helper": "import os\nNAME = os.environ['SOME_NAME']\ndef node():\n    return NAME",
}


@pytest.mark.parametrize("text", ENVIRONMENT.values(), ids=ENVIRONMENT)
def test_environment_variables_that_are_read(tmp_path, monkeypatch, text):
    monkeypatch.setenv("SOME_NAME", "1")
    assert Project(tmp_path, {"nodes.py": text}).fingerprint("nodes.node").environment == {"SOME_NAME"}


PACKAGES = {
    "import": ("import numpy as np\ndef node():\n    return np.zeros(1)", {"numpy"}),
    "lazy import": ("def node():\n    from PIL import Image\n    return Image", {"PIL"}),
    "lazy import for its effects": ("def node():\n    import yaml", {"yaml"}),
    "annotation": ("import numpy.typing as npt\ndef node(x: npt.ArrayLike):\n    return x", {"numpy"}),
    "not read": ("import numpy as np\ndef other():\n    return np.pi\ndef node():\n    return 1", set()),
    "star": ("from numpy import *\ndef node():\n    return zeros(1)", {"numpy"}),
    "not installed": ("def node():\n    import not_installed_anywhere", {"not_installed_anywhere"}),
    "python's own": ("import json\ndef node():\n    return json.dumps(1)", set()),
    "decorator": (
        "import click\n@click.pass_context\ndef helper(x):\n    return x\ndef node():\n    return helper",
        {"click"},
    ),
}


@pytest.mark.parametrize(("text", "packages"), PACKAGES.values(), ids=PACKAGES)
def test_packages_that_are_reached(tmp_path, text, packages):
    assert Project(tmp_path, {"nodes.py": text}).fingerprint("nodes.node").packages == packages


def test_a_package_is_told_by_the_import_that_leads_to_it(tmp_path):
    project = Project(tmp_path, {"nodes.py": "from numpy import float32 as kind\ndef node():\n    return kind"})
    before = counted(project.fingerprint("nodes.node"))
    project.edit("nodes.py", "float32", "float64")
    assert counted(project.fingerprint("nodes.node")) != before


def test_code_that_is_not_installed_counts_wherever_it_is(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "linked_code.py").write_text("def far(x):\n    return x\n")
    (elsewhere / "other_linked_code.py").write_text("def far(x):\n    return x\n")
    monkeypatch.syspath_prepend(str(elsewhere))
    text = "from linked_code import far\nimport other_linked_code\ndef node(x):\n    return far(x)\n"
    project = Project(tmp_path / "project", {"nodes.py": text})
    before = project.fingerprint("nodes.node")
    assert before.symbols["linked_code:far"].file == (elsewhere / "linked_code.py").as_posix()
    assert before.packages == set()
    (elsewhere / "linked_code.py").write_text("def far(x):\n    return -x\n")
    assert counted(project.fingerprint("nodes.node")) != counted(before)
    for name in ("linked_code", "other_linked_code"):
        sys.modules.pop(name, None)


def test_numbers_of_any_length(tmp_path):
    digits = "0x1" + "0" * 5000
    text = (
        f"TABLE = {{}}\nif {digits}:\n    LONG = {digits}\nTABLE[{digits}] = 1\ndef node():\n    return LONG, TABLE\n"
    )
    project = Project(tmp_path, {"nodes.py": text})
    before = counted(project.fingerprint("nodes.node"))
    project.edit("nodes.py", f"LONG = {digits}", f"LONG = {digits[:-1]}1")
    assert counted(project.fingerprint("nodes.node")) != before


FOUND = {
    "constant": ("find_spec('numpy')", {"numpy"}, False),
    "attribute": ("find_spec('numpy').origin", {"numpy"}, False),
    "of the project": ("find_spec('proj.hidden').loader.load_module().hidden(x)", set(), True),
}


@pytest.mark.parametrize(("text", "packages", "is_reached"), FOUND.values(), ids=FOUND)
def test_a_module_that_is_found_by_a_constant_name_counts_like_an_import(tmp_path, text, packages, is_reached):
    text = f"import importlib.util\ndef node(x):\n    return importlib.util.{text}\n"
    project = Project(tmp_path, {"nodes.py": text, "hidden.py": HIDDEN})
    before = project.fingerprint("nodes.node")
    assert before.packages == packages
    assert not any("whole project" in line for line in before.coarse)
    project.edit("hidden.py", "return x", "return -x")
    assert (counted(project.fingerprint("nodes.node")) != counted(before)) is is_reached


MADE = {
    "globals": ("for n in ['relu']:\n    globals()[n] = made", ""),
    "vars": ("vars()['relu'] = made", ""),
    "set from elsewhere": ("", "import proj.table\nproj.table.relu = made"),
    "vars from elsewhere": ("", "import proj.table\nvars(proj.table)['relu'] = made"),
}


@pytest.mark.parametrize(("inside", "outside"), MADE.values(), ids=MADE)
@pytest.mark.parametrize(
    "use",
    [
        "from proj.table import relu\ndef node(x):\n    return relu(x)",
        "import proj.table as t\ndef node(x):\n    return t.relu(x)",
        "from proj.table import node",
    ],
)
def test_a_name_that_no_statement_binds_makes_its_module_count(tmp_path, inside, outside, use):
    made = "def made(x):\n    return x\n"
    reader = "def node(x):\n    return relu(x)\n"
    files = {
        "table.py": f"{made}{inside}\n{reader}",
        "settings.py": "import proj.other",
        "other.py": f"{made}{outside}\ndef unrelated(x):\n    return 2 * x\n",
    }
    project = Project(
        tmp_path, {**files, "nodes.py": "def start(x):\n    from proj.used import node\n    return node(x)\n"}
    )
    project.write("used.py", use)
    before = project.fingerprint("nodes.start")
    project.edit("other.py", "2 * x", "3 * x")
    assert counted(project.fingerprint("nodes.start")) == counted(before)
    project.edit("table.py" if inside else "other.py", "    return x\n", "    return -x\n")
    assert counted(project.fingerprint("nodes.start")) != counted(before)
    if not use.endswith("import node"):
        assert any("proj.table binds no relu at src/proj/used.py:" in line for line in before.coarse)


def test_names_that_python_gives_modules_make_nothing_else_count(tmp_path):
    text = "import proj.other\ndef node(x):\n    return __name__, proj.other.__file__\n"
    assert Project(tmp_path, {"nodes.py": text, "other.py": HIDDEN}).fingerprint("nodes.node").coarse == ()


DOCSTRINGS = {
    "of the module": ("return __doc__", "Module."),
    "by getattr": ("return getattr(helper, '__doc__')", "Helper."),
    "by attrgetter": ("return operator.attrgetter('__doc__')(helper)", "Helper."),
    "by inspect": ("return inspect.getdoc(helper)", "Helper."),
    "source": ("return inspect.getsource(helper)", "a comment"),
    "source lines": ("return inspect.getsourcelines(helper)", "Helper."),
}


@pytest.mark.parametrize(("text", "edited"), DOCSTRINGS.values(), ids=DOCSTRINGS)
def test_what_is_written_about_code_counts_where_it_is_read(tmp_path, text, edited):
    helper = "def helper():\n    'Helper.'  # a comment\n"
    start = f"'Module.'\nimport inspect\nimport operator\n{helper}def node():\n    "
    project = Project(tmp_path, {"nodes.py": f"{start}{text}\ndef other():\n    return helper()\n"})
    before, other = counted(project.fingerprint("nodes.node")), counted(project.fingerprint("nodes.other"))
    project.edit("nodes.py", edited, "else")
    assert counted(project.fingerprint("nodes.node")) != before
    assert counted(project.fingerprint("nodes.other")) == other


ORDERS = {
    "stars": ("from proj.hidden import *", "from proj.other import *"),
    "star and definition": ("from proj.hidden import *", "def hidden(x):\n    return -x"),
    "import and definition": ("from proj.hidden import hidden", "def hidden(x):\n    return -x"),
    "imports": ("from proj.hidden import hidden", "from proj.other import hidden"),
    "definitions": ("def hidden(x):\n    return x", "def hidden(x):\n    return -x"),
}


@pytest.mark.parametrize("through", ["between", "nodes"])
@pytest.mark.parametrize(("first", "second"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_what_binds_the_same_name_counts(tmp_path, through, first, second):
    project = Project(tmp_path, {"hidden.py": HIDDEN, "other.py": HIDDEN})
    node = "def node(x):\n    return hidden(x)\n"
    imported = "" if through == "nodes" else f"from proj.{through} import hidden\n"
    project.write("nodes.py", f"{imported}{node}")
    project.write(f"{through}.py", f"{first}\n{second}\n{'' if imported else node}")
    before = counted(project.fingerprint("nodes.node"))
    project.write(f"{through}.py", f"{second}\n{first}\n{'' if imported else node}")
    assert counted(project.fingerprint("nodes.node")) != before


def test_the_order_of_imports_of_different_names_does_not_count(tmp_path):
    node = "def node(x):\n    return hidden(x), other\n"
    project = Project(tmp_path, {"hidden.py": HIDDEN, "other.py": "other = 1\n"})
    project.write("nodes.py", f"from proj.hidden import hidden\nfrom proj.other import other\n{node}")
    before = counted(project.fingerprint("nodes.node"))
    project.write("nodes.py", f"from proj.other import other\nfrom proj.hidden import hidden\n{node}")
    assert counted(project.fingerprint("nodes.node")) == before


def test_a_name_that_is_bound_twice_where_the_whole_project_counts(tmp_path):
    text = "def hidden(x):\n    return x\n" * 2 + "def node(x):\n    return eval(x), hidden\n"
    assert Project(tmp_path, {"nodes.py": text}).fingerprint("nodes.node").unknown is None
