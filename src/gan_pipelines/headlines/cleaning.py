"""From headlines as they were written to words that repeat."""

import string
import unicodedata
from collections.abc import Sequence

from gan_pipelines.headlines.parameters import CleaningParameters

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DASHES = str.maketrans(dict.fromkeys("\u2012\u2013\u2014\u2015", " "))


def clean(headline: str, parameters: CleaningParameters) -> str:
    """Returns a headline with the parts removed that the parameters name, and one space between words.

    Characters are first brought to ASCII by compatibility decomposition (Unicode's NFKD), which leaves the letter of an
    accented one; what then is not ASCII is dropped. Punctuation goes next, so that what decomposes into it, such as an
    ellipsis, goes too. It leaves no gap: "Don't" becomes "dont"; but dashes, which stand between words, do.
    """
    text = headline
    if parameters.ascii and not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_DASHES)).encode("ascii", errors="ignore").decode("ascii")
    if parameters.punctuation:
        text = text.translate(_WITHOUT_PUNCTUATION)
    if parameters.lower_case:
        text = text.lower()
    return " ".join(text.split())


def clean_headlines(
    raw: Sequence[str], parameters: CleaningParameters, maximum_words: int
) -> tuple[list[str], dict[str, int]]:
    """Cleans headlines and keeps each only once.

    Args:
        raw: As they were read.
        parameters: The steps to do.
        maximum_words: Longer headlines are dropped.

    Returns:
        The distinct cleaned headlines, in the order of their first occurrence, and how many were dropped: ``emptied``
        (nothing was left of them), ``duplicates`` (equal to an earlier one once cleaned) and ``too_long``.
    """
    cleaned = [clean(headline, parameters) for headline in raw]
    distinct = dict.fromkeys(headline for headline in cleaned if headline)
    kept = [headline for headline in distinct if headline.count(" ") < maximum_words]
    emptied = cleaned.count("")
    counts = {
        "emptied": emptied,
        "duplicates": len(cleaned) - emptied - len(distinct),
        "too_long": len(distinct) - len(kept),
    }
    return kept, counts
