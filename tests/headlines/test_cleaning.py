import pytest

from gan_pipelines.headlines.cleaning import clean, clean_headlines
from gan_pipelines.headlines.parameters import CleaningParameters

RAW = "  “Café” owners' COVID-19 plan:\tdon\u2019t\u00a0panic… ½ 数 "


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({}, "cafe owners covid19 plan dont panic 12"),
        ({"lower_case": False}, "Cafe owners COVID19 plan dont panic 12"),
        ({"punctuation": False}, "cafe owners' covid-19 plan: dont panic... 12"),
        ({"ascii": False}, "“café” owners covid19 plan don\u2019t panic… ½ 数"),
        (
            {"punctuation": False, "lower_case": False, "ascii": False},
            "“Café” owners' COVID-19 plan: don\u2019t panic… ½ 数",
        ),
    ],
)
def test_each_step_can_be_switched(steps: dict[str, bool], expected: str) -> None:
    assert clean(RAW, CleaningParameters(**steps)) == expected


def test_each_headline_is_kept_once_in_the_order_of_its_first_occurrence() -> None:
    raw = [
        "Sun!",
        "Rain  falls",
        "...",
        "sun",
        "one two three",
        "数",
        "RAIN FALLS.",
        "one two three four",
        "One two three four",
    ]
    assert clean_headlines(raw, CleaningParameters(), maximum_words=3) == (
        ["sun", "rain falls", "one two three"],
        {"emptied": 2, "duplicates": 3, "too_long": 1},
    )


def test_no_headlines_are_no_headlines() -> None:
    assert clean_headlines([], CleaningParameters(), 3) == ([], {"emptied": 0, "duplicates": 0, "too_long": 0})


def test_dashes_leave_the_words_on_either_side_apart():
    assert (
        clean("Storm hits\u2014roads shut \u2013 schools close", CleaningParameters())
        == "storm hits roads shut schools close"
    )
