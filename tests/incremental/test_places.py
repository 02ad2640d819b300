"""Wherever a file lies, and from wherever it is looked for: places of what nodes read, and of what they leave."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.incremental.situations import SWITCH, X, check_data, check_edit, put, run_in, situate, switched_off

pytestmark = pytest.mark.exhaustive

STORE = "GAN_PIPELINES_INCREMENTAL_STORE"
READING = (
    "import os\nimport tempfile\nfrom pathlib import Path\n\n\n"
    "def x(path):\n    note('x')\n    return Path(os.path.expandvars(path)).expanduser().read_text()"
)
LISTING = READING.replace(".read_text()", "").replace("return ", "folder = ") + (
    "\n    return {file.name: file.read_text() for file in sorted(folder.glob('*.txt'))}"
)
WIRING = 'node(extra.x, "params:x_path", "x_out", name="x")'


def reading(toy, path, code=READING):
    situate(toy, code, WIRING, parameters=f"x_path: {path}")


def cases(folder: Path):
    """Folders with data, as parameters name them, and variables under which they are that."""
    home, temporary = folder / "home", folder / "temporary"
    return {
        "cache of the home": (home / ".cache/photos", "~/.cache/photos", {"HOME": str(home)}),
        "XDG cache": (folder / "xdg/photos", "$XDG_CACHE_HOME/photos", {"XDG_CACHE_HOME": str(folder / "xdg")}),
        "home": (home / "photos", "~/photos", {"HOME": str(home)}),
        "hidden folder of the home": (home / ".photos", "~/.photos", {"HOME": str(home)}),
        "hidden folder of the project": (folder / "toy/.photos", ".photos", {}),
        "hidden folder above the project": (folder / ".data/photos", "../.data/photos", {}),
        "temporary folder": (temporary / "photos", str(temporary / "photos"), {"TMPDIR": str(temporary)}),
        "temporary folder itself": (temporary, str(temporary), {"TMPDIR": str(temporary)}),
        "folder that looks like a package's": (folder / "site-packages-data", "../site-packages-data", {}),
        "folder in an environment": (folder / "toy/venv/share/photos", "venv/share/photos", {}),
        "the store's neighbour": (folder / "toy/.incremental-data", ".incremental-data", {}),
    }


ADDED = ("cache of the home", "temporary folder itself", "hidden folder of the project")


@pytest.mark.parametrize(
    ("case", "edit"), [*((case, "edited") for case in cases(Path())), *((case, "added") for case in ADDED)]
)
def test_data_count_wherever_they_lie(toy, tmp_path, case, edit):
    folder, name, variables = cases(tmp_path)[case]
    reading(toy, name, LISTING)
    put(folder / "a.txt", "one")
    check_edit(toy, lambda: put(folder / {"edited": "a.txt", "added": "b.txt"}[edit], "two"), **variables)


@pytest.mark.parametrize("root", ["/run", "/usr/local/share", "/var/cache", "/etc"])
def test_data_count_in_folders_of_the_system(toy, root):
    if not os.access(root, os.W_OK):
        pytest.skip(f"nothing can be put below {root}")
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        put(folder / "photos/a.txt", "one")
        reading(toy, folder / "photos/a.txt")
        check_edit(toy, lambda: put(folder / "photos/a.txt", "two"))
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["a.py", "a.so", "a.pth", "photos.egg-info/a.txt", "__pycache__/a.txt"])
def test_data_count_whatever_they_are_called(toy, tmp_path, name):
    reading(toy, f"../photos/{name}")
    put(tmp_path / "photos" / name, "one")
    check_edit(toy, lambda: put(tmp_path / "photos" / name, "two"))


def check_elsewhere(toy, cwd=".", arguments=(), here=None, there=None):
    """Runs, and again under other circumstances, which must give what a run that is switched off gives."""
    before = run_in(toy, ".", *arguments, **(here or {}))
    assert "x" in before.calls
    assert run_in(toy, ".", *arguments, **(here or {})).calls == []
    expected = switched_off(toy, *arguments, cwd=cwd, **(there or {}))
    assert expected != toy.data(), "that makes no difference"
    run_in(toy, cwd, *arguments, **(there or {}))
    check_data(toy, expected)
    check_data_again(toy, expected, cwd, arguments, there)


def check_data_again(toy, expected, cwd, arguments, variables):
    assert run_in(toy, cwd, *arguments, **(variables or {})).calls == []
    check_data(toy, expected)


@pytest.mark.parametrize("name", ["words.txt", "./words.txt", "../words.txt", "sub/../words.txt"])
def test_a_relative_path_counts_by_the_folder_in_which_the_run_is_started(toy, name):
    reading(toy, name)
    for folder, text in ((".", "one"), ("notebooks", "two"), ("..", "three")):
        put(toy / folder / "words.txt", text)
    for folder in ("sub", "notebooks/sub"):
        (toy / folder).mkdir()
    check_elsewhere(toy, cwd="notebooks")


@pytest.mark.parametrize("code", ["sorted(os.listdir())", "len(os.listdir(path))"])
def test_a_listed_folder_counts_by_the_folder_in_which_the_run_is_started(toy, code):
    reading(toy, ".", f"import os\nfrom pathlib import Path\n\n\ndef x(path):\n    note('x')\n    return {code}")
    put(toy / "notebooks/words.txt", "one")
    check_elsewhere(toy, cwd="notebooks")


@pytest.mark.parametrize("name", ["~/words.txt", "$HOME/words.txt", "~/../words.txt", "$WHERE/words.txt"])
def test_a_path_counts_by_the_home_and_the_variables_of_the_run(toy, tmp_path, name):
    reading(toy, name)
    variables = []
    for at, text in (("first", "one"), ("second", "two")):
        folder = tmp_path / at / "home"
        for place in (folder, folder.parent):
            put(place / "words.txt", text)
        variables.append({"HOME": str(folder), "WHERE": str(folder)})
    check_elsewhere(toy, here=variables[0], there=variables[1])


def test_a_file_in_the_temporary_folder_counts_by_the_variable_of_the_run(toy, tmp_path):
    code = READING.replace("Path(os.path.expandvars(path)).expanduser()", "Path(tempfile.gettempdir(), path)")
    reading(toy, "words.txt", code)
    for at, text in (("first", "one"), ("second", "two")):
        put(tmp_path / at / "words.txt", text)
    here, there = ({"TMPDIR": str(tmp_path / at)} for at in ("first", "second"))
    check_elsewhere(toy, here=here, there=there)


@pytest.mark.parametrize(
    ("name", "is_at_import"),
    [
        ("words.txt", False),
        ("data/01_raw/words.txt", False),
        ("../words.txt", False),
        (".env", False),
        ("conf/words.txt", True),
        ("../words.txt", True),
    ],
)
def test_another_copy_that_shares_the_store_reads_its_own_files(toy, tmp_path, name, is_at_import):
    if is_at_import:
        code = f"WORDS = Path({name!r}).read_text()\n\n\ndef x(path):\n    note('x')\n    return WORDS"
        reading(toy, name, f"from pathlib import Path\n\n{code}")
    else:
        reading(toy, name)
    put(toy / name, "one")
    (tmp_path / "other").mkdir()
    copy = toy.copied_to(tmp_path / "other" / "copy")
    put(copy / name, "two")
    shared = {STORE: str(tmp_path / "store")}
    for project in (toy, copy, toy, copy):
        run_in(project, ".", **shared)
    assert (toy.read("data/08_reporting/x_out.json"), copy.read("data/08_reporting/x_out.json")) == ("one", "two")
    assert run_in(copy, ".", **shared).calls == []


RECORDED = '''"""Files with a record that holds their names, as `sha256sum` writes it."""

import json
from pathlib import Path

from kedro.io import AbstractDataset


class Recorded(AbstractDataset):
    COMPANIONS = (".record",)

    def __init__(self, filepath):
        self._filepath = Path(filepath)

    def load(self):
        if self._filepath.with_name(self._filepath.name + ".record").read_text() != self._filepath.name:
            raise ValueError(f"{self._filepath} is damaged")
        return json.loads(self._filepath.read_text())

    def save(self, data):
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        self._filepath.write_text(json.dumps(data))
        self._filepath.with_name(self._filepath.name + ".record").write_text(self._filepath.name)

    def _describe(self):
        return {}
'''


@pytest.mark.parametrize("tags", ["", ', tags="cache-pure"'])
@pytest.mark.parametrize("is_packaged", [False, True])
def test_results_whose_record_names_their_place_are_not_restored_to_another_place(toy, tmp_path, is_packaged, tags):
    library = tmp_path / "lib/site-packages"
    put(library / "recorded.py" if is_packaged else toy / "src/recorded.py", RECORDED)
    code = "def x(raw):\n    note('x')\n    return raw\n\n\ndef use(one, two):\n    note('use')\n    return [one, two]"
    wiring = (
        f'node(extra.x, "raw", "one", name="one"{tags}), node(extra.x, "raw", "two", name="two"{tags}), '
        'node(extra.use, ["one", "two"], "x_out", name="use")'
    )
    entry = "{name}: {{type: recorded.Recorded, filepath: data/07_model_output/{name}.json}}"
    situate(toy, code, wiring, catalog="\n".join(entry.format(name=name) for name in ("one", "two")))
    variables = {"PYTHONPATH": str(library)} if is_packaged else {}
    toy.passes(X, **variables)
    assert toy.calls(X, **variables) == []
    expected = switched_off(toy, **variables)
    check_data(toy, expected)
    for path in (toy / "data/07_model_output").iterdir():
        path.unlink()
    toy.passes(X, **variables)
    check_data(toy, expected)
    toy.replace_in("conf/base/catalog.yml", "07_model_output/two.json", "07_model_output/moved.json")
    toy.passes(X, **variables)
    toy.passes(X, **{SWITCH: "0"}, **variables)  # loads what the run before left


def test_a_result_that_moved_is_read_where_it_is_now(toy):
    situate(toy, "def x(raw):\n    note('x')\n    return raw['values']", 'node(extra.x, "raw", "moving", name="x")')
    with (toy / "conf/base/catalog.yml").open("a", encoding="utf8") as file:
        file.write("\nmoving: {type: json.JSONDataset, filepath: data/07_model_output/before.json}\n")
    toy.passes(X)
    toy.replace_in("conf/base/catalog.yml", "before.json", "after.json")
    toy.passes(X)
    assert toy.read("data/07_model_output/after.json") == [1, 2, 3]
    assert toy.calls(X) == []
