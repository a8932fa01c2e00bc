# file: learning/features/code.py
"""Name compiled code by what it says: its own source, that of all it calls, and the constants they use."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

__all__ = ["code_hash"]

_CONSTANTS = (bool, int, float, str)


def code_hash(functions: Iterable[Callable[..., Any]], words: Iterable[str] = ()) -> str:
    """Return the sha256 of the source of `functions`, of the compiled functions they call, and of `words`.

    Constants of a module count by their value, so that moving one does not change the hash and changing it does.
    """
    found: dict[str, str] = {}
    for function in functions:
        _gather(function, found)
    told = [*words, *(found[name] for name in sorted(found))]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _gather(function: Callable[..., Any], found: dict[str, str]) -> None:
    plain = getattr(function, "py_func", function)
    name = f"{plain.__module__}.{plain.__qualname__}"
    if name in found:
        return
    options = sorted(getattr(function, "targetoptions", {}).items())
    found[name] = f"{options} {inspect.getsource(plain)}"
    space = plain.__globals__
    for word in _words(plain.__code__):
        used = space.get(word)
        if isinstance(used, _CONSTANTS):
            found[f"{name}.{word}"] = f"{word} = {used!r}"
        elif callable(used) and hasattr(used, "py_func"):
            _gather(used, found)


def _words(code: CodeType) -> set[str]:
    # A function written inside another is a constant of it.
    inner = [_words(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)
