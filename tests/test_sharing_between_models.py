"""One result serves every model: what depends on data, parameters and code alone is computed once."""

import json

import pytest
from kedro.framework.project import pipelines

from gan_pipelines.pipelines.artifacts import PURE
from tests.commands import passes
from tests.project import copy_results
from tests.test_context import context_of

OF_THE_DATA = {"read_images", "split_images", "train_metric_network", "extract_real_features"}
OF_UNTRAINED_NETWORKS = {"build_networks", "draw_untrained_samples"}
SHARED = OF_THE_DATA | OF_UNTRAINED_NETWORKS
ON_DIGITS = (
    *("simple_gan", "wgan", "wgan_gp", "lsgan", "hinge_gan", "r3gan", "conditional_gan", "infogan", "began", "cogan"),
)
OF_ONE_ARCHITECTURE = [("dcgan", "lsgan"), ("wgan", "wgan_gp"), ("wgan", "hinge_gan")]
MEASURE_OR_NAME = {
    *("train_gan", "train_model", "train_translator", "train_translators", "pretrain_generator"),
    *("train_reference", "train_stage_one", "train_stage_two", "train_tree"),
    "write_model_card",
}
"""Nodes that record how long they took and on which machine."""

ENVIRONMENTS = ("base", "smoke")


def nodes_of(model):
    nodes = {node.name.rpartition(".")[2]: node for node in pipelines[model].nodes}
    assert len(nodes) == len(pipelines[model].nodes)
    return nodes


def what_counts(model, name, catalog):
    """All of a node's that is counted but the contents of its inputs: what is alike has the same result."""
    node = nodes_of(model)[name]

    def seen(entry):
        return catalog.load(entry) if entry.startswith("params:") else entry.removeprefix(f"{model}.")

    inputs = node._inputs if isinstance(node._inputs, dict) else dict(enumerate(node.inputs))
    files = [catalog[output]._filepath.name for output in node.outputs]
    return node.func, {argument: repr(seen(entry)) for argument, entry in inputs.items()}, files


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def catalog(request):
    return context_of(request.param).catalog


@pytest.mark.parametrize(
    ("one", "other"),
    [*(("dcgan", model) for model in ON_DIGITS), ("photo_gan", "photo_dcgan"), ("cyclegan", "discogan")],
)
def test_what_is_made_of_the_data_is_alike_for_every_model(catalog, one, other):
    for name in OF_THE_DATA:
        assert what_counts(one, name, catalog) == what_counts(other, name, catalog)


@pytest.mark.parametrize(("one", "other"), OF_ONE_ARCHITECTURE)
def test_untrained_networks_of_one_architecture_are_alike(catalog, one, other):
    for name in OF_UNTRAINED_NETWORKS:
        assert what_counts(one, name, catalog) == what_counts(other, name, catalog)


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({"training": {"batch_size": 8, "steps": 7, "loss": {"name": "hinge"}, "label_smoothing": "hard"}}, SHARED),
        ({"networks": {"spectral_normalization": True}}, SHARED),
        ({"images": {"storage": "disk"}}, SHARED - {"read_images"}),
        ({"scoring": {"metric_network": {"minimum_accuracy": 0.1}}}, SHARED - {"extract_real_features"}),
        ({"scoring": {"splits": 3}}, SHARED | {"score_snapshots"}),
        ({"scoring": {"snapshot_images": 9}}, SHARED | {"score_samples", "score_best_samples"}),
        ({"sampling": {"images": 9}}, SHARED - {"draw_untrained_samples"} | {"draw_interpolation", "score_snapshots"}),
        ({"grid": {"columns": 5}}, SHARED | {"draw_interpolation", "draw_stages", "animate_training"}),
    ],
    ids=["training", "networks", "images", "metric network", "splits", "snapshots", "sampling", "grid"],
)
def test_nodes_look_only_at_the_parameters_that_they_use(change, alike):
    before, after = context_of("smoke").catalog, context_of("smoke", dcgan=change).catalog
    for name in alike:
        assert what_counts("dcgan", name, after) == what_counts("dcgan", name, before)


def test_all_nodes_are_pure_but_those_that_measure_or_name_something():
    context_of("base")
    models = pipelines.keys() - {"__default__", "compare"}
    impure = {name for model in models for name, node in nodes_of(model).items() if PURE not in node.tags}
    assert impure == MEASURE_OR_NAME
    comparing = [node for node in pipelines["compare"].nodes if node.namespace == "compare"]
    assert comparing
    assert not any(PURE in node.tags for node in comparing)  # their arguments are the names of models


@pytest.fixture
def project(tmp_path, dcgan_project):
    return copy_results(dcgan_project, tmp_path / "project")


def running(folder, *options):
    """Which nodes would run."""
    result = passes(folder, "run", *options, "--plan", "--json")
    entries = json.loads(result.stdout)["nodes"]
    return {entry["node"].rpartition(".")[2] for entry in entries if entry["state"] in {"will run", "may run"}}


def account(folder, *options):
    result = passes(folder, "run", *options)
    return result.stderr.strip().splitlines()[-1].partition("Incremental run: ")[2]


@pytest.mark.slow
def test_another_model_trains_no_second_metric_network_and_builds_no_equal_networks(project):
    lsgan = ("--pipeline=lsgan", "--env=smoke")
    trained = nodes_of("lsgan").keys() - SHARED
    assert running(project, *lsgan) == trained
    assert account(project, *lsgan).startswith(f"{len(trained)} ran, {len(SHARED)} restored, 0 skipped.")
    for name in ("metric_network.keras", "untrained_generator.keras", "real_features.npz"):
        first, second = (next((project / "data" / "smoke").glob(f"*/{model}/{name}")) for model in ("dcgan", "lsgan"))
        assert first.read_bytes() == second.read_bytes()
    assert account(project, *lsgan).startswith(f"0 ran, 0 restored, {len(nodes_of('lsgan'))} skipped.")


@pytest.mark.slow
def test_another_batch_size_builds_no_networks(project):
    assert not running(project, "--pipeline=dcgan", "--env=smoke", "--params=dcgan.training.batch_size=16") & SHARED


@pytest.mark.slow
def test_environments_share_what_is_alike(project):
    """With what the smoke environment says of the data, the real one finds all of it."""
    data = (
        "dcgan.images.limit=400,dcgan.scoring.metric_network.epochs=8,dcgan.scoring.metric_network.minimum_accuracy=0.5"
    )
    options = (
        "--pipeline=dcgan",
        "--to-nodes=dcgan.judging.extract_real_features,dcgan.construction.build_networks",
        f"--params={data}",
    )
    assert running(project, *options) == set()
    assert account(project, *options).startswith(f"0 ran, {len(SHARED) - 1} restored, 0 skipped.")
    assert (project / "data" / "06_models" / "dcgan" / "metric_network.keras").is_file()
