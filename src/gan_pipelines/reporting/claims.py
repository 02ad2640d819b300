"""Comparison of the expected scores of a model (claims) with the measured ones."""

import math
from collections.abc import Mapping
from typing import Any

from gan_pipelines.reporting.card_entries import entry_at
from gan_pipelines.reporting.parameters import ClaimParameters, Claims

_REASON = "The scores have no number at this path; if it was refused, a key `...refused` beside says why."


def checked_claims(claims: Claims, scores: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns each claim with the measured score.

    Args:
        claims: Claims by the dotted path of the score.
        scores: Scores as nested mappings.

    Returns:
        For each claim ``statement``, ``claim`` (score and bounds as text), ``measured`` and ``holds``. If there is no
        number, both are None, and ``reason`` says why.
    """
    return [_checked(path, claims[path], scores) for path in sorted(claims)]


def _checked(path: str, claim: ClaimParameters, scores: Mapping[str, Any]) -> dict[str, Any]:
    found = entry_at(scores, path)
    measured = float(found) if isinstance(found, int | float) and not math.isnan(found) else None
    lowest = -math.inf if claim.at_least is None else claim.at_least
    highest = math.inf if claim.at_most is None else claim.at_most
    bounds = [
        f"{label} {bound:g}"
        for label, bound in (("at least", claim.at_least), ("at most", claim.at_most))
        if bound is not None
    ]
    checked = {
        "statement": claim.statement,
        "claim": f"{path} is {' and '.join(bounds)}",
        "measured": measured,
        "holds": None if measured is None else lowest <= measured <= highest,
    }
    return checked if measured is not None else {**checked, "reason": _REASON}
