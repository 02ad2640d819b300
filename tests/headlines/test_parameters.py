import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.headlines.parameters import TextParameters
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.parameter_model import ParameterModel


class HeadlinesModel(ParameterModel):
    text: TextParameters = TextParameters()


def check(**text: object) -> None:
    check_parameters({"headlines": {"text": text}}, {"headlines": HeadlinesModel}, ["headlines"])


def test_what_can_be_read_passes() -> None:
    check()
    check(source="csv", path="some/folder", column="title", encoding="cp1252", limit=100)
    check(cleaning={"ascii": False}, vocabulary={"minimum_count": 1, "maximum_words": 5000}, examples="prefixes")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ({"source": "csv"}, "needs `path`"),
        ({"path": "a.csv"}, "the source 'composed' reads no files, but `path` is 'a.csv'"),
        ({"encoding": "utf-9"}, "'utf-9' is not a text encoding"),
        ({"encoding": "zlib"}, "'zlib' is not a text encoding"),
        ({"encoding": "unicode_escape"}, "'unicode_escape' is not a text encoding"),
        ({"encoding": "IDNA"}, "'IDNA' is not a text encoding"),
        ({"encoding": "a\0"}, "is not a text encoding"),
        ({"heldout_fraction": 1}, "heldout_fraction"),
        ({"vocabulary": {"minimum_count": 0}}, "a whole number of at least 1"),
        ({"cleaning": {"stemming": True}}, "`headlines.text.cleaning.stemming` is not known"),
        ({"examples": "sentences"}, "sequences, prefixes"),
    ],
)
def test_what_cannot_is_told_with_its_key(text: dict, expected: str) -> None:
    with pytest.raises(UserError, match=r"headlines\.text") as caught:
        check(**text)
    assert expected in str(caught.value)
