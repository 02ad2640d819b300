"""Files that are no longer what was written: brought back, made again, or refused by name."""

import hashlib
import re

import pytest

from tests.artifacts import artifacts, outcome
from tests.commands import Command, passes
from tests.project import copy_results

RUN = ("run", "--pipeline=dcgan", "--env=smoke")
OFF = {"GAN_PIPELINES_INCREMENTAL": "0"}

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def cut(content: bytes) -> bytes:
    return content[:100]


def emptied(content: bytes) -> bytes:
    return b""


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES = {
    "02_intermediate/raw_images.npz": ("read_images", emptied),
    "03_primary/heldout_images.npz.sha256": ("split_images", flipped),
    "06_models/untrained_generator.keras": ("build_networks", flipped),
    "06_models/metric_network.keras": ("train_metric_network", emptied),
    "06_models/generator.keras": ("train_gan", cut),
    "06_models/training_history.csv": ("train_gan", flipped),
    "07_model_output/samples.npz": ("draw_samples", flipped),
    "08_reporting/sample_grid.png": ("draw_sample_grid", cut),
    "08_reporting/scores.json": ("score_samples", flipped),
}
"""By file: the node that makes it, and what befalls it."""


def damage(folder, name, change):
    """Puts a damaged file in a file's place; large ones are links to those of the project that was copied."""
    path = artifacts(folder, "dcgan")[name]
    content = change(path.read_bytes())
    path.unlink()
    path.write_bytes(content)


def damage_all(folder):
    for name, (_, change) in DAMAGES.items():
        damage(folder, name, change)


def forget_copies(folder):
    """Removes what incremental runs have stored of the files that get damaged, wherever and under whatever name."""
    files = artifacts(folder, "dcgan")
    contents = {hashlib.sha256(files[name].read_bytes()).digest() for name in DAMAGES}
    copies = [file for file in (folder / ".incremental").rglob("*") if file.is_file()]
    stored = [file for file in copies if hashlib.sha256(file.read_bytes()).digest() in contents]
    assert len(stored) == len(contents)
    for file in stored:
        file.unlink()


@pytest.fixture
def project(tmp_path, dcgan_project):
    return copy_results(dcgan_project, tmp_path / "project")


def test_damaged_artifacts_are_restored_and_poison_nothing(project, dcgan_project):
    damage_all(project)
    result = passes(project, *RUN)
    makers = {maker for maker, _ in DAMAGES.values()}
    assert f"0 ran, {len(makers)} restored" in result.stderr
    assert outcome(project, "dcgan") == outcome(dcgan_project, "dcgan")


def test_damaged_artifacts_that_are_stored_nowhere_are_made_again(project, dcgan_project):
    forget_copies(project)
    damage_all(project)
    result = passes(project, *RUN)
    ran = {*re.findall(r"dcgan\.\w+\.(\w+) has to run", result.stderr)}
    assert ran - {"write_model_card"} == {
        maker for maker, _ in DAMAGES.values()
    }  # it tells how training went this time
    assert outcome(project, "dcgan") == outcome(dcgan_project, "dcgan")


def test_without_incremental_runs_a_whole_run_makes_all_again(project, dcgan_project):
    damage_all(project)
    result = Command(project, *RUN, variables=OFF).wait()
    assert result.exit_code == 0, result.stderr[-3000:]
    assert outcome(project, "dcgan") == outcome(dcgan_project, "dcgan")


@pytest.mark.parametrize(
    ("name", "change", "options"),
    [
        ("02_intermediate/raw_images.npz", emptied, ["--nodes=dcgan.ingestion.split_images"]),
        ("06_models/generator.keras", flipped, ["--nodes=dcgan.sampling.draw_samples"]),
        ("06_models/training_history.csv.sha256", emptied, ["--nodes=dcgan.reporting.plot_losses"]),
        ("07_model_output/samples.npz", cut, ["--only-missing-outputs", "--to-nodes=dcgan.reporting.draw_sample_grid"]),
    ],
)
def test_without_incremental_runs_a_part_of_a_run_refuses_what_is_damaged(project, name, change, options):
    if "--only-missing-outputs" in options:
        artifacts(project, "dcgan")["08_reporting/sample_grid.png"].unlink()
    before = artifacts(project, "dcgan")
    damage(project, name, change)
    result = Command(project, *RUN, *options, variables=OFF).wait()
    assert result.exit_code == 1
    assert "Traceback" not in result.stdout + result.stderr
    [message] = result.stderr.split("Error: ")[1:]
    file = before[name.removesuffix(".sha256")].relative_to(project)
    assert f"{file} is damaged" in message
    assert "run again the pipeline stage that makes it" in message
    assert artifacts(project, "dcgan") == before
