# file: core/runtime/checkpoint/store.py
"""Checkpoint store: signed checkpoints in a node's state file, and which of them fits what runs now."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
import time
import zlib
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.provenance import code_sha256, settings_sha256, versions
from tradingbot.core.runtime.statefile import CHECKPOINT_DAYS, Rows, StateFile, open_state_file
from tradingbot.core.runtime.statewriter import StateWriter
from tradingbot.core.runtime.strategyloader import load_strategy, sources_of
from tradingbot.core.stateful import Stateful
from tradingbot.core.storage.privatefile import new_hmac_key, read_hmac_key, store_hmac_key
from tradingbot.core.storage.sqlite import connect, transaction
from tradingbot.core.time import DAY, day_of, to_iso

_TITLE = "the key of the checkpoints"


def checkpoint_key(folder: Path) -> bytes:
    """Return the home's key for checkpoints, made at the first call; `folder` is the home's state.

    Raises PolicyRefused when others may read it; LedgerTampered when it is not what was stored.
    """
    path = folder / "keys" / "checkpoints"
    if (key := read_hmac_key(path, _TITLE)) is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        store_hmac_key(path, key := new_hmac_key())
    return key


def fingerprint(planned: Plan, market: Market) -> dict[str, str]:
    """Return what a checkpoint must fit: the hashes of settings and code, and the versions of the libraries."""
    sources = [source for spec in planned.config.strategies for source in sources_of(load_strategy(spec)[0])]
    return {"settings": settings_sha256(planned, market), "code": code_sha256(sources)} | versions("numba")


def kept_for_long(close: int, newest: int) -> bool:
    """Whether the checkpoint of a close is still kept when there is one of `newest`; UTC ns."""
    return close >= newest - CHECKPOINT_DAYS * DAY or day_of(close).day == 1


@dataclass(frozen=True, slots=True)
class RefusedCheckpoint:
    """A checkpoint of a close (UTC ns) that is not used, and why; `altered` where it or the record is not as it was."""

    close: int
    why: str
    altered: bool

    def __str__(self) -> str:
        return f"the checkpoint of {to_iso(self.close)} is not used: {self.why}"


class CheckpointStore:
    """The checkpoints in the state file at `path`, signed with `key`; those made now are bound to `fits`."""

    def __init__(self, path: Path, key: bytes, fits: Mapping[str, str]) -> None:
        self._path, self._key, self._fits = path, key, dict(fits)

    def rows(self, checkpoint: Checkpoint, history: Mapping[str, Any], written: Mapping[str, int]) -> list[Rows]:
        """Return the rows that keep a checkpoint, and what only grew before it; `written` counts the record's rows."""
        bound = json.dumps({"fits": self._fits, "written": dict(written)}, sort_keys=True)
        state, grown = pickle.dumps(checkpoint, 5), zlib.compress(pickle.dumps(dict(history), 5), 1)
        stamps = (checkpoint.ts, checkpoint.close, time.time_ns())
        return [
            ("checkpoints", [(*stamps, bound, state, self._mac("checkpoint", checkpoint.ts, bound, state))]),
            ("history", [(checkpoint.ts, grown, self._mac("history", checkpoint.ts, "", grown))]),
        ]

    def newest(self, until: int | None = None) -> tuple[Checkpoint | None, list[RefusedCheckpoint]]:
        """Return the last checkpoint, at `until` (UTC ns, a close) or before, that fits, and why later ones do not."""
        refused: list[RefusedCheckpoint] = []
        for found in self._checked(until):
            if isinstance(found, Checkpoint):
                return found, refused
            refused.append(found)
        return None, refused

    def at(self, close: int) -> Checkpoint | RefusedCheckpoint | None:
        """Return the checkpoint of a close, UTC ns, or why it is not used, None where there is none."""
        found = next(self._checked(close), None)
        return found if found is not None and found.close == close else None

    def histories(self, until: int) -> list[dict[str, Any]]:
        """Return what only grew before each checkpoint up to `until` (UTC ns), the oldest first; what is not ours is
        left out."""
        if not self._path.is_file():
            return []
        with open_state_file(self._path) as database:
            rows = database.execute("SELECT ts, state, mac FROM history WHERE ts <= ? ORDER BY ts", (until,)).fetchall()
        return [
            pickle.loads(zlib.decompress(state))  # noqa: S301 - it is ours: the line below
            for ts, state, mac in map(tuple, rows)
            if hmac.compare_digest(mac, self._mac("history", ts, "", state))
        ]

    def rewind(self, ts: int) -> None:
        """Forget the checkpoints and histories after `ts`, UTC ns: they will be made again. No node may be running."""
        if self._path.is_file():
            with closing(connect(self._path)) as database, transaction(database):
                for table in ("checkpoints", "history"):
                    database.execute(f"DELETE FROM {table} WHERE ts > ?", (ts,))  # noqa: S608 - our own names

    def _checked(self, until: int | None) -> Iterator[Checkpoint | RefusedCheckpoint]:
        if not self._path.is_file():
            return
        with open_state_file(self._path) as database:
            query = "SELECT ts, close, bound, state, mac FROM checkpoints WHERE close <= ? ORDER BY ts DESC"
            for row in database.execute(query, (2**63 - 1 if until is None else until,)):
                ts, close, bound, state, mac = tuple(row)
                if not hmac.compare_digest(mac, self._mac("checkpoint", ts, bound, state)):
                    yield RefusedCheckpoint(close, "it was not signed with this home's key", altered=True)
                    continue
                claim = json.loads(bound)
                if why := self._misfit(claim["fits"]):
                    yield RefusedCheckpoint(close, why, altered=False)
                elif why := _ahead(database, claim["written"]):
                    yield RefusedCheckpoint(close, why, altered=True)
                else:
                    yield _read(close, state)

    def _misfit(self, was: Mapping[str, str]) -> str:
        unlike = [name for name in sorted({*was, *self._fits}) if was.get(name) != self._fits.get(name)]
        if not unlike:
            return ""
        name = unlike[0]
        return f"its {name} was {was.get(name, 'none')[:16]}, allowed is {self._fits.get(name, 'none')[:16]}"

    def _mac(self, kind: str, ts: int, bound: str, state: bytes) -> str:
        said = f"{kind} {ts} {hashlib.sha256(bound.encode()).hexdigest()} {hashlib.sha256(state).hexdigest()}"
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()


def _read(close: int, state: bytes) -> Checkpoint | RefusedCheckpoint:
    try:
        return cast("Checkpoint", pickle.loads(state))  # noqa: S301 - it is ours: its signature was checked
    except Exception as error:  # noqa: BLE001 - whatever a class that has changed raises
        return RefusedCheckpoint(close, f"it cannot be read: {error}", altered=False)


class CheckpointKeeper:
    """Keep the checkpoints of one run in the file that its `writer` writes its record to."""

    def __init__(self, store: CheckpointStore, file: StateFile, writer: StateWriter) -> None:
        self._store, self._file, self._writer = store, file, writer

    @property
    def parts(self) -> dict[str, Stateful]:
        """What of the record belongs into a checkpoint."""
        return {"writer": self._writer}

    def keep(self, live: Container[str], take: Callable[[], tuple[Checkpoint, dict[str, Any]]]) -> Checkpoint:
        """Write what `take` returns, and return it; in the record only `live` orders keep their names.

        Raises Unkeepable as `take_checkpoint` does.
        """
        self._writer.keep(live)
        checkpoint, history = take()
        self._file.write(self._store.rows(checkpoint, history, self._writer.written))
        return checkpoint


def _ahead(database: Any, written: Mapping[str, int]) -> str:
    for table, rows in written.items():
        held = database.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        if held < rows:
            return f"the record has {held} {table}, it counts {rows}"
    return ""
