import json
import math
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_pipelines.reporting.model_card import model_card, package_versions, usage_snippet


def _facts() -> dict[str, Any]:
    return {
        "model": {
            "name": "dcgan",
            "architecture": "mnist_transposed",
            "parameters": {"generator": np.int64(2_330_944), "discriminator": 212_865},
            "latent_size": 100,
            "image_shape": (28, 28, 1),
            "pixel_range": (-1.0, 1.0),
            "published_in": None,
        },
        "data": {
            "source": "digits",
            "training_images": 1347,
            "heldout_images": 450,
            "duplicates_removed": 0,
            "rejected_files": 0,
            "classes": ("0", "1"),
        },
        "training": {
            "seed": 7,
            "steps": 1200,
            "epochs": 28,
            "batch_size": 32,
            "optimizers": {"generator": {"name": "adam", "learning_rate": 2e-4}},
            "losses": {"objective": "non_saturating"},
            "updates": "simultaneous",
            "average_decay": None,
            "precision": "float32",
            "jit_compile": True,
            "images_per_second": np.float32(250.5),
            "seconds": 153.0,
            "resumed": 1,
            "is_exact": True,
        },
        "environment": {
            "python": "3.11.2",
            "platform": "Linux",
            "processor": "x86_64",
            "device": "CPU",
            "threads": 2,
            "packages": {"numpy": "2.4.6"},
        },
        "scores": {"frechet_classifier_distance": {"value": np.float64(13.5)}, "reverse_kl": math.inf},
        "how_to_use": "import keras\n\nprint(1)\n",
    }


def test_the_card_is_the_facts_as_json() -> None:
    card = model_card(**_facts())
    assert list(card) == ["model", "data", "training", "environment", "scores", "how_to_use"]
    stored = json.loads(json.dumps(card, allow_nan=False))
    assert stored == card
    assert stored["model"]["parameters"] == {"generator": 2_330_944, "discriminator": 212_865}
    assert stored["model"]["image_shape"] == [28, 28, 1]
    assert stored["training"]["images_per_second"] == 250.5
    assert stored["training"]["jit_compile"] is True
    assert stored["scores"] == {"frechet_classifier_distance": {"value": 13.5}, "reverse_kl": None}
    assert stored["how_to_use"] == ["import keras", "", "print(1)"]


def test_the_order_of_the_facts_given_does_not_matter() -> None:
    facts = _facts()
    shuffled = facts | {"data": dict(reversed(facts["data"].items()))}
    assert json.dumps(model_card(**shuffled)) == json.dumps(model_card(**facts))


def test_missing_and_unknown_facts_are_refused_by_name() -> None:
    facts = _facts()
    del facts["training"]["seed"]
    facts["training"]["sead"] = 7
    with pytest.raises(ValueError, match=r"'training' .* missing or not among them: sead, seed\."):
        model_card(**facts)


def test_facts_that_json_does_not_know_are_refused() -> None:
    with pytest.raises(TypeError, match="not complex"):
        model_card(**_facts() | {"scores": {"phase": 1j}})


def test_versions_of_installed_packages() -> None:
    assert package_versions(["pillow", "numpy", "numpy", "no-such-package-anywhere"]) == {
        "numpy": version("numpy"),
        "pillow": version("pillow"),
    }
    assert list(package_versions(["pillow", "numpy"])) == ["numpy", "pillow"]


@pytest.mark.slow
def test_the_snippet_draws_samples_with_keras_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "it's.keras")
    save = (
        "import keras\n"
        "latents = keras.Input((5,))\n"
        "images = keras.layers.Reshape((2, 2, 1))(keras.layers.Dense(4, activation='tanh')(latents))\n"
        f"keras.Model(latents, images).save({path!r})\n"
    )
    snippet = usage_snippet(path, latent_size=5, image_shape=(2, 2, 1))
    assert "(16, 2, 2, 1)" in snippet
    check = "import sys\nassert images.shape == (16, 2, 2, 1)\nassert 'gan_pipelines' not in sys.modules\n"
    for code in (save, snippet + check):
        subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, timeout=120)
