"""The house stands as it was drawn: who may import whom, and what is never imported early."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gan_pipelines

PACKAGE = Path(gan_pipelines.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

GROUND = {"disk", "errors", "parameter_model", "pixels", "presets"}
MODEL_ROOMS = {"sources", "networks", "adversarial", "headlines", "scores", "reporting"}
MAY_IMPORT = {
    **{module: set() for module in GROUND},
    "backend_choice": {"errors"},
    "devices_report": {"training", "backend_choice", *GROUND},
    "training": GROUND,
    "announcements": {"training", *GROUND},
    **{room: {room, "training", *GROUND} for room in MODEL_ROOMS},
    "datasets": {"datasets", "sources", "training", *GROUND},
    "incremental": set(),  # could be lifted out as a plugin
}
KNOW_KEDRO = {
    *("pipelines", "datasets", "incremental"),
    *("settings", "context", "hooks", "session", "cli", "pipeline_registry", "__main__"),
}
BACKENDS_LIVE_IN = {
    backend: PACKAGE / "training" / "backend" / f"{backend}_backend.py" for backend in ("tensorflow", "jax")
}
HEAVY = ("tensorflow", "jax", "keras", "sklearn", "plotly")
MAY_BE_HEAVY = {"networks", "training", "adversarial", "headlines", "scores"}


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


def test_nothing_asks_for_the_backend_outside_the_seam():
    asking = {path for path in MODULES if "backend.backend()" in path.read_text("utf8")}
    assert asking == {PACKAGE / "training" / "backend" / "__init__.py"}


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) not in MAY_BE_HEAVY], ids=str)
def test_light_rooms_import_nothing_heavy_early(path):
    assert not {name for name in early_imports(parsed(path)) if name.split(".")[0] in HEAVY}


@pytest.mark.slow
def test_the_list_of_pipelines_imports_no_tensorflow():
    command = [sys.executable, "-X", "importtime", "-m", "kedro", "registry", "list"]
    result = subprocess.run(command, cwd=PACKAGE.parents[1], capture_output=True, text=True, check=False)
    assert "- dcgan" in result.stdout
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "gan_pipelines.pipelines.reporting.nodes" in imported
    assert not {"tensorflow", "keras"} & imported


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
from gan_pipelines.pipelines.parameters import MODEL_PARAMETERS
print(sorted({"tensorflow", "keras"} & sys.modules.keys()), sorted(pipelines))
"""
    project = PACKAGE.parents[1]
    result = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().splitlines()[-1].startswith("[] ['__default__', 'began'")
