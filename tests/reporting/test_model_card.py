import json
import math
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from gan_pipelines.pipelines.reporting import facts
from gan_pipelines.reporting.model_card import model_card, package_versions, translation_snippet, usage_snippet


def _facts() -> dict[str, Any]:
    return {
        "model": {
            "name": "generative adversarial network",
            "architecture": "mnist_transposed",
            "published_in": None,
            "parameters": {"generator": np.int64(2_330_944), "discriminator": 212_865},
            "inputs": "latents (batch, 100), standard normal",
            "outputs": "pixels in [-1, 1] (batch, 28, 28, 1)",
        },
        "data": {
            "kind": "images",
            "source": "digits",
            "training": 1347,
            "heldout": 450,
            "duplicates_removed": 0,
            "rejected": 0,
            "classes": ("0", "1"),
            "training_sha256": None,
            "heldout_sha256": None,
        },
        "training": {
            "steps": 1200,
            "best_step": None,
            "stopped_early": False,
            "epochs": 28.0,
            "examples_per_second": np.float32(250.5),
            "seconds": 153.0,
            "resumed": 1,
            "is_exact": True,
            "jit_compile": True,
            "parameters": {"seed": 7, "optimizers": {"generator": {"name": "adam", "learning_rate": 2e-4}}},
        },
        "environment": {
            "backend": "tensorflow",
            "python": "3.11.2",
            "platform": "Linux",
            "processor": "x86_64",
            "device": "CPU",
            "threads": 2,
            "packages": {"numpy": "2.4.6"},
        },
        "claims": [{"statement": "", "claim": "a.b is at most 3", "measured": np.float64(2.5), "holds": True}],
        "scores": {"frechet_classifier_distance": {"value": np.float64(13.5)}, "reverse_kl": math.inf},
        "how_to_use": "import keras\n\nprint(1)\n",
    }


def test_the_card_is_the_facts_as_json() -> None:
    card = model_card(**_facts())
    assert list(card) == ["model", "data", "training", "environment", "claims", "scores", "how_to_use"]
    stored = json.loads(json.dumps(card, allow_nan=False))
    assert stored == card
    assert stored["model"]["parameters"] == {"generator": 2_330_944, "discriminator": 212_865}
    assert stored["data"]["classes"] == ["0", "1"]
    assert stored["claims"][0]["measured"] == 2.5
    assert stored["training"]["examples_per_second"] == 250.5
    assert stored["training"]["jit_compile"] is True
    assert stored["scores"] == {"frechet_classifier_distance": {"value": 13.5}, "reverse_kl": None}
    assert stored["how_to_use"] == ["import keras", "", "print(1)"]


def test_the_order_of_the_facts_given_does_not_matter() -> None:
    facts = _facts()
    shuffled = facts | {"data": dict(reversed(facts["data"].items()))}
    assert json.dumps(model_card(**shuffled)) == json.dumps(model_card(**facts))


def test_missing_and_unknown_facts_are_refused_by_name() -> None:
    facts = _facts()
    del facts["training"]["steps"]
    facts["training"]["stebs"] = 7
    with pytest.raises(ValueError, match=r"'training' .* missing or unknown: stebs, steps\."):
        model_card(**facts)


def test_facts_of_translators_are_optional_and_never_called_missing() -> None:
    facts = _facts()
    assert "size_multiple" not in model_card(**facts)["model"]
    facts["model"] |= {"size_multiple": 4, "passes_source": True}
    assert list(model_card(**facts)["model"])[-2:] == ["size_multiple", "passes_source"]
    del facts["model"]["passes_source"], facts["model"]["name"]
    with pytest.raises(ValueError, match=r"'model' .* missing or unknown: name\."):
        model_card(**facts)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"count": 9, "direction": "b_to_a"}, {"direction": "b_to_a"}),
        ({"count": 9, "pairs_by": "edges"}, {"pairs_by": "edges"}),
        ({"count": 9}, {}),
    ],
)
def test_the_data_of_a_translator_say_what_it_translates_and_not_where_it_was(pairs, expected) -> None:
    reading = {"source": "pairs", "path": "/home/someone/pairs", "classes": {}, "pairs": pairs}
    data = facts.data_facts("images", reading, {"train": 8, "heldout": 1})
    section = model_card(**_facts() | {"data": data})["data"]
    assert {key: section[key] for key in ("direction", "pairs_by") if key in section} == expected
    assert "someone" not in json.dumps(section)


def test_facts_that_json_does_not_know_are_refused() -> None:
    with pytest.raises(TypeError, match="not complex"):
        model_card(**_facts() | {"scores": {"phase": 1j}})


def test_versions_of_installed_packages() -> None:
    assert package_versions(["pillow", "numpy", "numpy", "no-such-package-anywhere"]) == {
        "numpy": version("numpy"),
        "pillow": version("pillow"),
    }
    assert list(package_versions(["pillow", "numpy"])) == ["numpy", "pillow"]


@pytest.fixture
def translate(tmp_path, monkeypatch):
    """Runs the snippet of a translator that gives pictures back, of sides that are multiples of 4."""
    monkeypatch.chdir(tmp_path)

    def run(picture: Image.Image, channels: int = 3, **options: Any) -> Image.Image:
        source = keras.Input((None, None, channels))
        halves = keras.layers.Rescaling(0.5)(source)
        blocks = keras.layers.UpSampling2D(4)(keras.layers.AveragePooling2D(4)(source))
        kept = keras.layers.Add()([halves, halves, keras.layers.Rescaling(0.0)(blocks)])
        keras.Model(source, kept).save("generator.keras")
        picture.save("picture.png", **options)
        exec(translation_snippet(["generator.keras"], channels, 4), {})  # noqa: S102
        return Image.open("translation.png")

    return run


def test_the_snippet_of_a_translator_turns_pictures_and_puts_transparent_ones_on_white(translate) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    stored = Image.new("RGBA", (13, 9), (200, 0, 0, 255))
    stored.paste((0, 0, 0, 0), (0, 0, 4, 9))
    shown = np.asarray(translate(stored, exif=exif))
    assert shown.shape == (12, 8, 3)
    assert (shown[:4] == 255).all()
    assert (shown[4:] == (200, 0, 0)).all()


def test_the_snippet_of_a_translator_takes_small_and_gray_pictures(translate) -> None:
    shown = np.asarray(translate(Image.new("L", (3, 10), 90), channels=1))
    assert shown.shape == (8, 8)
    assert (shown[:, :3] == 90).all()
    assert (shown[:, 3:] == 0).all()


@pytest.mark.slow
def test_snippets_draw_samples_with_keras_alone(tmp_path: Path) -> None:
    program = "import sys\n"
    for options, sizes, taken in (
        ({}, (5,), "latents"),
        ({"is_uniform": True}, (5,), "latents"),
        ({"classes": 3}, (5, 3), "[latents, labels]"),
        ({"codes": (2, 1)}, (5,), "latents"),
    ):
        path = str(tmp_path / f"it's {[*options]}.keras")
        inputs = [keras.Input((size,)) for size in sizes]
        joined = inputs[0] if len(inputs) == 1 else keras.layers.Concatenate()(inputs)
        images = keras.layers.Reshape((2, 2, 1))(keras.layers.Dense(4, activation="tanh")(joined))
        keras.Model(inputs if len(inputs) > 1 else inputs[0], images).save(path)
        snippet = usage_snippet(path, 5, "pixels (16, 2, 2, 1)", **options)
        assert "pixels (16, 2, 2, 1)" in snippet
        assert f"generator({taken}, training=False)" in snippet
        program += f"{snippet}\nassert samples.shape == (16, 2, 2, 1)\ndel generator, latents, samples\n"
    program += "assert 'gan_pipelines' not in sys.modules\n"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, timeout=120)
