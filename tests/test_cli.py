import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gan_pipelines.cli import run

ROOT = Path(__file__).parents[1]
TRACEBACK = "Traceback (most recent call last)"

# A project of one model with two nodes, whose parameter `outcome` says how its second node ends.
PROJECT = {
    "pyproject.toml": """
[tool.kedro]
package_name = "small_project"
project_name = "small_project"
kedro_init_version = "1.7.0"
source_dir = "src"
""",
    ".telemetry": "consent: false\n",
    "conf/base/globals.yml": "artifacts: data\n",
    "conf/base/catalog.yml": """
"{model}.first":
  type: kedro_datasets.json.JSONDataset
  filepath: ${globals:artifacts}/{model}_first.json
"{model}.result":
  type: small_project.datasets.RefusingDataset
  filepath: ${globals:artifacts}/{model}.json
""",
    "conf/base/parameters_small.yml": "small:\n  training:\n    epochs: 3\n    outcome: well\n",
    "conf/smoke/globals.yml": "artifacts: data/smoke\n",
    "conf/smoke/parameters_small.yml": "small:\n  training:\n    epochs: 1\n",
    "conf/local/.gitkeep": "",
    "src/small_project/__init__.py": "",
    "src/small_project/cli.py": "from gan_pipelines.cli import cli, run\n",
    "src/small_project/__main__.py": (ROOT / "src/gan_pipelines/__main__.py").read_text("utf8"),
    "src/small_project/settings.py": """
from gan_pipelines.hooks import ParameterHooks
from gan_pipelines.settings import CONFIG_LOADER_ARGS
from small_project.pipeline_registry import MODELS

HOOKS = (ParameterHooks(MODELS),)
""",
    "src/small_project/datasets.py": """
from gan_pipelines.errors import UserError
from kedro_datasets.json import JSONDataset

class RefusingDataset(JSONDataset):
    def save(self, data):
        if data["outcome"] == "refused":
            raise UserError("the disk is full; make room")
        super().save(data)
""",
    "src/small_project/pipeline_registry.py": """
import logging
import os
import re
import signal
import sys
from pathlib import Path
from gan_pipelines.errors import StoppedBySignalError, UserError
from gan_pipelines.parameter_model import ParameterModel
from kedro.pipeline import Pipeline, node

class Training(ParameterModel):
    epochs: int
    outcome: str

class SmallModel(ParameterModel):
    training: Training

MODELS = {"small": SmallModel}

def take(training):
    logging.getLogger("small_project").info("long line %s.", "of words " * 40)
    return training

def train(first):
    match first["outcome"]:
        case "mistake":
            raise UserError("no [red]images[/red] in pictures; put some there")
        case "signal":
            raise StoppedBySignalError("stopped at step 3; run the same command to go on", signal.SIGTERM)
        case "bug":
            raise KeyError("left out")
        case "full disk":
            Path("/dev/full").write_text("x")
    return first | {"tensorflow": "tensorflow" in sys.modules, "level": os.environ["TF_CPP_MIN_LOG_LEVEL"]}

def register_pipelines():
    if "NOISE" in os.environ:
        print("noise")
        os.system("echo noise")
    nodes = [node(take, "params:training", "first", name="take"), node(train, "first", "result", name="train")]
    return {"small": Pipeline(nodes, namespace="small")}
""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    for name, text in PROJECT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    (folder / "conf" / "logging.yml").write_bytes((ROOT / "conf" / "logging.yml").read_bytes())
    return folder


def kedro_run(folder, *options):
    """Runs `kedro run` as a user without any settings does; returns the exit code, stdout and stderr."""
    unset = {"KEDRO_DISABLE_TELEMETRY", "DO_NOT_TRACK", "TF_CPP_MIN_LOG_LEVEL", "KEDRO_ENV", "KEDRO_LOGGING_CONFIG"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        [sys.executable, "-m", "kedro", "run", "--pipeline=small", *options],
        cwd=folder,
        env=environment | {"XDG_CONFIG_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_a_run_in_an_environment_is_quiet_and_leaves_only_what_it_should(project):
    code, out, err = kedro_run(project, "--env=smoke")
    assert (code, out) == (0, ""), err
    result = json.loads((project / "data" / "smoke" / "small.json").read_text("utf8"))
    assert result == {"epochs": 1, "outcome": "well", "tensorflow": False, "level": "3"}
    assert f"long line {'of words ' * 40}." in err
    assert "deprecated" not in err
    assert (project / "pyproject.toml").read_text("utf8") == PROJECT["pyproject.toml"]
    assert not (project / "home").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "code", "ending"),
    [
        (["--params=small.training.outcome=mistake"], 1, "Error: no [red]images[/red] in pictures; put some there\n"),
        (["--params=small.training.outcome=signal"], 143, "stopped at step 3; run the same command to go on\n"),
        (["--params=small.training.outcome=refused"], 1, "Error: the disk is full; make room\n"),
        (
            ["--params=small.training.outcome=full disk"],
            1,
            "Error: A file cannot be written: No space left on device. "
            "Free disk space, then run the same command again.\n",
        ),
    ],
)
def test_what_ends_a_run_is_told_once_and_without_a_traceback(project, options, code, ending):
    returned, _, err = kedro_run(project, *options)
    assert returned == code
    assert "Running node: train" in err
    assert err.endswith(f"\n{ending}")
    assert err.count(ending.strip().removeprefix("Error: ")) == 1
    assert TRACEBACK not in err
    assert "from-nodes" not in err


@pytest.mark.slow
def test_parameters_are_refused_before_any_node_runs(project):
    code, _, err = kedro_run(project, "--params=small.training.epoch=3,smal.training.epochs=1")
    assert code == 1
    assert "Error: 2 invalid parameters:\n" in err
    assert "`small.training.epoch` is not known, did you mean `epochs`?" in err
    assert "`smal` is not known, did you mean `small`?" in err
    assert "Running node" not in err
    assert TRACEBACK not in err


@pytest.mark.slow
def test_what_kedro_refuses_is_told_without_a_traceback(project):
    code, _, err = kedro_run(project, "--to-nodes=small.tain")
    assert code == 1
    assert "Error: Pipeline does not contain nodes named ['small.tain'].\nRun again with --verbose" in err
    assert TRACEBACK not in err


@pytest.mark.slow
def test_a_bug_keeps_its_traceback(project):
    code, _, err = kedro_run(project, "--params=small.training.outcome=bug")
    assert code == 1
    assert TRACEBACK in err
    assert err.endswith("KeyError: 'left out'\n")


@pytest.mark.slow
def test_a_cache_command_tells_a_mistake_without_a_traceback(project, tmp_path):
    folder = shutil.copytree(project, tmp_path / "project")
    (folder / "src/small_project/settings.py").write_text(
        PROJECT["src/small_project/settings.py"]
        + "from gan_pipelines.settings import CONFIG_LOADER_CLASS, DATA_CATALOG_CLASS\n",
        "utf8",
    )
    bad = folder / "conf/local/parameters.yml"
    bad.write_text("small: {\n", "utf8")
    command = [sys.executable, "-m", "kedro", "cache", "status", "--pipeline=small"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {bad} cannot be read: while parsing")
    assert TRACEBACK not in done.stderr
    bad.write_text("small: {training: {epoch: 3}}\n", "utf8")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, TRACEBACK in done.stderr) == (1, False)
    assert "`small.training.epoch` is not known, did you mean `epochs`?" in done.stderr


@pytest.mark.slow
def test_the_package_runs_as_a_module_and_shows_tracebacks_when_asked():
    command = [sys.executable, "-m", "gan_pipelines", "--env=nowhere", "--verbose"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert TRACEBACK in done.stderr
    assert "\nError: There is no environment `nowhere` in " in done.stderr


CALLS = """
from small_project.__main__ import main

for options in (
    [], ["--params=small.training.epochs=2"], ["--to-nodes=small.tain"], ["--outcome"], ["--pipelines=b"],
    ["--params=small.training.outcome=mistake"], ["--params=small.training.outcome=bug"], ["--help"],
):
    try:
        print("returned", main(["--pipeline=small", "--env=smoke", *options]) and "results")
    except SystemExit as end:
        print("ended", end.code)
    except Exception as error:
        print("raised", type(error).__name__, error)
main(["--pipeline=small", "--params=smal.training=1"])
"""


def python(folder, text, **variables):
    """Runs a program in the folder of a project."""
    environment = os.environ | {"KEDRO_DISABLE_TELEMETRY": "true", "PYTHONPATH": str(folder / "src")} | variables
    command = [sys.executable, "-c", text]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_program_calls_main_and_goes_on(project):
    done = python(project, CALLS)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("returned", "ended", "raised"))]
    assert lines == [
        *(["returned results"] * 2),
        *("ended 1", "ended 2", "ended 1", "ended 1"),
        "raised KeyError 'left out'",
        "returned 0",
    ]
    assert "Error: Pipeline does not contain nodes named ['small.tain']." in done.stderr
    assert "Error: No such option" in done.stderr
    assert "Error: Options '--pipeline' and '--pipelines' cannot be used together" in done.stderr
    assert "Error: no [red]images[/red] in pictures; put some there\n" in done.stderr
    assert done.returncode == 1
    assert "`smal` is not known, did you mean `small`?" in done.stderr.splitlines()[-2]
    assert TRACEBACK not in done.stderr


@pytest.mark.first_case
@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "logging"),
    [
        (["kedro", "run", "--pipeline=small", "--plan", "--json"], "the project's"),
        (["kedro", "cache", "status", "--pipeline=small", "--json"], "the project's"),
        (["small_project", "--pipeline=small", "--plan", "--json"], "Kedro's default"),
        (["small_project", "cache", "status", "--pipeline=small", "--json"], "Kedro's default"),
    ],
)
def test_json_stands_alone_on_stdout(project, tmp_path, command, logging):
    folder = shutil.copytree(project, tmp_path / "project")
    if logging == "Kedro's default":
        (folder / "conf" / "logging.yml").unlink()
    environment = os.environ | {"NOISE": "1", "PYTHONPATH": str(folder / "src")}
    command = [sys.executable, "-m", *command]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {node["node"] for node in json.loads(done.stdout)["nodes"]} == {"small.take", "small.train"}
    assert done.stderr.count("noise\n") == 2
    assert ("rich_logging.yml" in done.stderr.replace("\n", "").replace(" ", "")) == (logging == "Kedro's default")


IPYTHON = """
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.colors = "NoColor"
for number, cell in enumerate((
    "%load_ext kedro.ipython",
    "%reload_kedro --env=smoke",
    "session.run(pipeline_names=['small'])",
    "from small_project.__main__ import main",
    "main(['--pipeline=small', '--env=smoke'])",
    "main(['--pipeline=small', '--env=smoke', '--params=small.training.epoch=2'])",
    "main(['--pipeline=small', '--outcome'])",
    "%reload_kedro --params=small.training.epoch=2",
    "session.run(pipeline_names=['small'])",
    "main(['--pipeline=small', '--env=smoke', '--params=small.training.epochs=7'])",
)):
    result = shell.run_cell(cell)
    print("cell", number, "passes" if result.success else "fails")
"""


@pytest.mark.slow
def test_the_same_in_ipython(project):
    done = python(project, IPYTHON, IPYTHONDIR=str(project / "ipython"))
    assert done.returncode == 0, done.stderr
    cells = [line.split(maxsplit=2)[2] for line in done.stdout.splitlines() if line.startswith("cell")]
    assert cells == ["passes"] * 5 + ["fails"] * 2 + ["passes", "fails", "passes"]
    assert done.stdout.count("Error: 1 invalid parameter:\n  - `small.training.epoch` is not known") == 1
    assert done.stderr.count("Error: 1 invalid parameter:\n  - `small.training.epoch` is not known") == 1
    assert "Error: The run failed; see the error above." in done.stdout
    assert TRACEBACK not in done.stdout + done.stderr


BOMB = "a0: &a0 [1, 1]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("small:\n  training: 1\nsmall: 2\n", r"found duplicate key small\n.*parameters\.yml\", line 3"),
        ("small: !!python/object/apply:pathlib.Path.touch [canary]\n", "could not determine a constructor for the tag"),
        ("small: {\n", r"while parsing a flow node\n.*\n.*parameters\.yml\", line 2"),
        (b"small: \xff\n", "can't decode byte 0xff"),
        ("- small\n", "contains a list; a mapping"),
        ("small: ${globals:\n  x\n", "cannot be read"),
        (BOMB, "has more than 10000 values"),
        ("small: &a [*a]\n", "or its aliases form a cycle"),
        ("[" * 5000, "cannot be read"),
    ],
    ids=["duplicate", "code", "syntax", "encoding", "list", "interpolation", "bomb", "circle", "depth"],
)
def test_a_configuration_file_that_cannot_be_read_is_named(tmp_path, monkeypatch, text, expected):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    for environment in ("base", "local"):
        (tmp_path / "conf" / environment).mkdir(parents=True)
    path = tmp_path / "conf" / "local" / "parameters.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = CliRunner().invoke(run, [])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {path} ")
    assert re.search(expected, result.stderr), result.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["conf"]


def test_an_unknown_environment_is_told_with_those_there_are(tmp_path):
    for environment in ("base", "local", "smoke"):
        (tmp_path / environment).mkdir()
    result = CliRunner().invoke(run, ["--env=smok", f"--conf-source={tmp_path}"])
    assert result.exit_code == 1
    assert result.stderr == f"Error: There is no environment `smok` in {tmp_path}; allowed: base, local, smoke.\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--load-versions=small.result:../up"], "Error: Version string '../up' is not allowed."),
        (["--pipeline=a", "--pipelines=b", "--env=base"], "Error: Options '--pipeline' and '--pipelines' cannot"),
    ],
)
def test_options_that_kedro_refuses_are_told(tmp_path, monkeypatch, options, expected):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    (tmp_path / "conf" / "base").mkdir(parents=True)
    result = CliRunner().invoke(run, options)
    assert result.exit_code == 1
    assert result.stderr.startswith(expected)
