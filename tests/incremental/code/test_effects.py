"""Statements that change what other modules define, or something outside the project."""

from textwrap import dedent

import pytest

from tests.incremental.code.project import Project, counted

REGISTRY = {
    "registry.py": """
        MODELS = {}
        OTHERS = []


        def register(name, function=None):
            def add(function):
                MODELS[name] = function
                return function

            return add(function) if function else add


        def registered():
            return MODELS


        class Registry:
            def __init__(self):
                self.entries = {}

            def register(self, function):
                self.entries[function.__name__] = function
                return function


        registry = Registry()


        class Base:
            known = []

            def __init_subclass__(cls):
                cls.known.append(cls)


        class Meta(type):
            known = []

            def __init__(cls, *arguments):
                Meta.known.append(cls)


        class WithMeta(metaclass=Meta):
            pass


        class Settings:
            rate = 1


        def build(x):
            return x


        build.registered = []
        COUNT = 0


        def set_count(value):
            global COUNT
            COUNT = value
        """,
    "nodes.py": """
        import proj.registry
        from proj import registry as module
        from proj.registry import MODELS, Base, Meta, Settings, WithMeta, build, registry


        def by_name(name):
            return MODELS[name]


        def by_object(name):
            return registry.entries[name]


        def by_class(name):
            return Base.known


        def by_metaclass(name):
            return WithMeta, Meta.known


        def by_settings(name):
            return Settings.rate


        def by_function(name):
            return build(name)


        def by_module(name):
            return module.COUNT


        def unconcerned(name):
            return name
        """,
    "unrelated.py": "def unrelated(x):\n    return x\n\n\nclass Unrelated:\n    pass\n",
}

EFFECTS = {
    "subscript": ("by_name", 'from proj.registry import MODELS\nMODELS["x"] = build'),
    "update": ("by_name", 'from proj.registry import MODELS\nMODELS.update({"x": build})'),
    "augmented assignment": ("by_name", 'from proj.registry import MODELS\nMODELS |= {"x": build}'),
    "delete": ("by_name", 'from proj.registry import MODELS\nMODELS["x"] = build\ndel MODELS["x"]'),
    "through the module": ("by_name", 'import proj.registry\nproj.registry.MODELS["x"] = build'),
    "loop": ("by_name", "from proj.registry import MODELS\nfor function in [build]:\n    MODELS[function] = function"),
    "alias": ("by_name", 'from proj.registry import MODELS\ntable = MODELS\ntable["x"] = build'),
    "passed to a package": ("by_name", "import heapq\nfrom proj.registry import MODELS\nheapq.heappush(MODELS, build)"),
    "got from a function": ("by_name", 'from proj.registry import registered\nregistered()["x"] = build'),
    "function call": ("by_name", 'from proj.registry import register\nregister("x", build)'),
    "decorator": ("by_name", 'from proj.registry import register\n@register("x")\ndef more(x):\n    return build(x)'),
    "method": ("by_object", "from proj.registry import registry\nregistry.register(build)"),
    "method as a decorator": (
        "by_object",
        "from proj.registry import registry\n@registry.register\ndef more(x):\n    return build(x)",
    ),
    "method as a class decorator": (
        "by_object",
        "from proj.registry import registry\n@registry.register\nclass More:\n    run = build",
    ),
    "subclass": ("by_class", "from proj.registry import Base\nclass More(Base):\n    run = build"),
    "metaclass": ("by_metaclass", "from proj.registry import WithMeta\nclass More(WithMeta):\n    run = build"),
    "attribute of a class": ("by_settings", "from proj.registry import Settings\nSettings.rate = build(1)"),
    "attribute of a function": ("by_function", "from proj.registry import build as target\ntarget.rate = build(1)"),
    "setattr": ("by_settings", 'from proj import registry\nsetattr(registry, "Settings", build)'),
    "attribute of a module": ("by_module", "from proj import registry\nregistry.COUNT = build(1)"),
    "global": ("by_module", "from proj.registry import set_count\nset_count(build(1))"),
}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project", REGISTRY)


@pytest.mark.parametrize(("node", "effect"), EFFECTS.values(), ids=EFFECTS)
class TestEffect:
    def test_counts_for_who_reads_what_it_changes(self, project, node, effect):
        project.write("more.py", "def build(x):\n    return x\n\n\n" + effect + "\n")
        before = counted(project.fingerprint(f"nodes.{node}"))
        project.edit("more.py", "def build(x):\n    return x", "def build(x):\n    return -x")
        assert counted(project.fingerprint(f"nodes.{node}")) != before

    def test_counts_when_it_is_new(self, project, node, effect):
        before = counted(project.fingerprint(f"nodes.{node}"))
        project.write("more.py", "def build(x):\n    return x\n\n\n" + effect + "\n")
        assert counted(project.fingerprint(f"nodes.{node}")) != before

    def test_counts_for_nobody_else(self, project, node, effect):  # noqa: ARG002  of the whole class
        project.write("more.py", "def build(x):\n    return x\n\n\n" + effect + "\n")
        before = counted(project.fingerprint("nodes.unconcerned"))
        project.edit("more.py", "def build(x):\n    return x", "def build(x):\n    return -x")
        assert counted(project.fingerprint("nodes.unconcerned")) == before

    def test_leaves_the_rest_of_its_file_out(self, project, node, effect):
        project.write(
            "more.py", "def build(x):\n    return x\n\n\ndef unrelated(x):\n    return x\n\n\n" + effect + "\n"
        )
        before = counted(project.fingerprint(f"nodes.{node}"))
        project.edit("more.py", "def unrelated(x):\n    return x", "\n\ndef unrelated(x):\n    return -x")
        assert counted(project.fingerprint(f"nodes.{node}")) == before


def test_what_a_registry_is_read_for_does_not_change_it(project):
    project.write("more.py", "from proj.registry import MODELS\nNAMES = sorted(MODELS)\nFIRST = MODELS.get('x')\n")
    before = counted(project.fingerprint("nodes.by_name"))
    project.edit("more.py", "sorted(MODELS)", "list(MODELS)")
    assert counted(project.fingerprint("nodes.by_name")) == before


EXTERNAL = {
    "call": "import random\nrandom.seed({})",
    "environment": "import os\nos.environ['SOME_NAME'] = '{}'",
    "attribute": "import decimal\ndecimal.DefaultContext.prec = {}",
    "call of a call": "import logging\nlogging.getLogger('x').setLevel({})",
    "condition": "import random\nif random:\n    random.seed({})",
    "project function": "import random\n\n\ndef prepare():\n    random.seed({})\n\n\nprepare()",
    "registration": "import atexit\n\n\n@atexit.register\ndef end():\n    return {}",
}


@pytest.mark.parametrize("statement", EXTERNAL.values(), ids=EXTERNAL)
class TestExternalEffect:
    def test_counts_for_every_node_whose_imports_lead_to_it(self, project, statement):
        project.write("more.py", statement.format(1))
        project.append("registry.py", "import proj.more\n")
        before = counted(project.fingerprint("nodes.unconcerned"))
        project.write("more.py", statement.format(2))
        assert counted(project.fingerprint("nodes.unconcerned")) != before

    def test_counts_in_the_package_around_the_node(self, project, statement):
        project.write("__init__.py", statement.format(1))
        before = counted(project.fingerprint("nodes.unconcerned"))
        project.write("__init__.py", statement.format(2))
        assert counted(project.fingerprint("nodes.unconcerned")) != before

    def test_counts_for_no_node_if_nothing_imports_it(self, project, statement):
        project.write("more.py", statement.format(1))
        before = counted(project.fingerprint("nodes.unconcerned"))
        project.write("more.py", statement.format(2))
        assert counted(project.fingerprint("nodes.unconcerned")) == before


def test_what_is_imported_for_type_checkers_only_does_not_run(project):
    project.write("more.py", "import random\nrandom.seed(1)\n")
    project.append("registry.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import proj.more\n")
    before = counted(project.fingerprint("nodes.unconcerned"))
    project.write("more.py", "import random\nrandom.seed(2)\n")
    assert counted(project.fingerprint("nodes.unconcerned")) == before


def test_what_runs_as_a_script_only_does_not_count(project):
    project.append("nodes.py", 'if __name__ == "__main__":\n    MODELS["x"] = 1\n')
    before = counted(project.fingerprint("nodes.by_name"))
    project.edit("nodes.py", 'MODELS["x"] = 1', 'MODELS["x"] = 2')
    assert counted(project.fingerprint("nodes.by_name")) == before


def test_the_version_that_a_module_gives_itself_counts_for_all_of_it(project):
    before = {name: counted(project.fingerprint(f"nodes.{name}")) for name in ("unconcerned", "by_function")}
    project.append("registry.py", '__cache_version__ = "2"\n')
    assert counted(project.fingerprint("nodes.by_function")) != before["by_function"]
    assert counted(project.fingerprint("nodes.unconcerned")) == before["unconcerned"]


def test_a_package_that_is_imported_for_its_effects_counts(project):
    project.append("registry.py", "import yaml\n")
    assert project.fingerprint("nodes.unconcerned").packages == {"yaml"}


def test_postponed_annotations_count_for_all_of_a_module(project):
    before = counted(project.fingerprint("nodes.by_function"))
    project.write("registry.py", "from __future__ import annotations\n" + dedent(REGISTRY["registry.py"]))
    assert counted(project.fingerprint("nodes.by_function")) != before


REGISTRIES = {
    "registry.py": """
        from functools import lru_cache
        from typing import cast


        class Table:
            def __init__(self):
                self.entries = {}

            def __call__(self, name):
                return self.get(name)

            def get(self, name):
                return lambda function: self.replace(name, function)

            def replace(self, name, function):
                self.entries[name] = function
                return function

            def __rshift__(self, function):
                return self.replace(function, function)


        class Shared:
            models = {}
            rate = 1

            def reg(self, name, function):
                self.models[name] = function

            def set(self, rate):
                self.rate = rate

            @classmethod
            def add(cls, name, function):
                cls.models[name] = function


        class Inherited(Shared):
            pass


        @lru_cache
        def cached():
            return Shared()


        table = Table()
        plain = {"x": []}
        typed = cast(dict, {})


        def build(x):
            return x
        """,
    "nodes.py": """
        from proj.registry import Shared, cached, plain, table, typed


        def by_table(x):
            return table.entries[x]


        def by_class(x):
            return Shared.models[x]


        def by_plain(x):
            return plain[x]


        def by_typed(x):
            return typed[x]


        def by_cached(x):
            return cached().rate
        """,
}

REGISTRATIONS = {
    "called instance": ("by_table", "@table('m')\ndef more(x):\n    return build(x)"),
    "instance as a decorator": ("by_table", "@table\ndef more(x):\n    return build(x)"),
    "method that sounds harmless": ("by_table", "@table.get('m')\ndef more(x):\n    return build(x)"),
    "instance called as a function": ("by_table", "table('m')(build)"),
    "nested decorator": ("by_table", "if build:\n    @table('m')\n    def more(x):\n        return build(x)"),
    "call of one": ("by_table", "table.replace('m', build)"),
    "operator": ("by_table", "table >> build"),
    "operators": ("by_table", "table >> len >> build"),
    "result of a method": ("by_plain", "plain.get('x').append(build)"),
    "new instance": ("by_class", "Shared().reg('m', build)"),
    "named instance": ("by_class", "shared = Shared()\nshared.reg('m', build)"),
    "attribute of an instance": ("by_class", "shared = Shared()\nshared.models['m'] = build"),
    "inherited method": ("by_class", "Inherited.add('m', build)"),
    "instance of a subclass": ("by_class", "Inherited().reg('m', build)"),
    "cast": ("by_typed", "typed.update(m=build)"),
    "cached instance": ("by_cached", "cached().set(build)"),
    "named cached instance": ("by_cached", "shared = cached()\nshared.rate = build"),
    "cached instance in a function": ("by_cached", "def change():\n    s = cached()\n    s.rate = build\nchange()"),
}


@pytest.mark.parametrize(("node", "effect"), REGISTRATIONS.values(), ids=REGISTRATIONS)
def test_what_is_registered_in_any_way_counts_and_the_rest_of_its_file_does_not(tmp_path, node, effect):
    project = Project(tmp_path / "project", REGISTRIES)
    names = "from proj.registry import Inherited, Shared, cached, plain, table, typed\n"
    functions = "def build(x):\n    return x\n\n\ndef unrelated(x):\n    return 2 * x\n\n\n"
    project.write("more.py", names + functions + effect + "\n")
    before = counted(project.fingerprint(f"nodes.{node}"))
    project.edit("more.py", "return 2 * x", "return 3 * x")
    assert counted(project.fingerprint(f"nodes.{node}")) == before
    project.edit("more.py", "def build(x):\n    return x", "def build(x):\n    return -x")
    assert counted(project.fingerprint(f"nodes.{node}")) != before


def test_a_partial_function_that_decorates_many_does_not_tie_them_together(tmp_path):
    text = """
        from functools import partial, wraps
        fast = partial(wraps, assigned=())
        @fast
        def node(x):
            return x
        @fast
        def unrelated(x):
            return 2 * x
        """
    project = Project(tmp_path / "project", {"nodes.py": text})
    before = counted(project.fingerprint("nodes.node"))
    project.edit("nodes.py", "2 * x", "3 * x")
    assert counted(project.fingerprint("nodes.node")) == before
