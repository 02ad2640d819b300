import datetime
from pathlib import Path, PurePosixPath

import pytest

from gan_pipelines.incremental.errors import UnfingerprintableError
from gan_pipelines.incremental.values import canonical, differences, digest

UNEQUAL = [
    (1, 1.0),
    (1, True),
    (0, False),
    (0, None),
    ("1", 1),
    ([1], (1,)),
    ([], {}),
    ({1}, frozenset({1})),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({"1": 0}, {1: 0}),
    (b"a", "61"),
    (datetime.date(2026, 1, 1), "2026-01-01"),
    (datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)),
    (PurePosixPath("a"), "a"),
    (["list", 1], [["list", 1]]),
    (0.1 + 0.2, 0.3),
    (float("inf"), float("-inf")),
]


@pytest.mark.parametrize(("one", "other"), UNEQUAL, ids=str)
def test_what_differs_in_value_or_type_has_different_digests(one, other):
    assert digest(canonical(one)) != digest(canonical(other))


@pytest.mark.parametrize("value", [value for pair in UNEQUAL for value in pair], ids=str)
def test_equal_values_have_equal_digests(value):
    assert digest(canonical(value)) == digest(canonical(value))


def test_sets_have_no_order():
    assert canonical(set("abcdefgh")) == canonical(set("hgfedcba"))


@pytest.mark.parametrize(
    "value", [object(), [lambda: 0], {"a": open}, iter([])], ids=["object", "function", "builtin", "iterator"]
)
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(UnfingerprintableError):
        canonical(value)


def test_a_circle_is_refused():
    circle: list = []
    circle.append(circle)
    with pytest.raises(UnfingerprintableError, match="levels"):
        canonical(circle)


def test_differences_name_the_key_the_old_and_the_new_value():
    before = {"train": {"epochs": 3, "rate": 0.1, "old": 1}, "same": [1, 2]}
    after = {"train": {"epochs": 4, "rate": 0.1, "new": (1, 2)}, "same": [1, 2]}
    found = sorted(differences(canonical(before), canonical(after), "model"), key=str)
    assert found == [
        ("model.train.epochs", 3, 4),
        ("model.train.new", None, [1, 2]),
        ("model.train.old", 1, None),
    ]


def test_another_order_of_keys_is_a_difference():
    [(name, _, _)] = differences(canonical({"a": 1, "b": 2}), canonical({"b": 2, "a": 1}), "x")
    assert "order" in name


def test_a_path_is_shown_as_text():
    assert list(differences(canonical([Path("a")]), canonical([Path("b")]), "x")) == [("x", ["a"], ["b"])]
