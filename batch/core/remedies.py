"""Part a message into what is wrong and what to do about it."""

from __future__ import annotations

import re

from batch.core.codes import CATALOGUE


def said_and_remedy(code: str, message: str) -> tuple[str, str]:
    """Part a message before its remedy: the code's own, or the last sentence where a cell was told what to hold."""
    remedy = CATALOGUE[code].remedy if code in CATALOGUE else ""
    if remedy and message.endswith(remedy):
        return message.removesuffix(remedy).rstrip(), remedy
    own = _LAST_SENTENCE.fullmatch(message)
    return (own["said"], own["remedy"]) if own else (message, remedy)


_LAST_SENTENCE = re.compile(r"(?P<said>.+[.:]) (?P<remedy>[A-Z][^\"]{8,300}\.)", re.DOTALL)
