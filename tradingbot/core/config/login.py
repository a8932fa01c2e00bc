# file: core/config/login.py
"""Who is at the keyboard, where nobody said so."""

from __future__ import annotations

import getpass
import os

__all__ = ["login"]


def login() -> str:
    """Return the login name; an account without one, as in a container, still has a number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
