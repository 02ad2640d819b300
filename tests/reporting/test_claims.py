import pytest
from pydantic import ValidationError

from gan_pipelines.reporting.claims import checked_claims
from gan_pipelines.reporting.parameters import ClaimParameters

SCORES = {"distance": {"value": 2.0, "name": "x"}, "share": 0.5, "nothing": None, "undefined": float("nan")}


@pytest.mark.parametrize(
    ("path", "bound", "measured", "holds"),
    [
        ("distance.value", {"at_most": 2.0}, 2.0, True),
        ("distance.value", {"at_most": 1.9}, 2.0, False),
        ("share", {"at_least": 0.5}, 0.5, True),
        ("share", {"at_least": 0.6}, 0.5, False),
        ("distance.missing", {"at_most": 9.0}, None, None),
        ("share.value", {"at_most": 9.0}, None, None),
        ("nothing", {"at_least": 0.0}, None, None),
        ("distance.name", {"at_least": 0.0}, None, None),
        ("undefined", {"at_least": 0.0}, None, None),
    ],
)
def test_a_claim_stands_beside_its_number(path, bound, measured, holds):
    claim = ClaimParameters(statement="in words", **bound)
    (checked,) = checked_claims({path: claim}, SCORES)
    assert (checked["measured"], checked["holds"], checked["statement"]) == (measured, holds, "in words")
    assert checked["claim"].startswith(f"{path} is at ")
    assert ("reason" in checked) is (measured is None)


@pytest.mark.parametrize(("measured", "holds"), [(0.79, False), (0.8, True), (1.2, True), (1.21, False)])
def test_a_claim_of_two_bounds_holds_between_them(measured, holds):
    claim = ClaimParameters(at_least=0.8, at_most=1.2)
    (checked,) = checked_claims({"norm": claim}, {"norm": measured})
    assert checked["claim"] == "norm is at least 0.8 and at most 1.2"
    assert checked["holds"] is holds


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({}, "requires `at_most`, `at_least` or both"),
        ({"at_most": 0.5, "at_least": 1}, r"`at_least` is 1; allowed: at most"),
    ],
)
def test_a_claim_has_bounds_that_can_hold(bounds, message):
    with pytest.raises(ValidationError, match=message):
        ClaimParameters(**bounds)
