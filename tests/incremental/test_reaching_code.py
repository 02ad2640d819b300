"""Code that no name in a node's text leads to: rows 4, 5, 6 and 8 of the redesign."""

import py_compile

import pytest

from tests.incremental.situations import check_edit, one_becomes_two, put, situate

pytestmark = pytest.mark.exhaustive

FITTED = "class Fitted:\n    def predict(self):\n        return 'one'\n"
FITTING = (
    "from toy.calls import note\nfrom toy.fitted import Fitted\n\n\n"
    "def fit():\n    note('fit')\n    return Fitted()\n\n\n"
    "def fit_parts():\n    note('fit')\n    return {'part': Fitted()}\n\n\n"
    "def fit_lazily():\n    note('fit')\n    return {'part': lambda: Fitted()}\n\n\n"
    "def fit_table():\n    import pandas\n\n    note('fit')\n    return pandas.DataFrame({'model': [Fitted()]})\n"
)
FILES = {"src/toy/fitted.py": FITTED, "src/toy/fitting.py": FITTING}
USE = {
    "model": "def x(model):\n    note('x')\n    return model.predict()",
    "parts": "def x(parts):\n    note('x')\n    return [parts[name]().predict() for name in sorted(parts)]",
    "table": "def x(table):\n    note('x')\n    return [model.predict() for model in table['model']]",
}
PICKLE = "{type: pickle.PickleDataset, filepath: data/01_raw/models/model.pkl"
PARTS = "{type: partitions.PartitionedDataset, path: data/01_raw/models/parts, filename_suffix: .pkl"
STORED = {
    "pickle": ("fit", "model", f"{PICKLE}}}"),
    "joblib": ("fit", "model", f"{PICKLE}, backend: joblib}}"),
    "versioned": ("fit", "model", f"{PICKLE}, versioned: true}}"),
    "partitions": ("fit_parts", "parts", f"{PARTS}, dataset: pickle.PickleDataset}}"),
    "partitions with settings": (
        "fit_parts",
        "parts",
        f"{PARTS}, dataset: {{type: pickle.PickleDataset, backend: joblib}}}}",
    ),
    "partitions saved lazily": ("fit_lazily", "parts", f"{PARTS}, dataset: pickle.PickleDataset}}"),
    "cached": ("fit", "model", f"{{type: CachedDataset, dataset: {PICKLE}}}}}"),
    "a table of objects": (
        "fit_table",
        "table",
        "{type: pandas.GenericDataset, file_format: pickle, filepath: data/01_raw/models/table.pkl, "
        "fs_args: {open_args_save: {mode: wb}, open_args_load: {mode: rb}}}",
    ),
}
USE_X = 'node(extra.x, "stored", "x_out", name="x")'


def wire(fit, between=""):
    return f'node(__import__("toy.fitting").fitting.{fit}, None, "stored", name="fit"), {between}{USE_X}'


@pytest.mark.parametrize("case", STORED)
def test_the_class_of_a_stored_object_counts_for_who_loads_it(toy, case):
    fit, use, dataset = STORED[case]
    situate(toy, USE[use], wire(fit), FILES, catalog=f"stored: {dataset}")
    check_edit(toy, one_becomes_two(toy, "src/toy/fitted.py"))


def test_the_class_counts_for_who_loads_an_object_that_was_handed_on(toy):
    relay = (
        "from toy.calls import note\n\n\ndef relay(model):\n    note('relay')\n    return {'model': model}\n\n\n"
        "def unpack(relayed):\n    note('unpack')\n    return relayed['model']\n"
    )
    modules = '__import__("toy.relaying").relaying'
    between = (
        f'node({modules}.relay, "stored", "relayed", name="relay"), '
        f'node({modules}.unpack, "relayed", "unpacked", name="unpack"), '
    )
    catalog = "\n".join(
        f"{name}: {{type: pickle.PickleDataset, filepath: data/01_raw/models/{name}.pkl}}"
        for name in ("stored", "relayed", "unpacked")
    )
    wiring = wire("fit", between).replace(USE_X, USE_X.replace('"stored"', '"unpacked"'))
    situate(toy, USE["model"], wiring, {**FILES, "src/toy/relaying.py": relay}, catalog=catalog)
    check_edit(toy, one_becomes_two(toy, "src/toy/fitted.py"))


BY_NAME = b"ctoy.fitted\nFitted\n)R."  # a pickle that calls the class
LOADING = {
    "pickle.loads": "import pickle\nfrom pathlib import Path\n\n\ndef load(path):\n"
    "    return pickle.loads(Path(path).read_bytes())",
    "pickle.load under another name": "from pickle import load as read\n\n\ndef load(path):\n"
    "    with open(path, 'rb') as file:\n        return read(file)",
    "pickle.Unpickler": "import pickle\n\n\ndef load(path):\n    with open(path, 'rb') as file:\n"
    "        return pickle.Unpickler(file).load()",
    "joblib": "import joblib\n\n\ndef load(path):\n    return joblib.load(path)",
    "pandas": "import pandas\n\n\ndef load(path):\n    return pandas.read_pickle(path)",
    "numpy": "import numpy\n\n\ndef load(path):\n    return numpy.load(path, allow_pickle=True)",
}


@pytest.mark.parametrize("case", LOADING)
def test_the_class_of_an_object_that_a_node_unpickles_by_itself_counts(toy, case):
    code = f"{LOADING[case]}\n\n\ndef x():\n    note('x')\n    return load('data/01_raw/model.pkl').predict()"
    situate(toy, code, files={"src/toy/fitted.py": FITTED, "data/01_raw/model.pkl": BY_NAME})
    check_edit(toy, one_becomes_two(toy, "src/toy/fitted.py"))


UNPICKLING = (
    "import pickle\nfrom pathlib import Path\n\nfrom kedro.io import AbstractDataset\n\n\n"
    "class Stored(AbstractDataset):\n    def __init__(self, filepath):\n        self._filepath = Path(filepath)\n\n"
    "    def load(self):\n        return pickle.loads(self._filepath.read_bytes())\n\n"
    "    def save(self, data):\n        raise NotImplementedError\n\n    def _describe(self):\n        return {}\n"
)


@pytest.mark.parametrize("kind", ["pickle.PickleDataset", "toy.stored.Stored", "partitions.PartitionedDataset"])
def test_the_class_of_an_object_that_no_node_makes_counts(toy, kind):
    is_folder = "Partitioned" in kind
    place = "path: data/01_raw/models, dataset: pickle.PickleDataset" if is_folder else "filepath: data/01_raw/models/a"
    files = {"src/toy/fitted.py": FITTED, "src/toy/stored.py": UNPICKLING, "data/01_raw/models/a": BY_NAME}
    situate(toy, USE["parts" if is_folder else "model"], USE_X, files, catalog=f"stored: {{type: {kind}, {place}}}")
    check_edit(toy, one_becomes_two(toy, "src/toy/fitted.py"))


STEPS = "def shout():\n    return 'one'\n"
IMPORTING = {
    "pydantic": (
        "from pydantic import BaseModel, ImportString\n\n\nclass Settings(BaseModel):\n    function: ImportString\n\n\n"
        "def find(settings):\n    return Settings(**settings).function",
        "{function: toy.steps.shout}",
    ),
    "a default for pydantic": (
        "from pydantic import BaseModel, ConfigDict, ImportString\n\n\nclass Settings(BaseModel):\n"
        "    model_config = ConfigDict(validate_default=True)\n    function: ImportString = 'toy.steps.shout'\n\n\n"
        "def find(settings):\n    return Settings(**settings).function",
        "{}",
    ),
    "kedro": (
        "from kedro.utils import load_obj\n\n\ndef find(settings):\n    return load_obj(settings['name'])",
        "{name: toy.steps.shout}",
    ),
    "pkgutil": (
        "from pkgutil import resolve_name\n\n\ndef find(settings):\n    return resolve_name(settings['name'])",
        "{name: 'toy.steps:shout'}",
    ),
    "pydoc": (
        "import pydoc\n\n\ndef find(settings):\n    return pydoc.locate(settings['module'] + '.' + settings['name'])",
        "{module: toy.steps, name: shout}",
    ),
    "an entry point": (
        "from importlib.metadata import EntryPoint\n\n\ndef find(settings):\n"
        "    return EntryPoint('step', settings['value'], 'steps').load()",
        "{value: 'toy.steps:shout'}",
    ),
    "a name from a file": (
        "from pathlib import Path\nfrom pkgutil import resolve_name\n\n\ndef find(settings):\n"
        "    return resolve_name(Path(settings['file']).read_text())",
        "{file: conf/name.txt}",
    ),
}


@pytest.mark.parametrize(
    ("case", "is_loaded"), [*((case, False) for case in IMPORTING), ("pydantic", True), ("pkgutil", True)]
)
def test_what_a_library_imports_by_a_string_counts(toy, case, is_loaded):
    code, settings = IMPORTING[case]
    situate(
        toy,
        f"{code}\n\n\ndef x(settings):\n    note('x')\n    return find(settings)()",
        'node(extra.x, "params:x_settings", "x_out", name="x")',
        {"src/toy/steps.py": STEPS, "conf/name.txt": "toy.steps:shout"},
        parameters=f"x_settings: {settings}",
    )
    if is_loaded:
        toy.replace_in("src/toy/pipeline_registry.py", "from toy import", "import toy.steps\nfrom toy import")
    check_edit(toy, one_becomes_two(toy, "src/toy/steps.py"))


RUNNING = {
    "runpy": "import runpy\n\n\ndef words():\n    return runpy.run_path('scripts/words.py')['WORDS']",
    "exec": "from pathlib import Path\n\n\ndef words():\n    found = {}\n"
    "    exec(Path('scripts/words.py').read_text(), found)\n    return found['WORDS']",
    "compile": "def words():\n    found = {}\n    with open('scripts/words.py') as file:\n"
    "        exec(compile(file.read(), 'words', 'exec'), found)\n    return found['WORDS']",
    "spec_from_file_location": "from importlib.util import module_from_spec, spec_from_file_location\n\n\n"
    "def words():\n    spec = spec_from_file_location('words', 'scripts/words.py')\n"
    "    module = module_from_spec(spec)\n    spec.loader.exec_module(module)\n    return module.WORDS",
    "text": "import ast\nfrom pathlib import Path\n\n\ndef words():\n"
    "    return ast.parse(Path('scripts/words.py').read_text()).body[0].value.value",
    "a path for imports": "import sys\n\n\ndef words():\n    sys.path.insert(0, 'scripts')\n"
    "    import words\n\n    return words.WORDS",
}


@pytest.mark.parametrize("place", ["at import", "inside"])
@pytest.mark.parametrize("case", RUNNING)
def test_a_script_that_a_node_executes_counts(toy, case, place):
    node = "WORDS = words()\n\n\ndef x():\n    note('x')\n    return WORDS"
    code = f"{RUNNING[case]}\n\n\n{node if place == 'at import' else node.replace('return WORDS', 'return words()')}"
    situate(toy, code if place == "at import" else code.replace("WORDS = words()\n\n\n", ""))
    put(toy / "scripts/words.py", "WORDS = 'one'\n")
    # What is executed at import, and a path for all later imports, may change anything.
    is_anybodys = case in {"exec", "compile", "a path for imports"} and place == "at import"
    check_edit(toy, one_becomes_two(toy, "scripts/words.py"), idle=() if is_anybodys else ("bystander",))


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("case", ["runpy", "spec_from_file_location"])
def test_what_a_script_imports_counts(toy, case, is_compiled):
    script = (
        "import sys\nfrom pathlib import Path\n\nsys.path.insert(0, str(Path(__file__).parent))\n\n"
        "from sibling import WORDS\n"
    )
    situate(toy, f"{RUNNING[case]}\n\n\ndef x():\n    note('x')\n    return words()")
    put(toy / "scripts/words.py", script)
    put(toy / "scripts/sibling.py", "WORDS = 'one'\n")
    if is_compiled:
        py_compile.compile(str(toy / "scripts/sibling.py"))
    check_edit(toy, lambda: put(toy / "scripts/sibling.py", "WORDS = 'two, and more'\n"))


def test_plugins_that_are_found_by_listing_a_package_count(toy):
    code = (
        "import importlib\nimport pkgutil\n\nfrom toy import plugins\n\n\ndef x():\n    note('x')\n"
        "    names = [module.name for module in pkgutil.iter_modules(plugins.__path__, 'toy.plugins.')]\n"
        "    return [importlib.import_module(name).decorate(1) for name in names]"
    )
    situate(toy, code)
    check_edit(toy, lambda: put(toy / "src/toy/plugins/new.py", "def decorate(value):\n    return 'new'\n"))
