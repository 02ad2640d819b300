"""Words of a caption."""

import re

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def words_of(caption: str) -> list[str]:
    """Returns the words of a caption, in lower case and without punctuation."""
    return _WORD.findall(caption.lower())
