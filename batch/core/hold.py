"""Say what one refused line holds back."""

import enum


class Hold(enum.StrEnum):
    """What one refused line holds back: only itself, or its whole document."""

    LINE = "line"
    DOCUMENT = "document"
