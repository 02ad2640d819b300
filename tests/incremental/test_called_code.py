"""Code that runs though no name in a text leads to it, and that was loaded before: seen from Python 3.12 on."""

import sys

import pytest

from tests.incremental.situations import check_edit, one_becomes_two, situate

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python reports calls from 3.12 on")

STEPS = "def shout():\n    return 'one'\n\n\nclass Shout:\n    def __call__(self):\n        return shout()\n"
FINDING = {
    "pydantic": (
        "from pathlib import Path\n\nfrom pydantic import ImportString, TypeAdapter\n\n\ndef find():\n"
        "    return TypeAdapter(ImportString).validate_python(Path('conf/step.txt').read_text())",
        "toy.steps.shout",
    ),
    "yaml": (
        "from pathlib import Path\n\nimport yaml\n\n\ndef find():\n"
        "    return yaml.load(Path('conf/step.txt').read_text(), Loader=yaml.UnsafeLoader)",
        "!!python/name:toy.steps.shout ''",
    ),
    "an entry point": (
        "from importlib.metadata import EntryPoint\nfrom pathlib import Path\n\n\ndef find():\n"
        "    return EntryPoint('step', Path('conf/step.txt').read_text(), 'steps').load()",
        "toy.steps:shout",
    ),
    "logging": (
        "import logging.config\nfrom pathlib import Path\n\n\ndef find():\n"
        "    configurator = logging.config.BaseConfigurator({})\n"
        "    return configurator.configure_custom({'()': Path('conf/step.txt').read_text()})",
        "toy.steps.Shout",
    ),
    "objects in memory": (
        "import gc\n\n\ndef find():\n    functions = [each for each in gc.get_objects() if type(each) is type(find)]\n"
        "    return next(each for each in functions if each.__name__ == 'sho' + 'ut')",
        "",
    ),
}
NODE = "\n\n\ndef x():\n    note('x')\n    return find()()"


def situate_finding(toy, case, node, wiring='node(extra.x, None, "x_out", name="x")', extra=""):
    code, text = FINDING[case]
    files = {"src/toy/steps.py": STEPS, "conf/step.txt": text, "src/toy/finding.py": f"{code}{extra}\n"}
    situate(toy, f"from toy.finding import find{node}", wiring, files)
    toy.replace_in("src/toy/pipeline_registry.py", "from toy import", "import toy.steps\nfrom toy import")


@pytest.mark.parametrize("case", FINDING)
def test_what_is_called_counts(toy, case):
    situate_finding(toy, case, NODE)
    check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"))


@pytest.mark.parametrize("runner", ["ThreadRunner", "ParallelRunner"])
def test_what_is_called_counts_under_every_runner(toy, runner):
    situate_finding(toy, "pydantic", NODE)
    check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"), f"--runner={runner}", idle=())


@pytest.mark.parametrize("case", ["pydantic", "objects in memory"])
def test_what_a_forked_child_calls_counts(toy, case):
    node = (
        "\nfrom multiprocessing import get_context\n\n\ndef work(queue):\n    queue.put(find()())\n\n\n"
        "def x():\n    note('x')\n    context = get_context('fork')\n    queue = context.Queue()\n"
        "    process = context.Process(target=work, args=(queue,))\n    process.start()\n    found = queue.get()\n"
        "    process.join()\n    return found"
    )
    situate_finding(toy, case, node)
    check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"))


@pytest.mark.parametrize("case", ["pydantic", "yaml"])
def test_what_was_called_to_fill_a_memo_counts_for_every_node_that_takes_from_it(toy, case):
    memo = "\n\n\nfrom functools import lru_cache\n\n\n@lru_cache\ndef found():\n    return find()()"
    nodes = (
        "\nfrom toy.finding import found\n\n\ndef a():\n    note('a')\n    return found()\n\n\n"
        "def b():\n    note('b')\n    return found() * 2"
    )
    wiring = 'node(extra.a, None, "a_out", name="a"), node(extra.b, None, "b_out", name="b")'
    situate_finding(toy, case, nodes, wiring, memo)
    result = check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"))
    assert sorted(result.calls) == ["a", "b"]


@pytest.mark.parametrize("case", ["pydantic", "logging"])
def test_what_is_called_at_import_counts(toy, case):
    situate_finding(
        toy,
        case,
        "\nfrom toy.finding import FOUND\n\n\ndef x():\n    note('x')\n    return FOUND",
        extra="\n\n\nFOUND = find()()",
    )
    check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"))
