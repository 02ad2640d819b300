"""The project as a package: its wheel in another environment, its configuration beside it, in an empty folder."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv

import pytest

from tests.project import ROOT


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """What `kedro package` makes, and the Python of an environment that has the wheel and none of this checkout."""
    folder = tmp_path_factory.mktemp("packaged")
    for name in ("src", "conf"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "local")
        shutil.copytree(ROOT / name, folder / "project" / name, ignore=ignored)
    (folder / "project" / "conf" / "local").mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder / "project" / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-build-isolation", "--no-deps", f"--wheel-dir={folder}", str(folder / "project")]
    subprocess.run([*pip, *build], check=True)
    shutil.make_archive(str(folder / "conf"), "gztar", folder / "project", "conf")
    venv.create(folder / "environment")
    places = {"base": str(folder / "environment"), "platbase": str(folder / "environment")}
    packages = sysconfig.get_path("purelib", "venv", vars=places)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", f"--target={packages}", str(wheel)], check=True)
    others = [path for path in sys.path if path.endswith("-packages")]
    with open(f"{packages}/others.pth", "w", encoding="utf8") as file:  # noqa: PTH123
        file.writelines(f"{path}\n" for path in others)
    python = folder / "environment" / ("Scripts" if os.name == "nt" else "bin") / "python"
    return python, {"archive": folder / "conf.tar.gz", "folder": folder / "project" / "conf"}


def run(folder, python, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "KEDRO_ENV"}}
    done = subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf8", check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "model", "samples"),
    [
        ("archive", "dcgan", {"samples.npz", "untrained_samples.npz", "best_samples.npz"}),
        ("folder", "quadratic_gan", {"samples.npz", "untrained_samples.npz"}),
    ],
)
def test_the_package_runs_in_an_empty_folder(tmp_path, packaged, source, model, samples):
    python, sources = packaged
    options = ("-m", "gan_pipelines", f"--pipeline={model}", "--env=smoke", f"--conf-source={sources[source]}")
    run(tmp_path, python, *options)
    reports = tmp_path / "data" / "smoke" / "08_reporting" / model
    assert {path.name for path in reports.iterdir()} >= {"scores.json", "model_card.json"}
    outputs = [path for path in (tmp_path / "data/smoke/07_model_output" / model).rglob("*.npz") if path.is_file()]
    assert {path.name for path in outputs} >= samples
    plan = json.loads(run(tmp_path, python, *options, "--plan", "--json").stdout)
    assert not [node for node in plan["nodes"] if "run" in node["state"]]
    found = json.loads(run(tmp_path, python, "-m", "gan_pipelines", "cache", "verify", "--json").stdout)
    assert found["files"] > 0
    assert found["damaged"] == []
    place = run(tmp_path, python, "-c", "import gan_pipelines; print(gan_pipelines.__file__)").stdout
    assert not place.startswith(str(ROOT))
    composed = "from gan_pipelines.sources.composed_headlines import compose_headlines; print(*compose_headlines(1, 0))"
    assert run(tmp_path, python, "-c", composed).stdout.strip()
