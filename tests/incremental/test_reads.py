"""Files that nodes read outside the catalog, when they run or when they are imported: rows 1 and 7 of the redesign."""

import sqlite3

import pytest

from tests.incremental.situations import NODE_X, check_edit, one_becomes_two, situate

pytestmark = pytest.mark.exhaustive

NODE = "\n\n\ndef x():\n    note('x')\n    return WORDS"
RELATIVE = "WORDS = yaml.safe_load(Path('conf/words.yml').read_text())"

AT_IMPORT = {
    "relative path": ("conf/words.yml", f"import yaml\nfrom pathlib import Path\n{RELATIVE}"),
    "beside the module": (
        "src/toy/words.yml",
        "import yaml\nfrom pathlib import Path\nWORDS = yaml.safe_load((Path(__file__).parent / 'words.yml').open())",
    ),
    "computed name": (
        "src/toy/words.yml",
        "from pathlib import Path\nWORDS = Path(__file__).with_name('words').with_suffix('.yml').read_text()",
    ),
    "from the project's root": (
        "conf/words.yml",
        "from pathlib import Path\nROOT = Path(__file__).resolve().parents[2]\n"
        "WORDS = (ROOT / 'conf' / 'words.yml').read_text()",
    ),
    "importlib.resources": (
        "src/toy/words.txt",
        "from importlib.resources import files\nWORDS = files('toy').joinpath('words.txt').read_text()",
    ),
    "TOML": (
        "conf/words.toml",
        "import tomllib\nwith open('conf/words.toml', 'rb') as file:\n    WORDS = tomllib.load(file)",
    ),
    "CSV": ("conf/words.csv", "import pandas\nWORDS = list(pandas.read_csv('conf/words.csv').columns)"),
    "INI": (
        "conf/words.ini",
        "from configparser import ConfigParser\nPARSER = ConfigParser()\nPARSER.read('conf/words.ini')\n"
        "WORDS = PARSER['words']['word']",
    ),
    "class body": (
        "conf/words.yml",
        "from pathlib import Path\nclass Settings:\n    words = Path('conf/words.yml').read_text()\n\n"
        "WORDS = Settings().words",
    ),
    "os.open": ("conf/words.txt", "import os\nWORDS = os.read(os.open('conf/words.txt', os.O_RDONLY), 99).decode()"),
    "mapped": (
        "conf/words.txt",
        "import numpy\nWORDS = bytes(numpy.memmap('conf/words.txt', mode='r')).decode()",
    ),
}
TEXTS = {".yml": "word: one\n", ".txt": "one", ".toml": "word = 'one'", ".csv": "one\n1\n", ".ini": "[words]\nword=one"}


def text_for(path):
    return TEXTS[path[path.rindex(".") :]]


@pytest.mark.parametrize("case", AT_IMPORT)
def test_a_file_that_a_nodes_module_reads_at_import_counts(toy, case):
    path, code = AT_IMPORT[case]
    situate(toy, code + NODE, files={path: text_for(path)})
    assert check_edit(toy, one_becomes_two(toy, path)).calls == ["x"]


READ = "from pathlib import Path\n\n\ndef read(name):\n    return Path('conf', name).read_text()\n"
ELSEWHERE = {
    "a helper of another module": ({"reading.py": READ}, "from toy.reading import read\nWORDS = read('words.yml')"),
    "another module": (
        {"reading.py": READ, "words.py": "from toy.reading import read\n\nWORDS = read('words.yml')\n"},
        "from toy.words import WORDS",
    ),
    "an attribute of another module": (
        {"reading.py": READ, "words.py": "from toy.reading import read\n\nWORDS = read('words.yml')\n"},
        "from toy import words\n\n\ndef x():\n    note('x')\n    return words.WORDS",
    ),
    "a package": (
        {"reading.py": READ, "words/__init__.py": "from toy.reading import read\n\nWORDS = read('words.yml')\n"},
        "from toy.words import WORDS",
    ),
    "a default argument": (
        {"reading.py": READ},
        "from toy.reading import read\n\n\ndef x(words=read('words.yml')):\n    note('x')\n    return words",
    ),
    "a module that a function imports": (
        {"reading.py": READ, "words.py": "from toy.reading import read\n\nWORDS = read('words.yml')\n"},
        "def x():\n    from toy.words import WORDS\n\n    note('x')\n    return WORDS",
    ),
    "a base class that hands it on": (
        {
            "reading.py": READ,
            "base.py": "from toy.reading import read\n\n\nclass Base:\n    words = read('words.yml')\n",
        },
        "from toy.base import Base\n\n\nclass Derived(Base):\n    pass\n\n\nWORDS = Derived.words",
    ),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_file_that_is_read_at_import_elsewhere_counts(toy, case):
    modules, code = ELSEWHERE[case]
    files = {f"src/toy/{name}": text for name, text in modules.items()}
    situate(toy, code if "def x" in code else code + NODE, files={**files, "conf/words.yml": "one"})
    assert check_edit(toy, one_becomes_two(toy, "conf/words.yml")).calls == ["x"]


def test_a_file_that_the_module_of_a_dataset_class_reads_at_import_counts(toy):
    module = (
        f"import json\nfrom pathlib import Path\n\nfrom kedro_datasets.json import JSONDataset\n\n{READ}\n"
        "WORDS = read('words.yml')\n\n\nclass Worded(JSONDataset):\n"
        "    def __init__(self, filepath):\n        super().__init__(filepath=filepath)\n\n"
        "    def load(self):\n        return WORDS\n"
    )
    situate(
        toy,
        "def x(words):\n    note('x')\n    return words",
        'node(extra.x, "worded", "x_out", name="x")',
        files={"src/toy/worded.py": module, "conf/words.yml": "one"},
        catalog="worded: {type: toy.worded.Worded, filepath: data/01_raw/raw.json}",
    )
    check_edit(toy, one_becomes_two(toy, "conf/words.yml"))


HIDDEN = {
    ".env": "WORD=one\n",
    ".settings/words.txt": "one",
    "conf/.words": "one",
    "conf/logging.txt": "one",
    "src/toy/.words": "one",
}


@pytest.mark.parametrize("place", ["at import", "inside"])
@pytest.mark.parametrize("path", HIDDEN)
def test_a_hidden_file_counts(toy, path, place):
    read = f"Path({path!r}).read_text()"
    code = f"WORDS = {read}{NODE}" if place == "at import" else f"def x():\n    note('x')\n    return {read}"
    situate(toy, f"from pathlib import Path\n\n\n{code}", NODE_X, files={path: HIDDEN[path]})
    assert check_edit(toy, one_becomes_two(toy, path)).calls == ["x"]


def test_a_table_of_pyproject_that_a_node_reads_counts(toy):
    code = (
        "import tomllib\nfrom pathlib import Path\n\n\ndef x():\n    note('x')\n"
        "    return tomllib.loads(Path('pyproject.toml').read_text())['tool']['toy']"
    )
    situate(toy, code)
    with (toy / "pyproject.toml").open("a", encoding="utf8") as file:
        file.write("\n[tool.toy]\nword = 'one'\n")
    check_edit(toy, one_becomes_two(toy, "pyproject.toml"))


def test_a_data_base_that_a_node_reads_counts(toy):
    code = (
        "import sqlite3\n\n\ndef x():\n    note('x')\n"
        "    return sqlite3.connect('conf/words.sqlite').execute('select word from words').fetchall()"
    )
    situate(toy, code)

    def write(word):
        with sqlite3.connect(toy / "conf/words.sqlite") as data:
            data.executescript(f"drop table if exists words; create table words as select '{word}' as word")
        data.close()

    write("one")
    check_edit(toy, lambda: write("two"))
