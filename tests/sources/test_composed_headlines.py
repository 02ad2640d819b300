import hashlib
import re
from collections import Counter

import pytest

from gan_pipelines.sources.composed_headlines import (
    COMPOSED_HEADLINES,
    compose_headlines,
    load_sections,
    parse_rules,
)

SECTIONS = load_sections()
SHARED = SECTIONS["food"].items() & SECTIONS["weather"].items()

BEGINNINGS = ["10 ways", "europe looks to", "best way", "homeless in", "unexpected results", "critics warn"]
WEATHERS = ["heatwave", "storm"]


def words(headline: str) -> list[str]:
    return re.sub(r"[^a-z0-9 ]", "", headline.lower()).split()


def test_seed_alone_decides_and_more_begin_with_the_same() -> None:
    headlines = compose_headlines(500, seed=3)
    assert headlines == compose_headlines(1000, seed=3)[:500]
    assert headlines != compose_headlines(500, seed=4)
    # Of the headlines as they are composed today, so that a change of the phrases or of NumPy's draws is noticed.
    assert hashlib.sha256("\n".join(headlines).encode()).hexdigest()[:16] == "41f28f02cc9cee41"


def test_the_default_is_distinct_and_has_words_worth_learning() -> None:
    headlines = compose_headlines(COMPOSED_HEADLINES, seed=0)
    assert len({" ".join(words(headline)) for headline in headlines}) == len(headlines) == 6000
    counts = Counter(word for headline in headlines for word in words(headline))
    assert 1_200 <= sum(count >= 2 for count in counts.values()) <= 2_500
    assert 7 <= counts.total() / len(headlines) <= 8
    assert max(len(words(headline)) for headline in headlines) <= 16


def test_every_line_is_ready_to_print() -> None:
    for headline in compose_headlines(COMPOSED_HEADLINES, seed=1):
        assert headline == " ".join(headline.split())
        assert headline[0].isupper() or headline[0].isdigit()
        assert not set(headline) & set("{}|_:")


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_prompts_go_on_in_many_ways(beginning: str) -> None:
    headlines = [headline.lower() for headline in compose_headlines(COMPOSED_HEADLINES, seed=0)]
    assert sum(headline.startswith(beginning) for headline in headlines) >= 15


def test_the_beginning_decides_the_end() -> None:
    """A trigram cannot know it: what the weather does and where lie between."""
    headlines = compose_headlines(COMPOSED_HEADLINES, seed=0)
    ends = {weather: {tuple(line[-3:]) for line in map(words, headlines) if line[0] == weather} for weather in WEATHERS}
    assert all(len(lines) >= 3 for lines in ends.values())
    assert not ends["heatwave"] & ends["storm"]


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_uses_each_of_its_rules_and_lacks_none(section: str) -> None:
    rules = SECTIONS[section]
    own = rules.keys() - dict(SHARED).keys()
    reached, waiting = set(), {"headline"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= {slot for text in rules[name] for slot in re.findall(r"\{(\w+)\}", text)} - reached
    assert own <= reached
    assert {"advice", "warning", "plan", "finding", "common"} <= reached


def test_more_than_there_are_and_none_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        compose_headlines(0, seed=0)
    weather = [parse_rules("headline: rain | sun")]
    assert sorted(compose_headlines(2, 0, weather)) == ["Rain", "Sun"]
    with pytest.raises(ValueError, match="only about 2 headlines, not 3"):
        compose_headlines(3, 0, weather)


def test_rules_go_on_over_lines_and_are_defined_once() -> None:
    assert parse_rules("\na: b {c} | d\n    | e  f\nc: g\n") == {"a": ("b {c}", "d", "e f"), "c": ("g",)}
    for text in ("a: b\na: c\n", "a: b | | c\n"):
        with pytest.raises(ValueError, match="`a` is defined twice or has an empty"):
            parse_rules(text)
