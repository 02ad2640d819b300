import pytest
from pydantic import ValidationError

from gan_pipelines.reporting.claims import checked_claims
from gan_pipelines.reporting.parameters import ClaimParameters

SCORES = {"distance": {"value": 2.0, "name": "x"}, "share": 0.5, "nothing": None}


@pytest.mark.parametrize(
    ("path", "bound", "measured", "holds"),
    [
        ("distance.value", {"at_most": 2.0}, 2.0, True),
        ("distance.value", {"at_most": 1.9}, 2.0, False),
        ("share", {"at_least": 0.5}, 0.5, True),
        ("share", {"at_least": 0.6}, 0.5, False),
        ("distance.missing", {"at_most": 9.0}, None, False),
        ("share.value", {"at_most": 9.0}, None, False),
        ("nothing", {"at_least": 0.0}, None, False),
        ("distance.name", {"at_least": 0.0}, None, False),
    ],
)
def test_a_claim_stands_beside_its_number(path, bound, measured, holds):
    claim = ClaimParameters(statement="in words", **bound)
    (checked,) = checked_claims({path: claim}, SCORES)
    assert (checked["measured"], checked["holds"], checked["statement"]) == (measured, holds, "in words")
    assert checked["claim"].startswith(f"{path} is at ")


@pytest.mark.parametrize("bounds", [{}, {"at_most": 1.0, "at_least": 0.0}])
def test_a_claim_has_one_bound(bounds):
    with pytest.raises(ValidationError, match="either `at_most` or `at_least`"):
        ClaimParameters(**bounds)
