# file: core/access/naming.py
"""What an account or a token may be called, so that a name in the audit log is one word that shows as it is."""

from __future__ import annotations

import re

from tradingbot.core.errors import BadInput

__all__ = ["check_name", "is_name"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,31}")


def is_name(text: str) -> bool:
    """Return whether an account may be called so."""
    return _NAME.fullmatch(text) is not None


def check_name(text: str, what: str) -> str:
    """Return the name of `what`, such as an account; BadInput when it may not be called so."""
    if is_name(text):
        return text
    raise BadInput(
        f"the name of {what} was {text!r:.70}, allowed are 1 to 32 letters, digits and . _ @ -, a letter or digit first"
    )
