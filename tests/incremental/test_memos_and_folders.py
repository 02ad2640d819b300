"""Files behind a memo that an earlier node filled, and files of a folder: rows 2 and 3 of the redesign."""

import pytest

from tests.incremental.situations import check_edit, one_becomes_two, put, situate

pytestmark = pytest.mark.exhaustive

NODE = "\n\n\ndef x():\n    note('x')\n    return WORDS"

MEMOS = {
    "lru_cache": "from functools import lru_cache\n\n\n@lru_cache\ndef words():\n    return read()",
    "dict": (
        "_MEMO = {}\n\n\ndef words():\n    if 'words' not in _MEMO:\n        _MEMO['words'] = read()\n"
        "    return _MEMO['words']"
    ),
    "cached_property": (
        "from functools import cached_property\n\n\nclass Words:\n    @cached_property\n    def all(self):\n"
        "        return read()\n\n\nWORDS = Words()\n\n\ndef words():\n    return WORDS.all"
    ),
    "global": (
        "_words = None\n\n\ndef words():\n    global _words\n    if _words is None:\n        _words = read()\n"
        "    return _words"
    ),
    "class attribute": (
        "class Words:\n    found = None\n\n    @classmethod\n    def get(cls):\n"
        "        cls.found = cls.found or read()\n        return cls.found\n\n\ndef words():\n    return Words.get()"
    ),
}
READING = "from pathlib import Path\n\n\ndef read():\n    return Path('conf/words.yml').read_text()\n\n\n"
TWO = (
    "from toy.memo import words\n\n\ndef a():\n    note('a')\n    return words()\n\n\n"
    "def b():\n    note('b')\n    return words() * 2"
)
TWO_NODES = 'node(extra.a, None, "a_out", name="a"), node(extra.b, None, "b_out", name="b")'


@pytest.mark.parametrize(
    ("memo", "runner"), [*((memo, "SequentialRunner") for memo in MEMOS), ("lru_cache", "ThreadRunner")]
)
def test_a_file_counts_for_every_node_that_takes_it_from_a_memo(toy, memo, runner):
    situate(toy, TWO, TWO_NODES, files={"src/toy/memo.py": READING + MEMOS[memo], "conf/words.yml": "one"})
    result = check_edit(toy, one_becomes_two(toy, "conf/words.yml"), f"--runner={runner}")
    assert sorted(result.calls) == ["a", "b"]


UNPICKLING = (
    "import pickle\nfrom functools import lru_cache\nfrom pathlib import Path\n\n\n@lru_cache\ndef words():\n"
    "    return pickle.loads(Path('data/01_raw/model.pkl').read_bytes()).predict()\n"
)
FITTED = (
    "from pathlib import Path\n\n\nclass Fitted:\n    def predict(self):\n"
    "        return Path('conf/words.yml').read_text()\n"
)


def test_a_file_counts_that_was_read_by_code_to_which_no_name_leads(toy):
    files = {"src/toy/memo.py": UNPICKLING, "src/toy/fitted.py": FITTED, "conf/words.yml": "one"}
    situate(toy, TWO, TWO_NODES, files={**files, "data/01_raw/model.pkl": b"ctoy.fitted\nFitted\n)R."})
    result = check_edit(toy, one_becomes_two(toy, "conf/words.yml"))
    assert sorted(result.calls) == ["a", "b"]


WARMING = {
    "another module at import": ("src/toy/plugins/__init__.py", "from toy.memo import words\n\nwords()\n", ""),
    "a hook": (
        "src/toy/hooks.py",
        "from kedro.framework.hooks import hook_impl\n\nfrom toy.memo import words\n\n\nclass Warms:\n    @hook_impl\n"
        "    def before_pipeline_run(self):\n        words()\n",
        "\nfrom toy.hooks import Warms\n\nHOOKS = (Warms(),)\n",
    ),
}


@pytest.mark.parametrize("memo", ["lru_cache", "dict"])
@pytest.mark.parametrize("case", WARMING)
def test_a_file_counts_though_somebody_else_filled_the_memo(toy, case, memo):
    path, warming, settings = WARMING[case]
    code = f"import toy.plugins\n{TWO}" if "plugins" in path else TWO
    files = {"src/toy/memo.py": READING + MEMOS[memo], "conf/words.yml": "one", path: warming}
    situate(toy, code, TWO_NODES, files=files)
    with (toy / "src/toy/settings.py").open("a", encoding="utf8") as file:
        file.write(settings)
    assert sorted(check_edit(toy, one_becomes_two(toy, "conf/words.yml")).calls) == ["a", "b"]


FOLDERS = {
    "glob": "{path.stem: path.read_text() for path in sorted((Path(__file__).parent / 'sql').glob('*.sql'))}",
    "rglob": "{path.stem: path.read_text() for path in sorted(Path(__file__).parent.rglob('*.sql'))}",
    "os.listdir": "{name: (Path('src/toy/sql') / name).read_text() for name in sorted(os.listdir('src/toy/sql'))}",
    "os.walk": "[Path(at, name).read_text() for at, _, names in os.walk('src/toy/sql') for name in sorted(names)]",
    "importlib.resources": (
        "{entry.name: entry.read_text() for entry in sorted(files('toy').joinpath('sql').iterdir(), "
        "key=lambda entry: entry.name)}"
    ),
}
FOLDER_EDITS = {
    "edited": lambda toy: toy.replace_in("src/toy/sql/first.sql", "one", "two"),
    "added": lambda toy: put(toy / "src/toy/sql/third.sql", "three"),
    "removed": lambda toy: (toy / "src/toy/sql/second.sql").unlink(),
}


@pytest.mark.parametrize(
    ("case", "edit"), [*((case, "edited") for case in FOLDERS), ("glob", "added"), ("rglob", "removed")]
)
@pytest.mark.parametrize("place", ["at import", "inside"])
def test_the_files_of_a_folder_count(toy, case, place, edit):
    imports = "import os\nfrom importlib.resources import files\nfrom pathlib import Path\n\n\n"
    at_import = f"WORDS = {FOLDERS[case]}{NODE}"
    inside = f"def x():\n    note('x')\n    return {FOLDERS[case]}"
    queries = {"src/toy/sql/first.sql": "one", "src/toy/sql/second.sql": "other"}
    situate(toy, imports + (at_import if place == "at import" else inside), files=queries)
    assert check_edit(toy, lambda: FOLDER_EDITS[edit](toy)).calls == ["x"]
