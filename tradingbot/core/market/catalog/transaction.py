# file: core/market/catalog/transaction.py
"""Catalog transaction: change it all at once or not at all, whatever happens to the process."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tradingbot.core.errors import BadInput
from tradingbot.core.storage.filelock import take

_STAGING = ".staging"
_JOURNAL = "journal.json"
_SYNCS = 8
"""Files brought to the disk at a time: thousands of small ones wait for it together."""


@dataclass(slots=True)
class Transaction:
    """Files made in `folder`, to be moved below the root, and files there to be removed."""

    root: Path
    folder: Path
    moves: list[tuple[Path, Path]] = field(default_factory=list)
    removals: list[Path] = field(default_factory=list)

    def new_file(self) -> Path:
        """Return the path of a file to write in the staging folder."""
        return self.folder / f"{uuid.uuid4().hex}.parquet"

    def move(self, staged: Path, target: Path) -> None:
        """Plan that a staged file becomes `target`, a path below the root."""
        self.moves.append((staged.relative_to(self.root), target))

    def remove(self, target: Path) -> None:
        """Plan that the file `target`, below the root, goes away."""
        self.removals.append(target)


@contextmanager
def transaction(root: Path) -> Iterator[Transaction]:
    """Hold the catalog's lock; at the end do what was planned, or nothing if the block raised.

    What is planned is written to a journal first: from then on the change happens even if the process dies, before it
    nothing has changed.

    Raises BadInput when another process is writing to this catalog.
    """
    staging = root / _STAGING
    staging.mkdir(parents=True, exist_ok=True)
    with _lock(staging) as held:
        if not held:
            raise BadInput(f"the catalog {root} is being written by another process; try again when it is done")
        _roll_forward(root)
        folder = staging / uuid.uuid4().hex
        folder.mkdir()
        try:
            planned = Transaction(root, folder)
            yield planned
            if planned.moves or planned.removals:
                _commit(planned)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def recover(root: Path) -> None:
    """Finish a change whose process died after its journal was written; do nothing while another process is writing."""
    staging = root / _STAGING
    if not any(staging.glob(f"*/{_JOURNAL}")):
        return
    with _lock(staging) as held:
        if held:
            _roll_forward(root)


@contextmanager
def _lock(staging: Path) -> Iterator[bool]:
    with (staging / "lock").open("w") as lock:
        yield take(lock.fileno())


def _commit(planned: Transaction) -> None:
    with ThreadPoolExecutor(_SYNCS) as many:
        list(many.map(_sync, (planned.root / staged for staged, _target in planned.moves)))
    text = json.dumps({
        "moves": [[str(staged), str(target)] for staged, target in planned.moves],
        "removals": [str(target) for target in planned.removals],
    })  # fmt: skip
    part = planned.folder / "journal.part"
    part.write_text(text, encoding="utf-8")
    _sync(part)
    part.replace(planned.folder / _JOURNAL)
    _sync(planned.folder)
    _apply(planned.root, planned.folder)


def _apply(root: Path, folder: Path) -> None:
    plan = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    targets = {target for _staged, target in plan["moves"]}
    for target in plan["removals"]:
        if target not in targets:
            (root / target).unlink(missing_ok=True)
    for staged, target in plan["moves"]:
        if (root / staged).exists():
            (root / target).parent.mkdir(parents=True, exist_ok=True)
            (root / staged).replace(root / target)
    for target in plan["removals"]:
        parent = (root / target).parent
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
    (folder / _JOURNAL).unlink()


def _roll_forward(root: Path) -> None:
    for folder in (root / _STAGING).iterdir():
        if folder.is_dir():
            if (folder / _JOURNAL).exists():
                _apply(root, folder)
            shutil.rmtree(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
