import pytest

from gan_pipelines.reporting.card_entries import (
    compared_data_of,
    distance_of,
    entry_at,
    feature_network_of,
    metric_network_of,
    task_of,
)
from tests.reporting.cards import card, translator_card


@pytest.mark.parametrize(
    ("path", "found"), [("a.b", 1), ("a", {"b": 1}), ("a.c", None), ("a.b.c", None), ("c", None), ("d.e", None)]
)
def test_an_entry_is_found_by_its_path_or_is_none(path, found):
    assert entry_at({"a": {"b": 1}, "d": None}, path) == found


def test_a_distance_is_found_whatever_features_it_compares():
    scores = {"frechet_file_distance": {"value": 3.0}, "kernel_distance": {"mean": 1.0}}
    found = distance_of({"scores": scores})
    assert (found.name, found.section["value"]) == ("frechet_file_distance", 3.0)
    assert distance_of(card(None)) is None
    assert distance_of({}) is None


def test_features_are_the_metric_networks_where_no_other_is_named():
    both = {"metric_network": {"sha256": "m"}, "feature_network": {"sha256": "f"}}
    assert feature_network_of({"scores": {"conditions": both}}) == "f"
    assert metric_network_of({"scores": {"conditions": both}}) == "m"
    assert feature_network_of({"scores": {"conditions": {"metric_network": {"sha256": "m"}}}}) == "m"
    assert feature_network_of({}) is None


@pytest.mark.parametrize(
    ("found", "task", "data"),
    [(card(data="d"), None, "d"), (translator_card(heldout="h"), "translation a_to_b", "h"), ({}, None, None)],
)
def test_translators_compare_on_held_out_images_and_other_models_with_the_same_training_images(found, task, data):
    assert (task_of(found), compared_data_of(found)) == (task, data)
