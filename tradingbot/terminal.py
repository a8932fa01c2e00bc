# file: terminal.py
"""Write to any terminal: what its encoding lacks is written in plain characters instead of ending the verb."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata

__all__ = ["open_terminal", "plain"]

_NAME = "tradingbot.plain"
_PLAIN = (
    dict(zip("−–—…‘’“”×·•÷", "---.''\"\"x.*/", strict=True))  # noqa: RUF001 - what is replaced
    | dict(zip("✓✗✕■●○▲▼▶←↑→↓", "vxx#*o^v><^>v", strict=True))
    | dict(zip("▁▂▃▄▅▆▇█", "_.,:-=+#", strict=True))
    | {"≤": "<=", "≥": ">=", "≠": "!=", "±": "+-"}
)
_SIDEWAYS = {"HORIZONTAL", "LEFT", "RIGHT"}


def open_terminal() -> None:
    """Let standard output and error write every text, whatever their encoding.

    Rich draws its boxes and bars in ASCII where the encoding is not UTF by itself.
    """
    codecs.register_error(_NAME, _written)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def plain(character: str) -> str:
    """Return ASCII that stands for a character: its plain sign, its letter without accents, or a question mark."""
    if character in _PLAIN:
        return _PLAIN[character]
    if "\u2500" <= character <= "\u257f":
        return _line(unicodedata.name(character))
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


def _line(name: str) -> str:
    """Return the ASCII of one of Unicode's box drawings: a stroke, or a plus where two meet."""
    if " AND " in name:
        return "+"
    return "-" if name.split()[-1] in _SIDEWAYS else "|"


def _written(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end
