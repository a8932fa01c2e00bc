# file: core/runtime/checkpoint/pickling.py
"""Pickling of a run's state: the engine's enumerations by name, instruments and models by reference."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import Any

_ENGINE = "nautilus_trader."


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, references: Mapping[str, Any]) -> None:
        super().__init__(file, protocol=5)
        self._names = {id(item): name for name, item in references.items()}
        self._references = references

    def persistent_id(self, obj: Any) -> tuple[str, ...] | None:
        if (name := self._names.get(id(obj))) is not None:
            return ("reference", name)
        kind = type(obj)
        if not kind.__module__.startswith(_ENGINE):
            return None
        # The engine hands out another object for the same instrument each time.
        if (name := str(getattr(obj, "id", ""))) in self._references and hasattr(obj, "price_increment"):
            return ("reference", name)
        text = str(obj)
        if "variants" in dir(kind) or text.startswith(f"{kind.__name__}."):
            return ("enumeration", kind.__module__, kind.__name__, text.rpartition(".")[2])
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, references: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._references = references

    def persistent_load(self, pid: Any) -> Any:
        if pid[0] == "reference":
            return self._references[pid[1]]
        _kind, module, name, member = pid
        return getattr(self.find_class(module, name), member)


def dump_state(state: object, references: Mapping[str, Any]) -> bytes:
    """Return `state` as bytes; the objects of `references` are kept by their names.

    Raises TypeError or PicklingError when something in it cannot be written down.
    """
    file = io.BytesIO()
    _Pickler(file, references).dump(state)
    return file.getvalue()


def load_state(data: bytes, references: Mapping[str, Any]) -> Any:
    """Return what `dump_state` took. It runs code that the bytes name: only ever call it with our own."""
    return _Unpickler(io.BytesIO(data), references).load()
