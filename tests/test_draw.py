"""`stackgan` in the smoke environment, its reports, and the command `kedro gan draw`."""

import json
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from kedro.framework.startup import bootstrap_project
from PIL import Image

from gan_pipelines.cli import cli
from tests.project import newest

PICTURES = {"caption_grid.png", "sample_grid.png", "training_stages.png", "nearest_images.png"}


pytestmark = pytest.mark.slow


def read_report(folder, name, model):
    return json.loads(newest(folder, "08_reporting", model, name).read_text("utf8"))


@pytest.fixture
def draw(kinds_project, monkeypatch):
    monkeypatch.chdir(kinds_project)
    bootstrap_project(kinds_project)
    return lambda *arguments: CliRunner().invoke(cli, ["gan", "draw", *arguments, "--env=smoke"])


def test_samples_are_scored_beside_their_captions_and_beside_stage_one(kinds_project):
    scores = read_report(kinds_project, "caption_scores.json", "stackgan")
    agreement = scores["attribute_agreement"]
    assert agreement["by_attribute"].keys() == {"colour", "size", "stem", "background"}
    assert 0 < agreement["value"] < 1
    assert agreement["real_baseline"]["value"] != agreement["value"]
    assert agreement["pictures"] == 24
    distance = "frechet_classifier_distance"
    own, first = (read_report(kinds_project, name, "stackgan") for name in ("scores.json", "stage_one_scores.json"))
    assert scores["stage_one"]["ratio"] == own[distance]["value"] / first[distance]["value"]
    card = read_report(kinds_project, "model_card.json", "stackgan")
    assert card["scores"]["attribute_agreement"] == agreement
    assert all(claim["measured"] is not None for claim in card["claims"])
    for name in PICTURES:
        with Image.open(newest(kinds_project, "08_reporting", "stackgan", name)) as picture:
            assert len(np.unique(np.asarray(picture))) > 20


def test_stage_two_holds_stage_one_as_it_was_trained(kinds_project):
    both, first = (
        keras.models.load_model(newest(kinds_project, "06_models", "stackgan", f"{name}.keras"))
        for name in ("generator", "stage_one_generator")
    )
    pairs = zip(both.get_layer("stage_one").get_weights(), first.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)


def test_the_cards_snippet_draws_without_this_package(kinds_project, tmp_path):
    card = read_report(kinds_project, "model_card.json", "stackgan")
    code = "import sys\nsys.modules['gan_pipelines'] = None\n" + "\n".join(card["how_to_use"])
    for name, layer in {
        "generator.keras": "06_models",
        "text_encoder.keras": "06_models",
        "vocabulary.json": "03_primary",
    }.items():
        code = code.replace(f"'{name}'", repr(str(newest(kinds_project, layer, "stackgan", name))))
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.size == (16, 16)


def test_captions_are_drawn_into_one_picture_and_unknown_words_are_named(draw, tmp_path):
    result = draw("stackgan", "a red tomato", "a purple tomato on Mars", "--output", str(tmp_path / "new" / "out.png"))
    assert result.exit_code == 0, result.output
    assert "Drew 2 captions, 4 pictures each" in result.output
    assert "these words, so pictures do not show them: purple, mars" in result.output
    first = (tmp_path / "new" / "out.png").read_bytes()
    draw("stackgan", "a red tomato", "a purple tomato on Mars", "--output", str(tmp_path / "again.png"))
    assert (tmp_path / "again.png").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dcgan", "a tomato"], "`dcgan` does not draw captions; those that do: stackgan"),
        (["stackgan", "..."], "'...' has no word of letters or digits"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, arguments, message):
    result = draw(*arguments)
    assert result.exit_code == 1
    assert message in result.output


def test_the_vocabulary_is_that_of_the_training_captions(kinds_project):
    words = json.loads(newest(kinds_project, "03_primary", "stackgan", "vocabulary.json").read_text("utf8"))["words"]
    assert {"tomato", "red", "a"} <= set(words)
    assert all(re.fullmatch(r"[a-z]+", word) for word in words)
