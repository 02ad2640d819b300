"""Text cleaning of headlines, which makes equal words identical."""

import string
import unicodedata
from collections.abc import Sequence

from gan_pipelines.headlines.parameters import CleaningParameters

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DASHES = str.maketrans(dict.fromkeys("\u2012\u2013\u2014\u2015", " "))


def clean(headline: str, parameters: CleaningParameters) -> str:
    """Cleans a headline with the configured steps, and puts one space between words.

    Characters are first converted to ASCII by Unicode's compatibility decomposition (NFKD), which separates accents
    from letters; remaining non-ASCII characters are removed. Punctuation is removed next, so that characters that
    decompose to punctuation, such as an ellipsis, are removed too. Punctuation is replaced by nothing ("Don't" becomes
    "dont"), but non-ASCII dashes are replaced by a space, because they separate words.
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
    """Cleans headlines and removes duplicates.

    Args:
        raw: Headlines before cleaning.
        parameters: Cleaning steps.
        maximum_words: Longer headlines are dropped.

    Returns:
        The distinct cleaned headlines, in the order of their first occurrence, and the number dropped: ``emptied``
        (empty after cleaning), ``duplicates`` (equal to an earlier one after cleaning) and ``too_long``.
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
