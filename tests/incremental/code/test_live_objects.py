"""What only the live function tells: arguments of partials, closures, instances."""

import datetime
import enum
import functools
import importlib.util
import socket
import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest

from tests.incremental.code.project import Project, counted

NODES = """
import enum
import functools
from dataclasses import dataclass

from proj.helpers import helper, other


def train(data, rate=1, extra=None):
    return data


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclass
class Options:
    rate: int
    color: Color = Color.RED


class Model:
    def __init__(self, rate):
        self.rate = rate

    def __call__(self, data):
        return helper(data)

    def fit(self, data):
        return helper(data)

    def predict(self, data):
        return data

    @classmethod
    def make(cls, data):
        return helper(data)

    @staticmethod
    def still(data):
        return helper(data)


class Slotted:
    __slots__ = ("rate",)

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, data):
        return data


def make(value):
    def inner(data, given=value):
        return helper(data), value

    return inner


def make_defaulted(value):
    return lambda data, given=value: given


def make_class(value):
    class Local:
        def __call__(self, data):
            return value

    return Local()


def two_lambdas():
    return lambda x: x + 1, lambda x: x - 1


def recursive(value):
    def inner(data):
        return inner(value)

    return inner


@functools.lru_cache
def cached(data):
    return helper(data)


first, second = lambda x: x + 1, lambda x: x - 1
in_lambda = lambda x: helper(x)
LAMBDAS = [lambda x, k=k: x * k for k in range(3)]


@functools.singledispatch
def dispatched(data):
    return helper(data)
"""

FILES = {"nodes.py": NODES, "helpers.py": "def helper(x):\n    return x\n\n\ndef other(x):\n    return x\n"}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project", FILES)


def partial_of(make_value):
    return lambda project: functools.partial(project.load("nodes.train"), rate=make_value(project))


DIFFERENT = {
    "numbers": (lambda _: 1, lambda _: 2),
    "types of numbers": (lambda _: 1, lambda _: 1.0),
    "number and truth": (lambda _: 1, lambda _: True),
    "texts": (lambda _: "a", lambda _: "b"),
    "bytes": (lambda _: b"a" * 100, lambda _: b"a" * 99 + b"b"),
    "lists": (lambda _: [1, [2]], lambda _: [1, [3]]),
    "list and tuple": (lambda _: [1], lambda _: (1,)),
    "order of mappings": (lambda _: {"a": 1, "b": 2}, lambda _: {"b": 2, "a": 1}),
    "sets": (lambda _: {1, 2}, lambda _: {1, 3}),
    "arrays": (lambda _: np.arange(3), lambda _: np.arange(3) + 1),
    "kinds of arrays": (lambda _: np.arange(3), lambda _: np.arange(3.0)),
    "shapes of arrays": (lambda _: np.zeros((2, 3)), lambda _: np.zeros((3, 2))),
    "paths": (lambda _: Path("a"), lambda _: Path("b")),
    "dates": (lambda _: datetime.date(2020, 1, 1), lambda _: datetime.date(2020, 1, 2)),
    "members": (lambda project: project.load("nodes.Color").RED, lambda project: project.load("nodes.Color").BLUE),
    "data classes": (
        lambda project: project.load("nodes.Options")(1),
        lambda project: project.load("nodes.Options")(2),
    ),
    "instances": (lambda project: project.load("nodes.Model")(1), lambda project: project.load("nodes.Model")(2)),
    "slots": (lambda project: project.load("nodes.Slotted")(1), lambda project: project.load("nodes.Slotted")(2)),
    "functions": (lambda project: project.load("helpers.helper"), lambda project: project.load("helpers.other")),
    "functions of packages": (lambda _: np.add, lambda _: np.subtract),
    "builtins": (lambda _: len, lambda _: sum),
    "methods of builtins": (lambda _: str.upper, lambda _: str.lower),
    "classes": (lambda project: project.load("nodes.Model"), lambda project: project.load("nodes.Options")),
    "partials": (lambda _: functools.partial(int, base=2), lambda _: functools.partial(int, base=3)),
    "generators of random numbers": (
        lambda _: np.random.default_rng(1),
        lambda _: np.random.default_rng(2),
    ),
}


@pytest.mark.parametrize(("one", "another"), DIFFERENT.values(), ids=DIFFERENT)
def test_arguments_of_a_partial_are_told_apart(project, one, another):
    fingerprints = [project.fingerprint(partial_of(value)) for value in (one, one, another)]
    assert fingerprints[0].unknown is None
    assert counted(fingerprints[0]) == counted(fingerprints[1])
    assert counted(fingerprints[0]) != counted(fingerprints[2])


MADE = {
    "cell": lambda project, value: project.load("nodes.make")(value),
    "default": lambda project, value: project.load("nodes.make_defaulted")(value),
    "class in a function": lambda project, value: project.load("nodes.make_class")(value),
    "recursive cell": lambda project, value: project.load("nodes.recursive")(value),
    "bound method": lambda project, value: project.load("nodes.Model")(value).fit,
    "instance": lambda project, value: project.load("nodes.Model")(value),
    "instance with slots": lambda project, value: project.load("nodes.Slotted")(value),
    "lambda of a list": lambda project, value: project.load("nodes.LAMBDAS")[value],
    "positional": lambda project, value: functools.partial(project.load("nodes.train"), value),
    "partial of a partial": lambda project, value: functools.partial(
        functools.partial(project.load("nodes.train"), 1), value
    ),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_values_that_a_callable_holds_count(project, make):
    fingerprints = [project.fingerprint(lambda project, value=value: make(project, value)) for value in (1, 1, 2)]
    assert fingerprints[0].unknown is None
    assert counted(fingerprints[0]) == counted(fingerprints[1])
    assert counted(fingerprints[0]) != counted(fingerprints[2])


REACHING = {
    "class": "nodes.Model",
    "instance": lambda project: project.load("nodes.Model")(1),
    "bound method": lambda project: project.load("nodes.Model")(1).fit,
    "class method": lambda project: project.load("nodes.Model").make,
    "static method": lambda project: project.load("nodes.Model").still,
    "nested function": lambda project: project.load("nodes.make")(1),
    "lambda": "nodes.in_lambda",
    "lru_cache": "nodes.cached",
    "singledispatch": "nodes.dispatched",
    "partial of a method": lambda project: functools.partial(project.load("nodes.Model")(1).fit, 1),
    "argument": lambda project: functools.partial(project.load("nodes.train"), extra=[project.load("helpers.helper")]),
    "lru_cache of a lambda": lambda project: functools.lru_cache(project.load("nodes.make")(1)),
    "module": lambda project: functools.partial(project.load("nodes.train"), __import__("proj.helpers").helpers),
}


@pytest.mark.parametrize("name", REACHING.values(), ids=REACHING)
def test_the_code_behind_a_callable_counts(project, name):
    before = project.fingerprint(name)
    assert before.unknown is None
    project.edit("helpers.py", "def helper(x):\n    return x", "def helper(x):\n    return -x")
    assert counted(project.fingerprint(name)) != counted(before)


APART = {
    "methods of an instance": [
        lambda project: project.load("nodes.Model")(1).fit,
        lambda project: project.load("nodes.Model")(1).predict,
    ],
    "lambdas of a line": [
        lambda project: project.load("nodes.two_lambdas")()[0],
        lambda project: project.load("nodes.two_lambdas")()[1],
    ],
    "lambdas of a statement": ["nodes.first", "nodes.second"],
}


@pytest.mark.parametrize("names", APART.values(), ids=APART)
def test_callables_of_the_same_statement_are_told_apart(project, names):
    one, another = (counted(project.fingerprint(name)) for name in names)
    assert one != another


UNKNOWN = {
    "socket": lambda _: socket.socket(),
    "lock": lambda _: [threading.Lock()],
    "generator": lambda _: (x for x in ()),
    "open file": lambda project: (project.root / "proj/nodes.py").open(),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("make", UNKNOWN.values(), ids=UNKNOWN)
def test_what_has_no_comparable_state_is_unknown(project, make):
    unknown = project.fingerprint(partial_of(make)).unknown
    assert unknown.startswith("argument rate of the partial is a ")


def test_functions_without_a_file_are_unknown(project):
    names = {"__name__": "__main__"}
    exec(compile("def node(x):\n    return x\n", "<ipython-input-1>", "exec"), names)  # noqa: S102  as notebooks do
    unknown = project.fingerprint(lambda _: names["node"]).unknown
    assert unknown == "the function is the function node, whose source is in no file"


def test_a_module_that_was_loaded_by_hand_is_known_by_its_file(project):
    def load(project):
        specification = importlib.util.spec_from_file_location("by_hand", project.root / "proj/helpers.py")
        module = importlib.util.module_from_spec(specification)
        sys.modules["by_hand"] = module
        specification.loader.exec_module(module)
        return sys.modules.pop("by_hand").helper

    before = counted(project.fingerprint(load))
    project.edit("helpers.py", "def helper(x):\n    return x", "def helper(x):\n    return -x")
    assert counted(project.fingerprint(load)) != before


def test_a_class_of_a_module_without_a_file_is_unknown(project, monkeypatch):
    module = types.ModuleType("made_up")
    kind = type("Made", (), {"__module__": "made_up", "__call__": lambda _, x: x})
    module.Made = kind
    monkeypatch.setitem(sys.modules, "made_up", module)
    unknown = project.fingerprint(lambda _: kind()).unknown
    assert unknown == "the function is the class Made, whose source is unknown"


def test_paths_inside_the_project_do_not_depend_on_where_it_is(tmp_path):
    copies = [Project(tmp_path / name, FILES) for name in ("here", "there")]
    values = [copy.fingerprint(partial_of(lambda project: project.folder / "data/raw.csv")).values for copy in copies]
    assert values[0] == values[1]


def test_functions_of_packages_bring_what_their_modules_import(project):
    from kedro_datasets.json import JSONDataset

    fingerprint = project.fingerprint(lambda _: JSONDataset)
    assert fingerprint.symbols == {}
    assert {"kedro_datasets", "kedro", "fsspec"} <= fingerprint.packages


def test_builtins_depend_on_nothing(project):
    fingerprint = project.fingerprint(lambda _: len)
    assert (fingerprint.symbols, fingerprint.packages, fingerprint.unknown) == ({}, frozenset(), None)


class Level(enum.IntEnum):
    LOW = 1


def test_a_number_with_a_name_is_not_the_number(project):
    named, plain = (project.fingerprint(partial_of(lambda _, value=value: value)) for value in (Level.LOW, 1))
    assert counted(named) != counted(plain)


def test_numbers_of_any_length_are_told_apart(tmp_path):
    text = "from functools import partial\ndef train(x):\n    return x\nbound = partial(train, [16**6000])\n"
    project = Project(tmp_path, {"nodes.py": text})
    before = project.fingerprint("nodes.bound")
    project.edit("nodes.py", "16**6000", "16**6000 + 1")
    assert before.unknown is None
    assert project.fingerprint("nodes.bound").values != before.values
