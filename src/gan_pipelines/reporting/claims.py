"""What a model is expected to reach, beside what was measured."""

import math
from collections.abc import Mapping
from typing import Any

from gan_pipelines.reporting.card_entries import entry_at
from gan_pipelines.reporting.parameters import ClaimParameters, Claims


def checked_claims(claims: Claims, scores: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns each claim with the number that proves or refutes it.

    Args:
        claims: By the score's path: its keys joined by dots.
        scores: Nested mappings.

    Returns:
        For each claim ``statement``, ``claim`` (score and bounds in words), ``measured`` (None where there is no such
        score) and ``holds``.
    """
    return [_checked(path, claims[path], scores) for path in sorted(claims)]


def _checked(path: str, claim: ClaimParameters, scores: Mapping[str, Any]) -> dict[str, Any]:
    measured = _at(scores, path)
    lowest = -math.inf if claim.at_least is None else claim.at_least
    highest = math.inf if claim.at_most is None else claim.at_most
    bounds = [
        f"{words} {bound:g}"
        for words, bound in (("at least", claim.at_least), ("at most", claim.at_most))
        if bound is not None
    ]
    return {
        "statement": claim.statement,
        "claim": f"{path} is {' and '.join(bounds)}",
        "measured": measured,
        "holds": measured is not None and lowest <= measured <= highest,
    }


def _at(scores: Mapping[str, Any], path: str) -> float | None:
    value = entry_at(scores, path)
    return float(value) if isinstance(value, int | float) else None
