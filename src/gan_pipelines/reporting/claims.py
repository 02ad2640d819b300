"""What a model is expected to reach, beside what was measured."""

from collections.abc import Mapping
from typing import Any

from gan_pipelines.reporting.parameters import ClaimParameters, Claims


def checked_claims(claims: Claims, scores: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns each claim with the number that proves or refutes it.

    Args:
        claims: By the score's path: its keys joined by dots.
        scores: Nested mappings.

    Returns:
        For each claim ``statement``, ``claim`` (score and bound in words), ``measured`` (None where there is no such
        score) and ``holds``.
    """
    return [_checked(path, claims[path], scores) for path in sorted(claims)]


def _checked(path: str, claim: ClaimParameters, scores: Mapping[str, Any]) -> dict[str, Any]:
    measured = _at(scores, path)
    if claim.at_most is not None:
        bound = f"at most {claim.at_most:g}"
        holds = measured is not None and measured <= claim.at_most
    else:
        bound = f"at least {claim.at_least:g}"
        holds = measured is not None and claim.at_least is not None and measured >= claim.at_least
    return {"statement": claim.statement, "claim": f"{path} is {bound}", "measured": measured, "holds": holds}


def _at(scores: Mapping[str, Any], path: str) -> float | None:
    value: Any = scores
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return float(value) if isinstance(value, int | float) else None
