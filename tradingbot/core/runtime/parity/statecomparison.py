# file: core/runtime/parity/statecomparison.py
"""State comparison: a node's checkpoint of an evening against the backtest's own, part by part, field by field."""

from __future__ import annotations

import random
import re
import zlib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AnySet
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from tradingbot.core.lane import Stage
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.pickling import load_state
from tradingbot.core.runtime.checkpoint.store import RefusedCheckpoint
from tradingbot.core.runtime.parity.comparison import Cause
from tradingbot.core.time import to_iso

_RECORD = "writer"
"""The part that a node has because it keeps a record; a backtest has none."""

_ORDER_ID = re.compile(r"\b(OL?)-(\d{8}-\d{6})-([\w-]+)-(\d+)\b")
_SHOWN = 60

type _Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateDifference:
    """Something of the state at `ts` (UTC ns) that the two have otherwise: `what` it is, and what either says of it."""

    ts: int
    what: str
    sides: tuple[str, str]
    cause: Cause = Cause.STATE

    @classmethod
    def of_refused(cls, refused: RefusedCheckpoint) -> StateDifference:
        """Return that of a checkpoint which should have been good."""
        return cls(refused.close, "checkpoint", (f"kept one that is not used: {refused.why}", "goes without"))

    @property
    def sentence(self) -> str:
        """Say it in a line."""
        node, backtest = self.sides
        return f"{self.what} at {to_iso(self.ts)}: {self.cause}; the node {node}, the backtest {backtest}"


def compare_states(
    node: Checkpoint, backtest: Checkpoint, references: Mapping[str, Any]
) -> tuple[int, list[StateDifference]]:
    """Return how many parts were compared, and each field of one that differs, at the first place where it does.

    Orders go by their turn, since their ids hold the wall's time, but for those that both know by the same id; a run's
    stage is no state. Code that the states name is run: only ever call it with our own.
    """
    plain = (_Plain(), _Plain())
    mine, theirs = (
        {name: made.of(part) for name, part in _parts(each, references).items()}
        for made, each in zip(plain, (node, backtest), strict=True)
    )
    comparison = _Comparison(plain[0].ids, plain[1].ids)
    parts = [part for part in {**theirs, **mine} if part in theirs or part != _RECORD]
    found = [
        StateDifference(node.ts, ".".join((part, *path)), (f"has {ours}", f"has {other}"))
        for part in parts
        for path, ours, other in comparison.fields(mine.get(part, _NOTHING), theirs.get(part, _NOTHING))
    ]
    return len(parts), found


def _parts(checkpoint: Checkpoint, references: Mapping[str, Any]) -> dict[str, Any]:
    account = {name: getattr(checkpoint, name) for name in ("close", "ts", "balance", "start", "quotes")}
    # How much was asked for helps to restore, as far as the engine still knows.
    positions = [
        replace(held, fills=tuple(replace(fill, asked=None) for fill in held.fills))
        for held in checkpoint.held.positions
    ]
    account |= {"positions": positions, "orders": checkpoint.held.orders}
    return {"account": account, **load_state(zlib.decompress(checkpoint.state), references)}


@dataclass(frozen=True, slots=True)
class _Leaf:
    kind: str
    text: str


_NOTHING = _Leaf("", "nothing")


class _Plain:
    """Make plain trees of state: leaves, arrays, lists and dicts by text; `ids` are the order ids found on the way."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self._known: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.ndim and value.dtype != object:
            return value
        inside = _inside(value)
        if inside is None:
            return _Leaf(type(value).__name__, self._text("a stage" if isinstance(value, Stage) else str(value)))
        if id(value) not in self._known:
            # The value is kept, so that no other takes its id; what refers to itself ends there.
            self._known[id(value)] = value, _Leaf("", "itself")
            made: Any
            if isinstance(inside, dict):
                made = {self._text(str(key)): self.of(item) for key, item in inside.items()}
            else:
                made = [self.of(item) for item in inside]
            self._known[id(value)] = value, made
        return self._known[id(value)][1]

    def _text(self, text: str) -> str:
        self.ids.update(match[0] for match in _ORDER_ID.finditer(text))
        return text


def _inside(value: Any) -> Mapping[Any, Any] | Iterable[Any] | None:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple | deque) or (isinstance(value, np.ndarray) and value.ndim):
        return list(value)
    if isinstance(value, AnySet):
        return {item: item for item in value}
    if isinstance(value, random.Random):
        return list(value.getstate())
    if isinstance(value, np.random.Generator):
        return dict(value.bit_generator.state)
    if isinstance(value, str | type | FunctionType | MethodType):
        return None
    slots = (name for kind in type(value).__mro__ for name in _slots(kind) if hasattr(value, name))
    held = {name: getattr(value, name) for name in slots} | getattr(value, "__dict__", {})
    return held or None


def _slots(kind: type) -> Iterable[str]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else slots


class _Comparison:
    """Compare plain trees whose orders have the `ids` of either side."""

    def __init__(self, node: AnySet[str], backtest: AnySet[str]) -> None:
        shared = node & backtest
        self._names = _turns(node - shared), _turns(backtest - shared)
        self._same: set[tuple[int, int]] = set()

    def fields(self, mine: Any, theirs: Any) -> Iterator[tuple[_Path, str, str]]:
        """Give of each field of a part the first difference: its path and what either has there."""
        for name, ours, other in self._pairs(mine, theirs) or [("", mine, theirs)]:
            if (first := self._first(ours, other)) is not None:
                path, *sides = first
                yield (*filter(None, (name,)), *path), sides[0], sides[1]

    def _first(self, mine: Any, theirs: Any) -> tuple[_Path, str, str] | None:
        pairs = self._pairs(mine, theirs)
        if pairs is None:
            return None if self._alike(mine, theirs) else ((), self._told(0, mine), self._told(1, theirs))
        if (id(mine), id(theirs)) not in self._same:
            for name, ours, other in pairs:
                if (first := self._first(ours, other)) is not None:
                    return (name, *first[0]), *first[1:]
            self._same.add((id(mine), id(theirs)))
        return None

    def _pairs(self, mine: Any, theirs: Any) -> Iterable[tuple[str, Any, Any]] | None:
        if isinstance(mine, dict) and isinstance(theirs, dict):
            ours, others = (
                {self._named(side, key): item for key, item in tree.items()} for side, tree in enumerate((mine, theirs))
            )
            return [(key, ours.get(key, _NOTHING), others.get(key, _NOTHING)) for key in {**ours, **others}]
        if isinstance(mine, list) and isinstance(theirs, list):
            both = zip_longest(mine, theirs, fillvalue=_NOTHING)
            return [(str(at), ours, other) for at, (ours, other) in enumerate(both)]
        if _of_one_form(mine, theirs):
            unlike = (
                at for at, pair in enumerate(zip(mine, theirs, strict=True)) if pair[0].tobytes() != pair[1].tobytes()
            )
            first = [] if mine.tobytes() == theirs.tobytes() else [next(unlike)]
            return [(str(at), _element(mine[at]), _element(theirs[at])) for at in first]
        return None

    def _alike(self, mine: Any, theirs: Any) -> bool:
        if isinstance(mine, _Leaf) and isinstance(theirs, _Leaf):
            return mine.kind == theirs.kind and self._named(0, mine.text) == self._named(1, theirs.text)
        return False

    def _named(self, side: int, text: str) -> str:
        return _ORDER_ID.sub(lambda match: self._names[side].get(match[0], match[0]), text)

    def _told(self, side: int, value: Any) -> str:
        if isinstance(value, _Leaf):
            text = self._named(side, value.text)
        elif isinstance(value, np.ndarray):
            text = f"an array of {value.dtype} {value.shape}"
        else:
            text = f"{len(value)} items"
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _of_one_form(mine: Any, theirs: Any) -> bool:
    arrays = isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray)
    return arrays and (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape)


def _element(value: Any) -> Any:
    return value if isinstance(value, np.ndarray) else _Leaf(type(value).__name__, str(value))


def _turns(ids: Iterable[str]) -> dict[str, str]:
    """Return a name for each order id: its maker's and its turn among its maker's."""
    makers: defaultdict[tuple[str, str], list[tuple[str, int, str]]] = defaultdict(list)
    for order in ids:
        if match := _ORDER_ID.fullmatch(order):
            makers[match[1], match[3]].append((match[2], int(match[4]), order))
    return {
        order: f"{kind} {maker} {turn}"
        for (kind, maker), made in makers.items()
        for turn, (_stamp, _count, order) in enumerate(sorted(made), 1)
    }
