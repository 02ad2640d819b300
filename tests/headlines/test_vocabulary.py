import json

import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.parameters import VocabularyParameters
from gan_pipelines.headlines.vocabulary import EOS, PAD, UNK, Vocabulary, build_vocabulary

HEADLINES = ["sun and rain", "rain and wind", "snow", "wind rain", "émigré émigré"]


def words(**parameters: int) -> tuple[str, ...]:
    return build_vocabulary(HEADLINES, VocabularyParameters(**parameters)).words


def test_words_are_ordered_by_count_and_then_by_name() -> None:
    assert words() == ("rain", "and", "wind", "émigré")
    assert words(minimum_count=1) == ("rain", "and", "wind", "émigré", "snow", "sun")
    assert words(minimum_count=1, maximum_words=2) == ("rain", "and")
    assert words(minimum_count=3) == ("rain",)


def test_ids_follow_those_that_are_no_words() -> None:
    assert (PAD, EOS, UNK) == (0, 1, 2)
    vocabulary = Vocabulary(("rain", "and"))
    assert len(vocabulary) == 5
    assert vocabulary.index == {"rain": 3, "and": 4}
    assert vocabulary.encode("rain and and snow") == [3, 4, 4, 2]
    assert vocabulary.encode("") == []
    assert vocabulary.decode([1, 3, 2, 4, 1, 0, 0]) == "rain <unknown> and"


@pytest.mark.parametrize("number", [-1, 5])
def test_ids_that_do_not_exist_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"ids from 0 to 4, not {number}"):
        Vocabulary(("rain", "and")).decode([3, number])


def test_json_gives_it_back() -> None:
    vocabulary = build_vocabulary(HEADLINES, VocabularyParameters())
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


@pytest.mark.parametrize("content", [{}, {"words": "rain"}, {"words": [1]}, {"words": ["a"], "more": 1}])
def test_other_json_is_refused(content: dict) -> None:
    with pytest.raises(ValueError, match="stored as"):
        Vocabulary.from_json(content)


@pytest.mark.parametrize("bad", [(), ("a", "a"), ("",), ("a b",), ("a\n",)])
def test_what_cannot_be_decoded_again_is_no_vocabulary(bad: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at least one word, each only once"):
        Vocabulary(bad)


def test_too_rare_words_are_told() -> None:
    with pytest.raises(UserError, match=r"minimum_count is 4, .* none of the 6 words of the 5 .* occurs 3 times"):
        words(minimum_count=4)
    with pytest.raises(UserError, match="none of the 0 words"):
        build_vocabulary([], VocabularyParameters())
