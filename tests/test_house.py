"""The house stands as it was drawn: who may import whom, and what is never imported early."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gan_pipelines
from tests.project import ROOT

PACKAGE = Path(gan_pipelines.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

GROUND = {"caption_words", "disk", "errors", "parameter_model", "picture_file", "pixels", "presets"}
MODEL_ROOMS = {"sources", "networks", "adversarial", "captions", "headlines", "scores", "reporting"}
MAY_IMPORT = {
    **{module: set() for module in GROUND},
    "presets": {"errors"},
    "picture_file": {"disk", "errors"},
    "backend_choice": {"errors"},
    "devices_report": {"training", "backend_choice", *GROUND},
    "training": GROUND,
    "announcements": {"training", *GROUND},
    **{room: {room, "training", *GROUND} for room in MODEL_ROOMS},
    "captions": {"headlines", "training", *GROUND},  # for the vocabulary
    "models": {"models", *MODEL_ROOMS, "training", *GROUND},
    "datasets": {"datasets", "sources", "training", *GROUND},
    "translation": {"models", "networks", "sources", "training", *GROUND},
    "incremental": set(),  # could be lifted out as a plugin
}
KNOW_KEDRO = {
    *("pipelines", "datasets", "incremental"),
    *("settings", "configuration", "context", "hooks", "session", "cli", "pipeline_registry", "__main__"),
}
BACKENDS_LIVE_IN = {
    backend: PACKAGE / "training" / "backend" / f"{backend}_backend.py" for backend in ("tensorflow", "jax")
}
HEAVY = ("tensorflow", "jax", "keras", "sklearn", "plotly")
MAY_BE_HEAVY = {"networks", "training", "adversarial", "captions", "headlines", "scores"}

RUN_WHAT_THEY_READ = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
"""Modules whose files are programs."""
DANGEROUS_CALLS = re.compile(
    r"(^|\.)(eval|exec|system|popen|read_pickle|unsafe_load|full_load|enable_unsafe_deserialization)$|^yaml\.load$"
)
DANGEROUS_ARGUMENTS = {"allow_pickle": True, "safe_mode": False, "weights_only": False, "shell": True}
DANGEROUS_SETTINGS = re.compile(r"pickle|joblib|!!python|allow_pickle|safe_mode|trust_remote_code", re.IGNORECASE)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    """Dotted names of modules imported anywhere below a node."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def early_imports(tree: ast.Module) -> set[str]:
    """Those that run when the module is imported: neither in functions nor for type checkers only."""

    def is_for_types_only(node: ast.stmt) -> bool:
        return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"

    found: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) and not is_for_types_only(node):
            found |= imports(node)
    return found


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf8"))


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) in MAY_IMPORT], ids=str)
def test_imports_point_one_way(path):
    rooms = {name.split(".")[1] for name in imports(parsed(path)) if name.startswith("gan_pipelines.")}
    assert rooms <= MAY_IMPORT[room(path)] | {room(path)}


def test_every_room_has_a_rule():
    known = MAY_IMPORT.keys() | KNOW_KEDRO | {"__init__", "parameter_checks"}
    assert {room(path) for path in MODULES} <= known


def test_only_kedros_rooms_know_kedro():
    knowing = {room(path) for path in MODULES if any(name.split(".")[0] == "kedro" for name in imports(parsed(path)))}
    assert knowing <= KNOW_KEDRO


@pytest.mark.parametrize("backend", BACKENDS_LIVE_IN)
def test_each_backend_lives_in_one_file(backend):
    knowing = [path for path in MODULES if any(name.split(".")[0] == backend for name in imports(parsed(path)))]
    assert knowing == [BACKENDS_LIVE_IN[backend]]


def test_layers_are_made_with_the_projects_own_settings_of_keras():
    configured = PACKAGE / "training" / "configured_keras.py"
    early = {path: early_imports(parsed(path)) for path in MODULES}
    assert [path for path, names in early.items() if "keras" in names] == [configured]
    careless = {path for path, names in early.items() if "keras.layers" in names}
    assert not {path for path in careless if "gan_pipelines.training.configured_keras.keras" not in early[path]}


def test_nothing_asks_for_the_backend_outside_the_seam():
    asking = {path for path in MODULES if "backend.backend()" in path.read_text("utf8")}
    assert asking == {PACKAGE / "training" / "backend" / "__init__.py"}


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) not in MAY_BE_HEAVY], ids=str)
def test_light_rooms_import_nothing_heavy_early(path):
    assert not {name for name in early_imports(parsed(path)) if name.split(".")[0] in HEAVY}


def dangers(tree: ast.AST) -> set[str]:
    """What could run code out of a file, or let a reader do so."""
    found = {name for name in imports(tree) if name.split(".")[0] in RUN_WHAT_THEY_READ}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        if DANGEROUS_CALLS.search(name):
            found.add(name)
        for argument in call.keywords:
            is_constant = isinstance(argument.value, ast.Constant)
            # A value that is computed may be the dangerous one.
            if argument.arg in DANGEROUS_ARGUMENTS and not (
                is_constant and argument.value.value is not DANGEROUS_ARGUMENTS[argument.arg]
            ):
                found.add(ast.unparse(argument))
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_code_is_run_that_lies_in_a_file(path):
    assert dangers(parsed(path)) == set()


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=chosen)",
        "keras.models.load_model(path, safe_mode=False)",
        "keras.config.enable_unsafe_deserialization()",
        "pd.read_pickle(path)",
        "yaml.load(text, yaml.Loader)",
        "eval(text)",
        "os.system(text)",
        "subprocess.run(text, shell=True)",
    ],
)
def test_code_that_is_run_from_a_file_would_be_found(code):
    assert dangers(ast.parse(code))
    assert not dangers(ast.parse("np.load(path, allow_pickle=False), yaml.safe_load(text), ast.literal_eval(text)"))


@pytest.mark.parametrize("path", sorted((ROOT / "conf").rglob("*.yml")), ids=str)
def test_no_setting_lets_code_run_that_lies_in_a_file(path):
    text = path.read_text("utf8")
    assert not DANGEROUS_SETTINGS.search(text)
    kinds = re.findall(r"^\s*type:\s*(\S+)", text, re.MULTILINE) if path.name.startswith("catalog") else []
    assert all(kind.startswith("gan_pipelines.datasets.") for kind in kinds)


@pytest.mark.slow
def test_the_list_of_pipelines_imports_no_tensorflow():
    command = [sys.executable, "-X", "importtime", "-m", "kedro", "registry", "list"]
    result = subprocess.run(command, cwd=PACKAGE.parents[1], capture_output=True, text=True, check=False)
    assert "- dcgan" in result.stdout
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "gan_pipelines.pipelines.reporting.nodes" in imported
    assert not {"tensorflow", "keras"} & imported


@pytest.mark.slow
def test_a_plan_imports_nothing_that_only_nodes_need():
    command = [sys.executable, "-X", "importtime", "-m", "kedro", "run", "--pipeline=dcgan", "--env=smoke", "--plan"]
    result = subprocess.run(command, cwd=PACKAGE.parents[1], capture_output=True, text=True, check=False)
    assert "dcgan.training.train_gan" in result.stdout
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "gan_pipelines.context" in imported
    assert not {"tensorflow", "keras", "pandas", "ibis", "plotly", "sklearn"} & imported


@pytest.mark.slow
def test_listing_and_loading_pipelines_imports_no_tensorflow():
    """In a fresh process, as `kedro registry list` and kedro-viz do: the registry, the parameters, every dataset."""
    program = """
import sys
from pathlib import Path
from kedro.framework.startup import bootstrap_project
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
bootstrap_project(Path.cwd())
with KedroSession.create() as session:
    catalog = session.load_context().catalog
    for pipeline in pipelines.values():
        for name in pipeline.datasets():
            assert catalog.get(name) is not None, name
from gan_pipelines.models.sections import SECTIONS
print(sorted({"tensorflow", "keras"} & sys.modules.keys()), sorted(pipelines))
"""
    project = PACKAGE.parents[1]
    result = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().splitlines()[-1].startswith("[] ['__default__', 'began'")
