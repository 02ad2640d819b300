"""A generator that draws one image whatever it is given, from its training to its model card."""

import json

import pytest

from tests.commands import passes
from tests.project import copy_results, newest

REPORTS = ("scores.json", "best_scores.json", "snapshot_scores.json", "model_card.json")
MAKES_ITS_MODEL = 'return keras.Model(latent, pixels, name="generator")'

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]


def flatten_the_images(folder):
    """Lets the generator give every pixel one gray, with nothing left to learn."""
    path = folder / "src" / "gan_pipelines" / "networks" / "mnist.py"
    text = path.read_text("utf8")
    assert MAKES_ITS_MODEL in text
    flat = f"pixels = layers.Rescaling(0.0)(pixels)\n    {MAKES_ITS_MODEL}"
    path.write_text(text.replace(MAKES_ITS_MODEL, flat), "utf8")


def refuse(constant):
    raise AssertionError(f"{constant} is no number")


@pytest.fixture(scope="module")
def collapsed(tmp_path_factory, dcgan_project):
    folder = copy_results(dcgan_project, tmp_path_factory.mktemp("collapsed") / "project")
    flatten_the_images(folder)
    result = passes(folder, "run", "--pipeline=dcgan", "--env=smoke")
    texts = {name: newest(folder, "08_reporting", "dcgan", name).read_text("utf8") for name in REPORTS}
    return result, {name: json.loads(text, parse_constant=refuse) for name, text in texts.items()}


def test_a_constant_generator_is_trained_scored_and_told_of(collapsed):
    result, reports = collapsed
    assert "Traceback" not in result.stdout + result.stderr
    assert "The generator has collapsed since step 10" in " ".join(result.stderr.split())
    snapshots = reports["snapshot_scores.json"]["snapshots"]
    assert [snapshot["largest_pixel_deviation"] for snapshot in snapshots] == [0, 0]
    card = reports["model_card.json"]
    assert card["scores"]["collapse"]["generator"] is True
    assert card["scores"]["collapse"]["largest_pixel_deviation"] == 0
    assert card["scores"]["best"]["collapsed_since_step"] == 10
    assert [claim["holds"] for claim in card["claims"]] == [False, False]


def test_its_scores_are_numbers_or_said_to_be_absent(collapsed):
    _, reports = collapsed
    for name in ("scores.json", "best_scores.json"):
        scores = reports[name]
        assert scores["frechet_classifier_distance"]["value"] > scores["frechet_classifier_distance"]["real_baseline"]
        assert scores["kernel_distance"]["mean"] > scores["kernel_distance"]["real_baseline"]["mean"]
        assert scores["classifier_score"]["value"] == pytest.approx(1)
        assert scores["class_coverage"]["covered_classes"] == 1
        assert scores["precision_recall"]["recall"] == scores["density_coverage"]["coverage"] == 0
