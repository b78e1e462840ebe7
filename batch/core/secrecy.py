"""Take passwords out of text before anybody reads it."""

from __future__ import annotations

import re

# Greedy to the last @: a password with an unescaped @ in it is hidden whole, at the price of hiding a little more.
_IN_URL = re.compile(r"(?P<user>[a-z][\w+.-]*://[^\s:/?#@]*):\S*@", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<name>\b\w*(?:password|passwd|pwd|secret|token)\w*[\"']?\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&;,'\"]+)",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Put `***` in place of every password in a URL, a connection string or a `password=...`."""
    return _NAMED.sub(r"\g<name>***", _IN_URL.sub(r"\g<user>:***@", text))
