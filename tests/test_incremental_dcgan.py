"""What of `dcgan` runs again after which change."""

import json
import re
import subprocess
import sys

import pytest

from tests.commands import passes
from tests.project import copy_results, newest

ALL = 20
SMOKE = ("--pipeline=dcgan", "--env=smoke")
AFTER_SAMPLING = [
    "draw_best_samples",
    "draw_interpolation",
    "draw_nearest_images",
    "draw_sample_grid",
    "draw_samples",
    "draw_untrained_samples",
    "score_best_samples",
    "score_samples",
    "write_model_card",
]

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path, dcgan_project):
    return copy_results(dcgan_project, tmp_path / "project")


def summary(folder, *options):
    result = passes(folder, "run", *SMOKE, *options)
    return result.stderr.strip().splitlines()[-1].partition("Incremental run: ")[2]


def plan(folder, *options):
    """What would happen to each node."""
    result = passes(folder, "run", *SMOKE, "--plan", "--json", *options)
    return {entry["node"].rpartition(".")[2]: entry for entry in json.loads(result.stdout)["nodes"]}


def running(states):
    return sorted(node for node, entry in states.items() if entry["state"] in {"will run", "may run", "always"})


def edit(folder, name, old, new):
    path = folder / "src" / "gan_pipelines" / name
    text = path.read_text("utf8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf8")


def test_a_second_run_runs_nothing_and_imports_no_tensorflow(project):
    command = [sys.executable, "-X", "importtime", "-m", "kedro", "run", *SMOKE]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert f"0 ran, 0 restored, {ALL} skipped." in result.stdout + result.stderr
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "gan_pipelines.incremental.run" in imported
    assert not {"tensorflow", "keras"} & imported


def test_changed_sampling_samples_and_scores_again_and_going_back_restores(project):
    after, before = len(AFTER_SAMPLING), ALL - len(AFTER_SAMPLING)
    ran = summary(project, "--params=dcgan.sampling.seed=5")
    assert ran.startswith(f"{after} ran, 0 restored, {before} skipped.")
    assert summary(project).startswith(f"0 ran, {after} restored, {before} skipped.")
    assert summary(project).startswith(f"0 ran, 0 restored, {ALL} skipped.")


def test_only_what_follows_sampling_is_planned(project):
    assert running(plan(project, "--params=dcgan.sampling.seed=5")) == AFTER_SAMPLING


@pytest.mark.exhaustive
def test_truncation_is_told_with_the_scores_and_leaves_the_choice_of_the_best_generator_alone(project):
    chosen = newest(project, "06_models", "dcgan", "best_generator.keras")
    truncated = "--params=dcgan.sampling.truncation=0.5"
    assert running(plan(project, truncated)) == AFTER_SAMPLING
    assert summary(project, truncated).startswith(f"{len(AFTER_SAMPLING)} ran")
    assert newest(project, "06_models", "dcgan", "best_generator.keras") == chosen
    for name in ("scores.json", "best_scores.json"):
        scores = json.loads(newest(project, "08_reporting", "dcgan", name).read_text("utf8"))
        assert scores["conditions"]["truncation"] == 0.5
    card = json.loads(newest(project, "08_reporting", "dcgan", "model_card.json").read_text("utf8"))
    assert card["scores"]["conditions"]["truncation"] == 0.5


JUDGED = {
    "train_metric_network",
    "extract_real_features",
    "score_snapshots",
    "plot_scores",
    "score_best_samples",
    "score_samples",
    "draw_nearest_images",
    "write_model_card",
}


def judges(folder):
    """The hashes of the metric network that the reports name."""
    reports = ("scores", "best_scores", "snapshot_scores", "model_card")
    contents = {name: newest(folder, "08_reporting", "dcgan", f"{name}.json").read_text("utf8") for name in reports}
    found = {name: json.loads(content) for name, content in contents.items()}
    found["model_card"] = found["model_card"]["scores"]
    return {name: report["conditions"]["feature_network"]["sha256"] for name, report in found.items()}


@pytest.mark.exhaustive
def test_another_metric_network_judges_anew_and_says_so_and_nothing_else_runs(project):
    [before] = {*judges(project).values()}
    models = {name: newest(project, "06_models", "dcgan", f"{name}.keras") for name in ("generator", "discriminator")}
    result = passes(project, "run", *SMOKE, "--params=dcgan.scoring.metric_network.seed=1")
    ran = {*re.findall(r"dcgan\.\w+\.(\w+) has to run", result.stderr)}
    assert ran >= JUDGED
    assert ran - JUDGED <= {"draw_best_samples"}  # where another generator is judged to be the best
    [after] = {*judges(project).values()}
    assert after != before
    assert {name: newest(project, "06_models", "dcgan", f"{name}.keras") for name in models} == models
    assert summary(project).startswith("0 ran, ")
    assert {*judges(project).values()} == {before}


@pytest.mark.parametrize("change", ["rows=3", "columns=4"])
def test_another_interpolation_draws_it_alone(project, change):
    assert running(plan(project, f"--params=dcgan.interpolation.{change}")) == ["draw_interpolation"]


def test_a_comment_changes_nothing(project):
    edit(project, "adversarial/losses.py", "\nclass ", "\n# A remark.\n\n\nclass ")
    assert running(plan(project)) == []


def test_an_edit_two_modules_below_the_training_node_trains_again(project):
    edit(project, "adversarial/losses.py", "return low + (high - low)", "return high + (low - high)")
    states = plan(project)
    assert states["train_gan"]["state"] == "will run"
    assert "adversarial/losses.py" in states["train_gan"]["reasons"][0]
    assert states["read_images"]["state"] == states["train_metric_network"]["state"] == "up-to-date"


def test_more_steps_continue_the_training(project):
    result = passes(project, "run", *SMOKE, "--to-nodes=dcgan.training.train_gan", "--params=dcgan.training.steps=24")
    assert "resumed at step 20 of 24" in result.stderr
