"""Every pipeline through real Kedro sessions, on real files."""

import gzip
import json
import re
import struct
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from PIL import Image

from gan_pipelines.errors import UserError
from gan_pipelines.incremental.options import OPTIONS, Options
from gan_pipelines.pipeline_registry import register_pipelines
from tests.project import ONE_OF_EACH_KIND, ROOT, copy_project, copy_results, kedro, newest, run_session
from tests.test_translation import BASELINES as TRANSLATORS

REPORTS = ("sample_grid.png", "training_animation.gif", "loss_curves.json", "scores.json", "model_card.json")

pytestmark = pytest.mark.slow


def read_report(folder, name, model="dcgan"):
    return json.loads(newest(folder, "08_reporting", model, name).read_text("utf8"))


def test_the_reports_are_there_and_hold_what_they_promise(dcgan_project):
    for name in REPORTS:
        assert newest(dcgan_project, "08_reporting", "dcgan", name).stat().st_size > 0
    with Image.open(newest(dcgan_project, "08_reporting", "dcgan", "sample_grid.png")) as grid:
        assert np.asarray(grid).std() > 10
    with Image.open(newest(dcgan_project, "08_reporting", "dcgan", "training_animation.gif")) as animation:
        assert animation.n_frames == 3
    curves = read_report(dcgan_project, "loss_curves.json")
    assert any("iscriminator" in trace.get("name", "") for trace in curves["data"])


def test_the_scores_carry_their_conditions(dcgan_project):
    scores = read_report(dcgan_project, "scores.json")
    distance = scores["frechet_classifier_distance"]
    assert 0 < distance["real_baseline"] < distance["untrained_baseline"]
    assert distance["real_images"] == distance["generated_images"] == 80
    assert scores["class_coverage"]["classes"] == 10
    assert sum(scores["class_coverage"]["shares"].values()) == pytest.approx(1)
    assert scores["collapse"]["discriminator"] is False
    assert scores["conditions"]["truncation"] is None
    assert len(scores["conditions"]["metric_network"]["sha256"]) == 64


def test_every_score_stands_between_what_reals_and_what_noise_get(dcgan_project):
    scores = read_report(dcgan_project, "scores.json")
    assert scores["kernel_distance"]["real_baseline"]["mean"] < scores["kernel_distance"]["untrained_baseline"]["mean"]
    assert (
        scores["precision_recall"]["real_baseline"]["recall"]
        > scores["precision_recall"]["untrained_baseline"]["recall"]
    )
    assert (
        scores["density_coverage"]["real_baseline"]["coverage"]
        > scores["density_coverage"]["untrained_baseline"]["coverage"]
    )
    assert scores["two_sample_test"]["accuracy"] > scores["two_sample_test"]["real_baseline"]["accuracy"]
    assert scores["ndb"]["different_fraction"] > scores["ndb"]["real_baseline"]["different_fraction"]
    wasserstein = scores["sliced_wasserstein"]
    assert wasserstein["real_baseline"] < wasserstein["value"]
    assert wasserstein["real_baseline"] < wasserstein["untrained_baseline"]
    assert wasserstein["levels"].keys() == {"28"}
    memorisation = scores["memorisation"]
    assert memorisation["exact_copies"] == 0
    assert memorisation["suspicious"] is False
    assert memorisation["generated_images"] == 100


def test_the_model_card_says_what_was_done(dcgan_project):
    card = read_report(dcgan_project, "model_card.json")
    assert card["model"]["parameters"] == {"generator": 2_330_944, "discriminator": 212_865}
    assert card["data"]["training"] + card["data"]["heldout"] == 400 - card["data"]["duplicates_removed"]
    assert card["training"]["steps"] == 20
    assert card["training"]["is_exact"] is True
    assert card["training"]["examples_per_second"] > 0
    assert card["environment"]["packages"]["keras"].startswith("3.")
    assert card["scores"].items() >= read_report(dcgan_project, "scores.json").items()


def test_the_best_generator_of_the_training_is_kept_and_scored_beside_the_last(dcgan_project):
    report = read_report(dcgan_project, "snapshot_scores.json")
    assert [row["step"] for row in report["snapshots"]] == [10, 20]
    assert report["best"]["distance"] == min(row["distance"] for row in report["snapshots"])
    assert report["conditions"]["real_split"] == "training"
    best = read_report(dcgan_project, "best_scores.json")
    assert best["conditions"]["real_split"] == "heldout"
    told = read_report(dcgan_project, "model_card.json")["scores"]["best"]
    assert told["step"] == report["best"]["step"]
    assert told["frechet_classifier_distance"] == best["frechet_classifier_distance"]
    name = "best_generator.keras" if report["best"]["step"] == 10 else "generator.keras"
    network = keras.saving.load_model(newest(dcgan_project, "06_models", "dcgan", name))
    with np.load(dcgan_project / "data/smoke/06_models/dcgan/generator_snapshots.npz") as snapshots:
        kept = snapshots["weights"][snapshots["steps"].tolist().index(report["best"]["step"])]
    assert np.array_equal(np.concatenate([values.ravel() for values in network.get_weights()]), kept)
    assert read_report(dcgan_project, "score_curves.json")["data"]


@pytest.mark.exhaustive
def test_another_scoring_scores_anew_and_trains_nothing(dcgan_project, tmp_path, caplog):
    folder = copy_results(dcgan_project, tmp_path / "project")
    caplog.set_level("INFO")
    run_session(folder, "dcgan", {"dcgan": {"scoring": {"seed": 1}}})
    assert nodes_that_ran(caplog) <= SCORING
    assert {"score_snapshots", "score_samples", "score_best_samples"} <= nodes_that_ran(caplog)


def test_features_of_a_file_of_the_user_are_compared_without_training_anything(dcgan_project, tmp_path, caplog):
    folder = copy_results(dcgan_project, tmp_path / "project")
    pixels = keras.layers.Input((28, 28, 1))
    keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(6, 5)(pixels))).save(
        folder / "mine.keras"
    )
    caplog.set_level("INFO")
    run_session(folder, "dcgan", {"dcgan": {"scoring": {"features": {"kind": "file", "path": "mine.keras"}}}})
    assert nodes_that_ran(caplog) <= SCORING | {"extract_real_features", "draw_nearest_images"}
    scores = read_report(folder, "scores.json")
    assert "frechet_classifier_distance" not in scores
    assert scores["frechet_file_distance"]["value"] > 0
    assert scores["conditions"]["feature_network"]["dimensions"] == 6
    assert scores["class_coverage"]["classes"] == 10
    claims = read_report(folder, "model_card.json")["claims"]
    assert [claim["measured"] for claim in claims if claim["claim"].startswith("frechet_classifier")] == [None]


def test_inception_without_weights_ends_with_what_to_do(dcgan_project, tmp_path):
    folder = copy_results(dcgan_project, tmp_path / "project")
    parameters = {"dcgan": {"scoring": {"features": {"kind": "inception_v3"}}}}
    with pytest.raises(UserError, match=r"scoring\.features.*need `path`.*InceptionV3"):
        run_session(folder, "dcgan", parameters)


SCORING = {
    "score_snapshots",
    "draw_best_samples",
    "score_best_samples",
    "score_samples",
    "plot_scores",
    "write_model_card",
}


def nodes_that_ran(caplog):
    return {match[1] for match in re.finditer(r"dcgan\.\w+\.(\w+) has to run", caplog.text)}


def test_the_generator_loads_in_a_fresh_process_without_this_package(dcgan_project, tmp_path):
    program = f"""
import sys
sys.modules["gan_pipelines"] = None
import keras, numpy
generator = keras.saving.load_model({str(newest(dcgan_project, "06_models", "dcgan", "generator.keras"))!r})
pixels = numpy.asarray(generator(numpy.zeros((2, 100), "float32"), training=False))
print(type(generator).__name__, pixels.shape, abs(pixels).max() <= 1)
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.stdout.split("\n")[-2] == "Functional (2, 28, 28, 1) True", result.stderr[-2000:]


def test_a_forced_run_trains_no_step_and_gives_the_same_bytes(dcgan_project, tmp_path, caplog):
    folder = copy_results(dcgan_project, tmp_path / "project")
    names = {"generator.keras": "06_models", "samples.npz": "07_model_output", "sample_grid.png": "08_reporting"}
    before = {name: newest(folder, layer, "dcgan", name) for name, layer in names.items()}
    caplog.set_level("INFO")
    token = OPTIONS.set(Options(force=True))
    run_session(folder, "dcgan")
    OPTIONS.reset(token)
    assert "Training: already trained to step 20" in caplog.text
    for name, layer in names.items():
        after = newest(folder, layer, "dcgan", name)
        assert after != before[name]
        assert after.read_bytes() == before[name].read_bytes()


IMAGE_GANS = {
    "dcgan": (2_330_944, 212_865),
    "simple_gan": (1_526_288, 201_217),
    # At 32 px, as the smoke environment has them; at 96 px the test of the registry counts.
    "photo_dcgan": (2_304_515, 1_585_217),
    "photo_gan": (326_592, 200_897),
    "hr_dcgan": (144_579, 43_153),
    "progan": (204_195, 204_897),
    "began": (35_833, 180_857),
    "hinge_gan": (2_330_944, 212_865),
    "lsgan": (2_330_944, 212_865),
    "r3gan": (433_033, 132_001),
    "wgan": (2_330_944, 212_865),
    "wgan_gp": (2_330_944, 212_865),
    "cogan": (6_706_538, 6_557_953),
    "conditional_gan": (6_665_153, 6_571_713),
    "infogan": (6_634_433, 6_689_871),
}


@pytest.mark.parametrize(
    "model",
    [pytest.param(name, marks=() if name in ONE_OF_EACH_KIND else pytest.mark.exhaustive) for name in IMAGE_GANS],
)
def test_every_image_gan_leaves_its_reports(request, model):
    folder = request.getfixturevalue("kinds_project" if model in ONE_OF_EACH_KIND else "models_project")
    card = read_report(folder, "model_card.json", model)
    generator, discriminator = IMAGE_GANS[model]
    assert card["model"]["parameters"] == {"generator": generator, "discriminator": discriminator}
    assert card["scores"]["frechet_classifier_distance"]["value"] > 0
    for name in ("sample_grid.png", "interpolation.png", "training_stages.png", "nearest_images.png"):
        with Image.open(newest(folder, "08_reporting", model, name)) as picture:
            assert len(np.unique(np.asarray(picture))) > 20, "more than a margin around empty tiles"


def test_a_model_card_holds_claims_beside_what_was_measured(kinds_project):
    card = read_report(kinds_project, "model_card.json", "dcgan")
    claims = {claim["claim"]: claim for claim in card["claims"]}
    claim = claims["frechet_classifier_distance.ratio_to_real is at most 4"]
    assert claim["measured"] == card["scores"]["frechet_classifier_distance"]["ratio_to_real"]
    assert claim["holds"] is (claim["measured"] <= 4)


@pytest.mark.exhaustive
def test_weights_of_a_wgan_keep_within_their_limit_and_layers_of_a_hinge_gan_near_one(models_project):
    weights = read_report(models_project, "model_card.json", "wgan")["scores"]["discriminator_weights"]
    assert 0 < weights["largest"] <= 0.01
    weights = read_report(models_project, "model_card.json", "hinge_gan")["scores"]["discriminator_weights"]
    assert 0.8 < weights["smallest_norm"] <= weights["largest_norm"] < 1.5  # after a few power iterations
    metrics = read_report(models_project, "scores.json", "wgan_gp")["training_metrics"]
    assert metrics["gradient_norm"]["end"] > 0


@pytest.mark.exhaustive
def test_the_balance_of_began_is_told_and_its_discriminator_has_no_accuracy(models_project):
    card = read_report(models_project, "model_card.json", "began")
    metrics = card["scores"]["training_metrics"]
    assert 0 <= metrics["equilibrium_k"]["smallest"] <= metrics["equilibrium_k"]["largest"] <= 1
    claims = {claim["claim"]: claim for claim in card["claims"]}
    measured = claims["training_metrics.global_convergence.end_to_start_ratio is at most 0.5"]["measured"]
    assert measured == metrics["global_convergence"]["end"] / metrics["global_convergence"]["start"]
    assert card["scores"]["collapse"]["last_discriminator_accuracy"] is None


def test_a_reference_is_trained_with_its_own_networks_and_compared(kinds_project):
    scores, reference = (
        read_report(kinds_project, name, "hr_dcgan") for name in ("scores.json", "reference_scores.json")
    )
    found = read_report(kinds_project, "reference_comparison.json", "hr_dcgan")["reference"]
    distance = "frechet_classifier_distance"
    assert found[distance] == reference[distance]["value"] != scores[distance]["value"]
    assert found["ratio"] == scores[distance]["value"] / found[distance]
    assert found["steps"] == 12
    card = read_report(kinds_project, "model_card.json", "hr_dcgan")
    assert card["scores"]["reference"] == found
    assert [claim["measured"] for claim in card["claims"]] == [found["ratio"]]
    activations = {}
    for name in ("generator", "reference_generator"):
        network = keras.models.load_model(newest(kinds_project, "06_models", "hr_dcgan", f"{name}.keras"))
        activations[name] = {type(layer).__name__ for layer in network.layers} - {"Dense", "Reshape"}
    assert "ReLU" in activations["reference_generator"] - activations["generator"]


@pytest.mark.exhaustive
def test_a_gan_that_grows_shows_every_size_and_leaves_a_plain_generator(models_project):
    with np.load(models_project / "data/smoke/06_models/progan/training_previews.npz") as previews:
        samples, steps = previews["samples"], previews["steps"]
    assert steps.tolist() == [0, 3, 6, 9, 12, 15, 18]
    assert samples.shape[2:] == (16, 16, 3)
    small = samples[steps <= 6]
    assert np.array_equal(small, small[:, :, ::2, ::2].repeat(2, axis=2).repeat(2, axis=3))
    assert not np.array_equal(samples[-1], samples[-1][:, ::2, ::2].repeat(2, axis=1).repeat(2, axis=2))
    generator = keras.models.load_model(newest(models_project, "06_models", "progan", "generator.keras"))
    assert generator.input_shape == (None, 64)
    assert read_report(models_project, "reference_comparison.json", "progan")["reference"]["steps"] == 6


def test_a_conditional_gan_is_scored_by_the_classes_it_is_asked_for(kinds_project):
    scores = read_report(kinds_project, "label_scores.json", "conditional_gan")
    agreement = scores["label_agreement"]
    assert 0 <= agreement["value"] <= 1
    assert (agreement["chance"], agreement["generated_images"], len(agreement["by_class"])) == (0.1, 100, 10)
    assert scores["gan_train"]["real_baseline"] == scores["gan_test"]["real_baseline"]
    assert scores["conditions"]["truncation"] is None
    card = read_report(kinds_project, "model_card.json", "conditional_gan")
    claims = {claim["claim"]: claim["measured"] for claim in card["claims"]}
    assert claims["label_agreement.value is at least 0.97"] == agreement["value"]
    with np.load(newest(kinds_project, "07_model_output", "conditional_gan", "samples.npz")) as samples:
        assert samples["labels"].tolist() == [*range(10)] * 10
    previews = kinds_project / "data/smoke/06_models/conditional_gan/training_previews.npz"
    with np.load(previews) as arrays:
        assert arrays["labels"].tolist() == [*range(10)] * 2


def test_the_snippet_of_a_conditional_gan_asks_for_a_class_without_this_package(kinds_project, tmp_path):
    card = read_report(kinds_project, "model_card.json", "conditional_gan")
    generator = newest(kinds_project, "06_models", "conditional_gan", "generator.keras")
    code = "\n".join([*card["how_to_use"], "print(samples.shape)"]).replace("generator.keras", str(generator))
    program = f"import sys\nsys.modules['gan_pipelines'] = None\n{code}"
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "(16, 28, 28, 1)" in result.stdout, result.stderr[-2000:]


def test_the_codes_of_an_infogan_are_shown_and_matched_with_classes(kinds_project):
    scores = read_report(kinds_project, "code_scores.json", "infogan")
    assert scores["conditions"]["truncation"] is None
    match = scores["cluster_accuracy"]
    assert 0.1 < match["chance"] < 0.5
    assert len(match["class_of_category"]) == len(set(match["class_of_category"].values())) == 10
    with Image.open(newest(kinds_project, "08_reporting", "infogan", "code_traversals.png")) as picture:
        assert np.asarray(picture).std() > 10
        assert picture.width > 3 * 400
    card = read_report(kinds_project, "model_card.json", "infogan")
    claims = {claim["claim"]: claim["measured"] for claim in card["claims"]}
    assert claims["cluster_accuracy.value is at least 0.8"] == match["value"]
    history = pd.read_csv(newest(kinds_project, "06_models", "infogan", "training_history.csv"))
    assert {"categorical_information", "continuous_information"} <= {*history.columns}


def test_images_without_classes_end_before_a_conditional_gan_is_trained(tmp_path, caplog):
    folder = copy_project(tmp_path)
    caplog.set_level("INFO")
    images = {"source": "synthetic_fruit", "size": 32, "limit": 20}
    with pytest.raises(UserError, match=r"no classes.*images\.source"):
        run_session(folder, "conditional_gan", {"conditional_gan": {"images": images}})
    assert "conditional_gan.training.train_gan has to run" not in caplog.text


def test_pairs_are_scored_and_left_images_like_those_of_any_gan(kinds_project):
    card = read_report(kinds_project, "model_card.json", "cogan")
    assert read_report(kinds_project, "pair_scores.json", "cogan")["conditions"]["truncation"] is None
    agreement = card["scores"].get("pair_agreement")
    told = {claim["claim"]: claim["measured"] for claim in card["claims"]}
    assert told["pair_agreement.value is at least 0.8"] == (None if agreement is None else agreement["value"])
    assert agreement is not None or "held-out images" in card["scores"]["pairs_refused"]
    with np.load(newest(kinds_project, "07_model_output", "cogan", "samples.npz")) as samples:
        pairs = samples["pixels"]
    with np.load(kinds_project / "data/smoke/07_model_output/cogan/left_samples.npz") as samples:
        assert np.array_equal(samples["pixels"], pairs[:, :, :28])
    assert pairs.shape == (100, 28, 56, 1)
    assert card["scores"]["frechet_classifier_distance"]["value"] > 0


def test_points_are_scored_beside_untrained_and_real_ones(kinds_project):
    scores = read_report(kinds_project, "scores.json", "quadratic_gan")
    error = scores["mean_absolute_error"]
    assert error["heldout"] < 1e-6 < error["value"] < error["untrained"]
    assert 0 < scores["energy_distance"]["real_baseline"] < scores["energy_distance"]["untrained_baseline"]
    assert [row["step"] for row in scores["over_training"]] == [0, 200, 400, 600]
    assert 0 <= scores["discriminator_accuracy"]["real"] <= 1
    assert scores["conditions"]["truncation"] is None
    card = read_report(kinds_project, "model_card.json", "quadratic_gan")
    assert card["model"]["parameters"] == {"generator": 122, "discriminator": 101}
    assert len(card["claims"]) == 2
    for name in ("sample_scatter.png", "training_stages.png"):
        with Image.open(newest(kinds_project, "08_reporting", "quadratic_gan", name)) as picture:
            assert picture.mode == "RGB"


def test_headlines_are_written_and_scored(kinds_project):
    scores = read_report(kinds_project, "scores.json", "headlines")
    language, headlines = scores["language"], scores["headlines"]
    assert 1 < language["perplexity"]["trigram"] < language["perplexity"]["uniform"]
    assert language["perplexity"]["model"] < 1.2 * language["perplexity"]["uniform"]
    assert headlines["conditions"]["headlines"] == 40
    assert headlines["eos_rate"]["heldout"] == 1
    assert [row["temperature"] for row in scores["quality_and_diversity"]] == [0.7, 1.0, None]
    phrases = pd.read_csv(newest(kinds_project, "08_reporting", "headlines", "continued_prompts.csv"))
    assert phrases["words"].tolist() == [11, 8, 10, 10, 10, 10]
    assert all(row.headline.split()[: len(row.prompt.split())] == row.prompt.split() for row in phrases.itertuples())
    card = read_report(kinds_project, "model_card.json", "headlines")
    assert card["data"]["kind"] == "headlines"
    reports = kinds_project / "data" / "smoke" / "02_intermediate" / "headlines"
    cleaning = json.loads((reports / "cleaning_report.json").read_text("utf8"))
    assert card["data"]["rejected"] == cleaning["emptied"] + cleaning["too_long"]
    assert card["claims"][0]["claim"] == "language.perplexity_reduction is at least 0.1"
    assert 0 < card["training"]["best_step"] <= card["training"]["steps"]


def test_the_language_models_snippet_runs_without_this_package(kinds_project, tmp_path):
    card = read_report(kinds_project, "model_card.json", "headlines")
    model = newest(kinds_project, "06_models", "headlines", "language_model.keras")
    vocabulary = newest(kinds_project, "03_primary", "headlines", "vocabulary.json")
    code = "\n".join([*card["how_to_use"], "print(len(tokens))"]).replace("language_model.keras", str(model))
    program = f"import sys\nsys.modules['gan_pipelines'] = None\n{code.replace('vocabulary.json', str(vocabulary))}"
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert int(result.stdout.split()[-1]) > 2


@pytest.mark.exhaustive
def test_models_are_compared_side_by_side(models_project):
    comparison = read_report(models_project, "comparison.json", "compare")
    assert comparison["models"] == ["photo_gan", "photo_dcgan"]
    assert comparison["same_data"] is comparison["same_budget"] is comparison["same_feature_network"] is True
    assert comparison["best"] in comparison["models"]
    table = pd.read_csv(newest(models_project, "08_reporting", "compare", "leaderboard.csv"))
    assert table["model"][0] == comparison["best"]
    with Image.open(newest(models_project, "08_reporting", "compare", "comparison_grid.png")) as grid:
        assert grid.width > 900
    curves = read_report(models_project, "comparison_curves.json", "compare")
    assert len(curves["data"]) == 4


def test_the_models_to_compare_are_those_of_the_session(kinds_project):
    process = kedro(
        kinds_project, "run", "--pipeline=compare", "--env=smoke", "--plan", "--params=compare.models=dcgan+simple_gan"
    )
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output[-2000:]
    assert "simple_gan.training.train_gan" in output
    assert "compare.rank_runs" in output
    assert "photo_gan.training.train_gan" not in output


def test_every_registered_pipeline_runs():
    bootstrap_project(ROOT)
    names = register_pipelines().keys()
    tested = {
        *IMAGE_GANS,
        *TRANSLATORS,
        "stackgan",
        "stackgan_v2",
        "quadratic_gan",
        "headlines",
        "compare",
        "__default__",
    }
    assert names == tested, "give the new pipeline a session test of its own"
    assert register_pipelines()["__default__"].nodes == register_pipelines()["dcgan"].nodes
    assert set(pipelines) == names


def test_a_pipeline_is_joined_when_it_is_asked_for():
    registered = register_pipelines()
    assert registered["wgan"] is registered["wgan"]
    joined = [name for name, maker in registered._makers.items() if maker.cache_info().currsize]
    assert joined == ["wgan"]


def write_idx(path, array):
    """Writes the format of MNIST (LeCun): magic number, sizes, bytes; compressed."""
    header = struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


@pytest.mark.exhaustive
def test_idx_files_and_another_architecture(tmp_path):
    folder = copy_project(tmp_path)
    files = folder / "mnist"
    files.mkdir()
    random = np.random.default_rng(0)
    for split, count in (("train", 120), ("t10k", 60)):
        labels = (np.arange(count) % 3).astype(np.uint8)
        pixels = random.integers(0, 60, (count, 28, 28), dtype=np.uint8)
        for label in range(3):
            pixels[labels == label, 8 * label : 8 * label + 8] += 190
        write_idx(files / f"{split}-images-idx3-ubyte.gz", pixels)
        write_idx(files / f"{split}-labels-idx1-ubyte.gz", labels)
    parameters = {
        "images": {"source": "mnist", "path": "mnist", "limit": 150},
        "networks": {"architecture": "fashion_upsampling"},
        "training": {"steps": 2, "updates": "alternating", "precision": "mixed_bfloat16"},
        "scoring": {"metric_network": {"minimum_accuracy": 0.0}},
    }
    run_session(folder, "dcgan", {"dcgan": parameters})
    card = read_report(folder, "model_card.json")
    assert card["data"]["source"] == "mnist"
    assert card["data"]["training"] + card["data"]["heldout"] == 150
    assert card["model"]["parameters"]["generator"] == 856_193
    assert card["training"]["parameters"]["precision"] == "mixed_bfloat16"


@pytest.mark.exhaustive
def test_a_flat_folder_of_photos_is_trained_on_and_scored_without_classes(tmp_path):
    folder = copy_project(tmp_path)
    photos = folder / "photos"
    photos.mkdir()
    random = np.random.default_rng(0)
    for number in range(60):
        colours = random.integers(0, 255, (5, 4, 3), dtype=np.uint8)
        Image.fromarray(colours).resize((50, 40)).save(photos / f"{number}.jpg")
    parameters = {
        "images": {"source": "image_folder", "path": "photos", "size": 32},
        "networks": {"architecture": "photo_upsampling"},
        "training": {"steps": 2, "batch_size": 8},
        "scoring": {"metric_network": {"minimum_accuracy": 0.0, "batch_size": 16}},
    }
    run_session(folder, "dcgan", {"dcgan": parameters})
    scores = read_report(folder, "scores.json")
    assert {"classifier_score", "class_coverage"} & scores.keys() == set()
    assert {"frechet_classifier_distance", "conditions", "collapse"} <= scores.keys()
    assert scores["conditions"]["metric_network"]["task"] == "rotations"
    with Image.open(newest(folder, "08_reporting", "dcgan", "sample_grid.png")) as grid:
        assert grid.mode == "RGB"


@pytest.mark.exhaustive
def test_stacked_digits_are_scored_by_their_thousand_modes(tmp_path):
    folder = copy_project(tmp_path)
    parameters = {
        "preset": "stacked",
        "training": {"steps": 2},
        "scoring": {"metric_network": {"minimum_accuracy": 0.0}},
    }
    run_session(folder, "dcgan", {"dcgan": parameters})
    scores = read_report(folder, "scores.json")
    assert {"frechet_classifier_distance", "class_coverage", "conditions", "collapse"} <= scores.keys()
    assert "classifier_score" not in scores
    coverage = scores["class_coverage"]
    assert (coverage["classes"], coverage["minimum_fraction"], coverage["generated_images"]) == (1000, 1e-4, 100)
    assert 1 <= coverage["covered_classes"] <= 100
    assert coverage["reverse_kl_expected"] == 999 / 200
    network = scores["conditions"]["metric_network"]
    assert (network["task"], scores["conditions"]["feature_network"]["dimensions"]) == ("stacked", 192)
    assert network["heldout_accuracy"] > 0.1
    with Image.open(newest(folder, "08_reporting", "dcgan", "sample_grid.png")) as grid:
        assert grid.mode == "RGB"
    card = read_report(folder, "model_card.json")
    assert (card["data"]["source"], card["data"]["training"], card["data"]["heldout"]) == ("stacked", 320, 80)
