"""Synthetic headlines from a context-free grammar: training text that ships with the project.

The phrases are in ``composed_headlines.txt``, which describes its own notation. A section of the newspaper determines
who acts, what happens and why, so the first words of a headline predict its last ones. Alternatives of a rule follow
Zipf's law ("Human Behavior and the Principle of Least Effort", 1949), as words do.
"""

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import accumulate

import numpy as np

from gan_pipelines.training.randomness import random_generator

COMPOSED_HEADLINES = 6_000
"""Default number of headlines."""

ZIPF_SHIFT = 1
"""Mandelbrot's shift of Zipf's law: the probability of the alternative at index i is proportional to 1 / (i + 1)."""

MAXIMUM_REPEATS = 10_000
"""Consecutive duplicates after which the grammar counts as exhausted."""

Rules = Mapping[str, Sequence[str]]

_SECTION = re.compile(r"^\[(\w+)\]$", re.MULTILINE)
_RULE = re.compile(r"^(\w+): ", re.MULTILINE)
_SLOT = re.compile(r"\{(\w+)\}")


def compose_headlines(count: int, seed: int, sections: Sequence[Rules] | None = None) -> tuple[str, ...]:
    """Composes distinct headlines, such as "Storm batters coast as trees block roads".

    A larger count begins with the headlines of a smaller one.

    Args:
        count: Number of headlines.
        seed: The same seed gives the same headlines in every process.
        sections: Rules of each section, including the shared ones. Default: the grammar that ships with the project.

    Returns:
        One line per headline, capitalised and punctuated as in a newspaper.

    Raises:
        ValueError: If the count is below 1 or larger than the number of headlines that the grammar generates.
    """
    if count < 1:
        raise ValueError(f"The number of headlines must be at least 1, not {count}.")
    grammars = sections or list(load_sections().values())
    generator = random_generator(seed, "composed headlines")
    headlines: dict[str, None] = {}
    repeats = 0
    while len(headlines) < count:
        rules = grammars[int(generator.random() * len(grammars))]
        text = _expand("{headline}", rules, generator)
        headline = text[0].upper() + text[1:]
        repeats = repeats + 1 if headline in headlines else 0
        if repeats > MAXIMUM_REPEATS:
            raise ValueError(f"The grammar generates only about {len(headlines):,} headlines, not {count:,}.")
        headlines[headline] = None
    return tuple(headlines)


def load_sections() -> dict[str, dict[str, tuple[str, ...]]]:
    """Returns the rules of each section of the grammar that ships with the project, with the shared rules."""
    grammar = resources.files(__package__).joinpath("composed_headlines.txt").read_text("utf8")
    _, *parts = _SECTION.split(grammar)
    sections = dict(zip(parts[::2], map(parse_rules, parts[1::2]), strict=True))
    shared = sections.pop("shared")
    return {name: {**shared, **rules} for name, rules in sections.items()}


def parse_rules(text: str) -> dict[str, tuple[str, ...]]:
    """Returns the alternatives of each rule, in the notation of ``composed_headlines.txt``.

    Raises:
        ValueError: If a rule is defined twice or has an empty alternative.
    """
    _, *parts = _RULE.split(text)
    rules: dict[str, tuple[str, ...]] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        alternatives = tuple(" ".join(alternative.split()) for alternative in body.split("|"))
        if name in rules or not all(alternatives):
            raise ValueError(f"The rule `{name}` is defined twice or has an empty alternative.")
        rules[name] = alternatives
    return rules


def _expand(text: str, rules: Rules, generator: np.random.Generator) -> str:
    """Replaces each slot, from left to right, by a random alternative of its rule."""
    return _SLOT.sub(lambda slot: _expand(_draw_alternative(rules[slot[1]], generator), rules, generator), text)


def _draw_alternative(alternatives: Sequence[str], generator: np.random.Generator) -> str:
    weights = list(accumulate(1 / (rank + ZIPF_SHIFT) for rank in range(len(alternatives))))
    return alternatives[bisect(weights, generator.random() * weights[-1])]
