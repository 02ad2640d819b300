"""Translators of pictures through real Kedro sessions: what they leave, and the user's own pictures."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gan_pipelines.incremental.options import OPTIONS, Options
from gan_pipelines.pipeline_registry import register_pipelines
from gan_pipelines.pixels import to_bytes
from tests.commands import passes
from tests.project import ONE_OF_EACH_KIND, copy_project, copy_results, newest, run_session

BASELINES = {
    "pix2pix": {"mean_picture", "nearest_source", "unchanged_source"},
    "cyclegan": {"mean_picture", "colour_transfer", "unchanged_source"},
    "discogan": {"mean_picture", "colour_transfer", "unchanged_source"},
    "srgan": {"pretrained", "bicubic"},
}
OF_TWO_DOMAINS = ("cyclegan", "discogan")
PICTURES = {
    "pix2pix": {"sample_grid.png", "training_stages.png"},
    "cyclegan": {"sample_grid.png", "sample_grid_b_to_a.png", "training_stages.png"},
    "discogan": {"sample_grid.png", "sample_grid_b_to_a.png", "training_stages.png"},
    "srgan": {"sample_grid.png", "detail_grid.png", "training_stages.png"},
}

pytestmark = pytest.mark.slow


@pytest.fixture(
    params=[
        pytest.param(model, marks=() if model in ONE_OF_EACH_KIND else pytest.mark.exhaustive) for model in BASELINES
    ]
)
def translator(request):
    """A project and the name of a translator that has run in it."""
    kept = "kinds_project" if request.param in ONE_OF_EACH_KIND else "models_project"
    return request.getfixturevalue(kept), request.param


def read_report(folder, model, name):
    return json.loads(newest(folder, "08_reporting", model, name).read_text("utf8"))


def arrays(path):
    with np.load(path) as archive:
        return dict(archive)


def images(folder, model, split):
    return arrays(folder / "data/smoke/03_primary" / model / f"{split}_images.npz")


def samples(folder, model):
    return arrays(newest(folder, "07_model_output", model, "samples.npz"))


def nodes_that_ran(caplog):
    ran = set(re.findall(r"(\S+) has to run", caplog.text))
    caplog.clear()
    return ran


def test_the_pictures_show_something(translator):
    folder, model = translator
    for name in PICTURES[model]:
        with Image.open(newest(folder, "08_reporting", model, name)) as picture:
            assert len(np.unique(np.asarray(picture))) > 20, "more than titles around empty tiles"
    with Image.open(newest(folder, "08_reporting", model, "training_animation.gif")) as animation:
        assert animation.n_frames == 3  # before the first step and after every third
    curves = read_report(folder, model, "loss_curves.json")
    assert {"enerator", "iscriminator"} <= {name[1:] for trace in curves["data"] for name in trace["name"].split()}


def test_scores_stand_beside_those_of_simple_methods(translator):
    folder, model = translator
    scores = read_report(folder, model, "scores.json")
    assert scores["task"] == "pairs"
    heldout = len(images(folder, model, "heldout")["pixels"])
    directions = [scores["a_to_b"], scores["b_to_a"]] if model in OF_TWO_DOMAINS else [scores]
    for direction in directions:
        for name, sign in (("l1", -1), ("psnr", 1), ("ssim", 1)):
            section = direction[name]
            assert section["baselines"].keys() == section["margins"].keys() == BASELINES[model]
            for method, margin in section["margins"].items():
                assert margin == pytest.approx(sign * (section["value"] - section["baselines"][method]))
            assert section["pictures"] == heldout / len(directions)
        assert 0 < direction["l1"]["value"] < 1
        assert direction["ssim"]["value"] < 1
        distance = direction["frechet_classifier_distance"]
        assert distance["value"] > 0
        assert distance["ratios"].keys() == BASELINES[model]
        assert ("cycle" in direction) is (model in OF_TWO_DOMAINS)
    if model in OF_TWO_DOMAINS:
        smaller = min(direction["psnr"]["value"] for direction in directions)
        assert scores["smallest"]["psnr"]["value"] == smaller


def test_the_model_card_says_what_was_done_and_measures_every_claim(translator):
    folder, model = translator
    card = read_report(folder, model, "model_card.json")
    assert card["claims"]
    assert None not in [claim["measured"] for claim in card["claims"]]
    assert (card["data"]["training"], card["data"]["heldout"]) == (48, 12)
    assert len({card["data"]["training_sha256"], card["data"]["heldout_sha256"]} - {None}) == 2
    assert card["training"]["steps"] == 6
    assert card["training"]["is_exact"] is True
    assert card["scores"].items() >= read_report(folder, model, "scores.json").items()
    others = {"generator_b_to_a"} if model in OF_TWO_DOMAINS else set()
    assert card["model"]["parameters"].keys() == {"generator", "discriminator"} | others


def test_only_scores_and_pictures_see_the_true_translations_of_two_domains(kinds_project):
    for split in ("training", "heldout"):
        assert "partners" not in images(kinds_project, "cyclegan", split)
        assert "partners" in images(kinds_project, "pix2pix", split)
    heldout = to_bytes(images(kinds_project, "cyclegan", "heldout")["pixels"])
    (truths,) = arrays(kinds_project / "data/smoke/03_primary/cyclegan/true_translations.npz").values()
    assert truths.shape == heldout.shape
    assert not np.array_equal(truths, heldout)
    for model in OF_TWO_DOMAINS:
        takers = {node for node in register_pipelines()[model].nodes if f"{model}.true_translations" in node.inputs}
        assert {node.namespace for node in takers} == {f"{model}.scoring", f"{model}.reporting"}


def heldout_source_and_translation(folder, model, generator):
    """The first held-out picture that a generator translates, and what the pipeline made of it."""
    heldout = images(folder, model, "heldout")
    if model not in OF_TWO_DOMAINS:
        return to_bytes(heldout["partners"][0]), samples(folder, model)["pixels"][0]
    label, translated = (1, "in_a") if generator.endswith("b_to_a.keras") else (0, "in_b")
    return to_bytes(heldout["pixels"][heldout["labels"] == label][0]), samples(folder, model)[translated][0]


@pytest.mark.parametrize(
    ("model", "generator", "odd_size", "translated_size"),
    [
        ("pix2pix", "generator.keras", (45, 37), (32, 32)),
        ("cyclegan", "generator.keras", (45, 37), (44, 36)),
        ("cyclegan", "generator_b_to_a.keras", (45, 37), (44, 36)),
        ("srgan", "generator.keras", (21, 10), (84, 40)),
    ],
)
def test_the_snippet_translates_a_picture_without_this_package(
    kinds_project, tmp_path, model, generator, odd_size, translated_size
):
    source, translation = heldout_source_and_translation(kinds_project, model, generator)
    Image.fromarray(source).save(tmp_path / "picture.png")
    Image.new("L", odd_size, 90).save(tmp_path / "odd_picture.png")
    shutil.copy(newest(kinds_project, "06_models", model, generator), tmp_path / "generator.keras")

    code = "\n".join(read_report(kinds_project, model, "model_card.json")["how_to_use"])
    odd = code.replace("picture.png", "odd_picture.png").replace("translation.png", "odd_translation.png")
    program = f"import sys\nsys.modules['gan_pipelines'] = None\n{code}\n{odd}"
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]

    with Image.open(tmp_path / "translation.png") as picture:
        difference = np.asarray(picture, dtype=np.int64) - translation
    assert np.abs(difference).max() <= 1, "the snippet translates as the pipeline does"
    with Image.open(tmp_path / "odd_translation.png") as picture:
        assert (picture.size, picture.mode) == (translated_size, "RGB")


def test_a_second_run_runs_nothing(kinds_project, tmp_path, caplog):
    folder = copy_results(kinds_project, tmp_path / "project")
    caplog.set_level("INFO")
    run_session(folder, ["pix2pix", "cyclegan", "srgan"])
    assert "Incremental run: 0 ran" in caplog.text
    assert nodes_that_ran(caplog) == set()


def test_other_adversarial_settings_keep_the_pretrained_generator(kinds_project):
    changed = "--params=srgan.training.adversarial_weight=0.01"
    plan = json.loads(
        passes(kinds_project, "run", "--pipeline=srgan", "--env=smoke", changed, "--plan", "--json").stdout
    )
    running = {entry["node"] for entry in plan["nodes"] if entry["state"] in {"will run", "may run"}}
    assert "srgan.training.train_translator" in running
    assert not {node for node in running if node.startswith("srgan.pretraining.")}


@pytest.mark.exhaustive
def test_a_translator_that_goes_on_equals_one_that_was_never_stopped(kinds_project, tmp_path, caplog):
    folder = copy_results(kinds_project, tmp_path / "project")
    uninterrupted = {
        name: newest(folder, "06_models", "cyclegan", name).read_bytes()
        for name in ("generator.keras", "generator_b_to_a.keras", "discriminator.keras", "training_history.csv")
    }
    shutil.rmtree(folder / "data/smoke/06_models/cyclegan/checkpoints")
    caplog.set_level("INFO")
    token = OPTIONS.set(Options(force=True))
    for steps in (3, 6):  # with the images of the pool among what a checkpoint keeps
        parameters = {"cyclegan": {"training": {"steps": steps}}}
        run_session(folder, "cyclegan", parameters, to_nodes=["cyclegan.training.train_translators"])
    OPTIONS.reset(token)
    assert "resumed at step 3" in caplog.text
    for name, content in uninterrupted.items():
        assert newest(folder, "06_models", "cyclegan", name).read_bytes() == content


def flat_pictures(count, colour, width=32):
    """Pictures of 32 px height with some noise around a colour, so that none is a duplicate."""
    random = np.random.default_rng([count, *colour])
    noise = random.integers(-20, 20, (count, 32, width, 3))
    return (noise + np.array(colour)).astype(np.uint8)


def save_all(pictures, folder):
    folder.mkdir(parents=True)
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number}.png")


RED, BLUE = (200, 60, 60), (60, 60, 200)
TWO_STEPS = {"training": {"steps": 2, "batch_size": 2}}


@pytest.mark.exhaustive
def test_pictures_that_show_a_pair_side_by_side_are_translated_from_right_to_left(tmp_path):
    folder = copy_project(tmp_path)
    for part, count in (("train", 12), ("test", 5)):
        joined = np.concatenate([flat_pictures(count, RED), flat_pictures(count, BLUE)], axis=2)
        save_all(joined, folder / "pairs" / part)
    own = {"images": {"path": "pairs", "direction": "b_to_a"}}
    run_session(folder, "pix2pix", {"pix2pix": {**TWO_STEPS, **own}})
    card = read_report(folder, "pix2pix", "model_card.json")
    assert (card["data"]["training"], card["data"]["heldout"]) == (12, 5)
    assert card["scores"]["psnr"]["pictures"] == 5
    heldout = images(folder, "pix2pix", "heldout")
    means = {name: heldout[name].mean(axis=(0, 1, 2)) for name in ("pixels", "partners")}
    assert means["pixels"][0] > means["pixels"][2], "the red left half is the target"
    assert means["partners"][2] > means["partners"][0]
    assert samples(folder, "pix2pix")["pixels"].shape == (5, 32, 32, 3)


@pytest.mark.exhaustive
def test_two_folders_of_unlike_numbers_are_translated_and_scored_without_truths(tmp_path):
    folder = copy_project(tmp_path)
    save_all(flat_pictures(20, BLUE), folder / "skies" / "day")
    save_all(flat_pictures(11, RED), folder / "skies" / "evening")
    run_session(folder, "cyclegan", {"cyclegan": {**TWO_STEPS, "images": {"path": "skies"}}})
    card = read_report(folder, "cyclegan", "model_card.json")
    assert card["data"]["classes"] == ["day", "evening"]
    assert card["data"]["training"] + card["data"]["heldout"] == 31
    found = {(claim["measured"], claim["holds"]) for claim in card["claims"]}
    assert found == {(None, None)}, "nothing is claimed of what cannot be measured"
    for direction in ("a_to_b", "b_to_a"):
        assert not {"l1", "psnr", "ssim"} & card["scores"][direction].keys()
        assert card["scores"][direction]["frechet_classifier_distance"]["value"] > 0
        assert 0 < card["scores"][direction]["cycle"]["l1"]["value"] < 1
    translated, heldout = samples(folder, "cyclegan"), images(folder, "cyclegan", "heldout")["labels"]
    assert [len(translated[name]) for name in ("in_b", "in_a")] == [(heldout == label).sum() for label in (0, 1)]
