"""Ordinary code that must neither end a run nor make nodes run for nothing."""

import shutil
import sys

import pytest

from tests.incremental.situations import X, check_edit, one_becomes_two, put, situate
from tests.incremental.test_packages import install

pytestmark = pytest.mark.exhaustive

FIT = (
    "from toy.calls import note\nfrom toy.fitted import Fitted\n\n\ndef fit():\n    note('fit')\n    return Fitted()\n"
)
FITTED = "class Fitted:\n    def predict(self):\n        return 'one'\n"
USE = "\n\n\ndef x(model):\n    note('x')\n    return model.predict()"
USE_X = 'node(extra.x, "model", "x_out", name="x")'
FIT_NODE = 'node(__import__("toy.fitting").fitting.fit, None, "model", name="fit")'
MODEL = "model: {type: pickle.PickleDataset, filepath: data/01_raw/model.pkl}"
BY_NAME = b"ctoy.fitted\nFitted\n)R."  # a pickle that calls the class
FILES = {"src/toy/fitting.py": FIT, "src/toy/fitted.py": FITTED, "data/01_raw/model.pkl": BY_NAME}

STRANGE = {
    "template": ("template/{{ name }}.py", "class {{ name }}:\n    pass\n"),
    "unfinished": ("draft.py", "def draft(:\n"),
    "Python 2": ("old.py", "print 'one'\n"),
    "byte order mark": ("marked.py", b"\xef\xbb\xbfMARKED = 1\n"),
    "other encoding": ("latin.py", "# coding: latin-1\nLATIN = 'ä'\n".encode("latin-1")),
    "no encoding": ("bytes.py", b"BYTES = '\xff'\n"),
    "zeros": ("zeros.py", b"\0\0\0\0"),
    "no line": ("empty.py", ""),
    "many terms": ("sums.py", f"TOTAL = {' + '.join(['1'] * 1500)}\n"),
    "many branches": (
        "branches.py",
        "def branch(x):\n    if x == 0:\n        return 0\n"
        + "".join(f"    elif x == {i}:\n        return {i}\n" for i in range(1, 700)),
    ),
    "many calls": ("calling.py", f"TEXT = 'a'{'.strip()' * 1500}\n"),
    "many levels": ("levels.py", f"LEVELS = {'[' * 90}{']' * 90}\n"),
}


def situate_pickle(toy, is_made=True):
    """A node that takes a pickle, which another node makes or no node makes."""
    situate(toy, USE, f"{FIT_NODE}, {USE_X}" if is_made else USE_X, FILES, catalog=MODEL)


@pytest.mark.parametrize("is_made", [True, False])
@pytest.mark.parametrize("case", STRANGE)
def test_strange_files_among_the_code_end_no_run_with_pickles(toy, case, is_made):
    if is_made and case in {"Python 2", "no line", "other encoding", "many levels"}:
        pytest.skip("tried once")
    situate_pickle(toy, is_made)
    name, content = STRANGE[case]
    put(toy / "src/toy" / name, content)
    check_edit(toy, one_becomes_two(toy, "src/toy/fitted.py"))


def link(target):
    return lambda path: path.symlink_to(target)


ODD = {
    "an editor's lock": (".#nodes.py", link("user@host.1234:1700000000")),
    "a dangling link": ("linked.py", link("/nowhere/linked.py")),
    "a link to its folder": ("loop", link(".")),
    "a link to itself": ("itself.py", link("itself.py")),
    "a folder": ("folder.py", lambda path: path.mkdir()),
    "an archive's twin": ("._nodes.py", lambda path: path.write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")),
    "a checkpoint": (".ipynb_checkpoints", lambda path: put(path / "nodes-checkpoint.py", "def half(:\n")),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_entries_among_the_code_end_no_run_with_pickles(toy, case):
    situate_pickle(toy, is_made=False)
    name, make = ODD[case]
    make(toy / "src/toy" / name)
    check_edit(toy, one_becomes_two(toy, "src/toy/fitted.py"))


REACHED = {
    "byte order mark": b"\xef\xbb\xbfdef shout():\n    return 'one'\n",
    "other encoding": "# coding: latin-1\ndef shout():\n    return 'one ä'\n".encode("latin-1"),
    "many terms": f"TOTAL = {' + '.join(['1'] * 1500)}\n\n\ndef shout():\n    return ['one', TOTAL]\n",
    "many calls": f"def shout():\n    return 'one'{'.strip()' * 900}\n",
    "many branches": (
        "def shout(x=-1):\n    if x == 0:\n        return 0\n"
        + "".join(f"    elif x == {i}:\n        return {i}\n" for i in range(1, 700))
        + "    return 'one'\n"
    ),
    "other line ends": b"def shout():\r\n    return 'one'\r\n",
    "no last line end": "def shout(): return 'one'",
}


@pytest.mark.parametrize("case", REACHED)
def test_strange_code_that_a_node_reaches_is_compared(toy, case):
    situate(toy, "from toy.steps import shout\n\n\ndef x():\n    note('x')\n    return shout()")
    put(toy / "src/toy/steps.py", REACHED[case])

    def edit():
        path = toy / "src/toy/steps.py"
        path.write_bytes(path.read_bytes().replace(b"one", b"two"))

    assert check_edit(toy, edit).calls == ["x"]


def test_it_runs_without_the_locks_of_unix(toy):
    """A system without `fcntl`, such as Windows."""

    def work():
        for name in [name for name in sys.modules if name.startswith("gan_pipelines.incremental")]:
            del sys.modules[name]
        sys.modules["fcntl"] = None
        from kedro.framework.cli.cli import main

        sys.argv = ["kedro", "run"]
        main()

    for count in (6, 0):
        toy.forget_calls()
        result = toy.fork(work).wait()
        assert result.exit_code == 0, result.stderr
        assert len(result.calls) == count


def test_code_that_a_pickles_producer_does_not_reach_does_not_count_for_who_loads_it(toy):
    situate_pickle(toy)
    toy.passes(X)
    toy.replace_in("src/toy/helpers.py", "return -value", "return 1 - value")
    assert toy.calls(X) == []


STATES = {
    "socket": ("import socket", "        self.socket = socket.socket()\n"),
    "time": ("import time", "        self.start = time.time()\n"),
    "lock": ("import threading", "        self.lock = threading.Lock()\n"),
    "file": ("import tempfile", "        self.file = tempfile.TemporaryFile()\n"),
    "function": ("import time", "        self.clock = lambda: time.time()\n"),
    "random": ("import random", "        self.run = random.random()\n"),
}
HOOK = """{imports}

from kedro.framework.hooks import hook_impl


class Timer:
{begin}{state}
    @hook_impl
    def before_node_run(self, node):
        self.node = node.name

    @hook_impl
    def after_dataset_loaded(self, dataset_name, data):
        if dataset_name == "raw":
            data["comment"] = "one"
"""
BEGINNINGS = {
    "before_pipeline_run": "    @hook_impl\n    def before_pipeline_run(self):\n",
    "when it is made": "    def __init__(self):\n",
}
ECHO = "def x(raw):\n    note('x')\n    return raw['comment']"
ECHO_X = 'node(extra.x, "raw", "x_out", name="x")'


def add_hook(toy, module):
    put(toy / "src/toy/hooks.py", module)
    with (toy / "src/toy/settings.py").open("a", encoding="utf8") as file:
        file.write("\nfrom toy.hooks import Timer\n\nHOOKS = (Timer(),)\n")


@pytest.mark.parametrize(
    ("case", "begin"), [*((case, "before_pipeline_run") for case in STATES), ("socket", "when it is made")]
)
def test_what_a_hook_keeps_for_a_run_does_not_count_and_its_code_does(toy, case, begin):
    imports, state = STATES[case]
    situate(toy, ECHO, ECHO_X)
    add_hook(toy, HOOK.format(imports=imports, begin=BEGINNINGS[begin], state=state))
    check_edit(toy, one_becomes_two(toy, "src/toy/hooks.py"), idle=())


CHOOSING = (
    "def load(name):\n    if name == 'first':\n        import firstlib\n\n        return firstlib.ONE\n"
    "    import secondlib\n\n    return secondlib.ONE\n\n\ndef x(settings):\n    note('x')\n    return load(settings)"
)
CHOOSING_X = 'node(extra.x, "params:library", "x_out", name="x")'


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "lib/site-packages"
    install(folder, "firstlib", "1.0", requires="secondlib>=1")
    install(folder, "secondlib", "1.0")
    return folder


def test_a_package_that_the_run_does_not_import_may_come_and_go(toy, library):
    shutil.rmtree(library)
    install(library, "firstlib", "1.0")
    variables = {"PYTHONPATH": str(library)}
    situate(toy, CHOOSING, CHOOSING_X, parameters="library: first")
    assert "x" in toy.calls(X, **variables)
    install(library, "secondlib", "1.0")
    assert toy.calls(X, **variables) == []
    install(library, "secondlib", "2.0")
    assert toy.calls(X, **variables) == []
    shutil.rmtree(library / "secondlib")
    shutil.rmtree(library / "secondlib-2.0.dist-info")
    assert toy.calls(X, **variables) == []


def test_a_package_counts_once_the_run_imports_it(toy, library):
    variables = {"PYTHONPATH": str(library)}
    situate(toy, CHOOSING, CHOOSING_X, parameters="library: second")
    toy.passes(X, **variables)
    check_edit(toy, lambda: install(library, "secondlib", "2.0", one=2), **variables)


@pytest.mark.parametrize(
    "look",
    [
        "try:\n        import secondlib\n    except ImportError:\n        return 'none'\n    return secondlib.ONE",
    ],
)
def test_a_package_that_the_run_looked_for_in_vain_counts_when_it_comes(toy, library, look):
    shutil.rmtree(library)
    install(library, "firstlib", "1.0")
    situate(toy, f"def x():\n    note('x')\n    {look}")
    check_edit(toy, lambda: install(library, "secondlib", "1.0"), PYTHONPATH=str(library))


def test_a_dataset_class_that_only_overrides_a_method_is_compared(toy):
    module = (
        "from kedro_datasets.json import JSONDataset\n\n\nclass Shouted(JSONDataset):\n    def load(self):\n"
        "        return {**super().load(), 'comment': 'one'}\n"
    )
    catalog = "shouted: {type: toy.shouted.Shouted, filepath: data/01_raw/raw.json}"
    situate(toy, ECHO, ECHO_X.replace("raw", "shouted"), {"src/toy/shouted.py": module}, catalog)
    check_edit(toy, one_becomes_two(toy, "src/toy/shouted.py"), settles=False)  # Kedro hides the arguments of such
