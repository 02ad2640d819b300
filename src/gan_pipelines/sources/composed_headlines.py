"""Headlines of this project's own making, composed by a grammar: text to learn from that ships with it.

The phrases in `gan_pipelines.sources.composed` were written for this project; no headline is copied, and no person,
company or event in them is real. A section of the newspaper decides who acts, what happens and why, so the first words
of a headline say much about its last ones; frequent and rare phrases follow Zipf's law ("Human Behavior and the
Principle of Least Effort", 1949), as words do.
"""

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np

from gan_pipelines.sources.composed.sections import SECTIONS
from gan_pipelines.sources.composed.shared import SHARED
from gan_pipelines.training.randomness import random_generator

COMPOSED_HEADLINES = 6_000
"""How many are composed where nothing else is asked for."""

FLATTENING = 1
"""Mandelbrot's shift of Zipf's law: the likelihood of an alternative falls with 1 / (rank + 2), ranks from 0."""

REPEATS_ALLOWED = 10_000
"""So many known headlines in a row, and the grammar is taken to have no more."""

Rules = Mapping[str, Sequence[str]]

_RULE = re.compile(r"^(\w+): ", re.MULTILINE)
_SLOT = re.compile(r"\{(\w+)\}")


def compose_headlines(count: int, seed: int) -> tuple[str, ...]:
    """Composes distinct headlines, such as "Storm batters coast as trees block roads".

    A larger count begins with the headlines of a smaller one.

    Args:
        count: How many.
        seed: Decides which; the same seed gives the same headlines in every process.

    Returns:
        One line each, with capitals and punctuation as a newspaper has them.

    Raises:
        ValueError: The count is below 1 or more than the grammar gives.
    """
    if count < 1:
        raise ValueError(f"The number of headlines must be at least 1, not {count}.")
    generator = random_generator(seed, "composed headlines")
    grammars = [{**parse_rules(SHARED), **parse_rules(section)} for section in SECTIONS.values()]
    headlines: dict[str, None] = {}
    repeats = 0
    while len(headlines) < count:
        rules = grammars[int(generator.random() * len(grammars))]
        text = _filled("{headline}", rules, generator)
        headline = text[0].upper() + text[1:]
        repeats = repeats + 1 if headline in headlines else 0
        if repeats > REPEATS_ALLOWED:
            raise ValueError(f"The grammar gives only about {len(headlines):,} headlines, not {count:,}.")
        headlines[headline] = None
    return tuple(headlines)


def parse_rules(text: str) -> dict[str, tuple[str, ...]]:
    """Returns the alternatives of each rule, in the notation that `gan_pipelines.sources.composed` describes.

    Raises:
        ValueError: A rule is defined twice, or has an empty alternative.
    """
    _, *parts = _RULE.split(text)
    rules: dict[str, tuple[str, ...]] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        alternatives = tuple(" ".join(alternative.split()) for alternative in body.split("|"))
        if name in rules or not all(alternatives):
            raise ValueError(f"The rule `{name}` is defined twice or has an empty alternative.")
        rules[name] = alternatives
    return rules


def _filled(text: str, rules: Rules, generator: np.random.Generator) -> str:
    """Replaces each slot, from left to right, by a draw from its rule."""
    return _SLOT.sub(lambda slot: _filled(_drawn(rules[slot[1]], generator), rules, generator), text)


def _drawn(alternatives: Sequence[str], generator: np.random.Generator) -> str:
    weights = list(accumulate(1 / (rank + FLATTENING) for rank in range(len(alternatives))))
    return alternatives[bisect(weights, generator.random() * weights[-1])]
