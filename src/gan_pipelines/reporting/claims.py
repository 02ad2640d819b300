"""Comparison of the expected scores of a model (claims) with the measured ones."""

import math
from collections.abc import Mapping
from typing import Any

from gan_pipelines.reporting.card_entries import entry_at
from gan_pipelines.reporting.parameters import ClaimParameters, Claims


def checked_claims(claims: Claims, scores: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns each claim with the measured score.

    Args:
        claims: Claims by the dotted path of the score.
        scores: Scores as nested mappings.

    Returns:
        For each claim ``statement``, ``claim`` (score and bounds as text), ``measured`` (None if the score does not
        exist) and ``holds``.
    """
    return [_checked(path, claims[path], scores) for path in sorted(claims)]


def _checked(path: str, claim: ClaimParameters, scores: Mapping[str, Any]) -> dict[str, Any]:
    measured = _at(scores, path)
    lowest = -math.inf if claim.at_least is None else claim.at_least
    highest = math.inf if claim.at_most is None else claim.at_most
    bounds = [
        f"{label} {bound:g}"
        for label, bound in (("at least", claim.at_least), ("at most", claim.at_most))
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
