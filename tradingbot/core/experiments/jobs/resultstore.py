# file: core/experiments/jobs/resultstore.py
"""Result store: keep results of jobs in files, so that an interrupted run resumes."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# What reading a result of an older shape can raise; such a result is computed again.
_UNREADABLE = (pickle.PickleError, AttributeError, EOFError, ImportError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class ResultStore[R]:
    """Results by key in `folder`, one file each: a line with the SHA-256 of key and content, then the content.

    A key is to cover all that the result depends on: code, config and data. A torn, edited or renamed file is as good
    as none. The checksum finds accidents, not malice: who may write here runs as who may write the program, as the
    default format is pickle. `dump` and `load` change it; they are each other's inverse.
    """

    folder: Path
    dump: Callable[[R], bytes] = pickle.dumps
    load: Callable[[bytes], R] = pickle.loads

    def kept(self, keys: Iterable[str]) -> dict[str, R]:
        """Return the results of those keys that have a sound one, in the order of `keys`."""
        results: dict[str, R] = {}
        for key in keys:
            with suppress(FileNotFoundError, *_UNREADABLE):
                seal, line, content = self._path(key).read_bytes().partition(b"\n")
                if seal + line == _seal(key, content):
                    results[key] = self.load(content)
        return results

    def keep(self, key: str, result: R) -> None:
        """Write the result of `key`, all of it or nothing."""
        content = self.dump(result)
        path = self._path(key)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(_seal(key, content) + content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove every result and the folder; what else lies there stays."""
        for path in self.folder.glob("*.result"):
            path.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.result"


def _seal(key: str, content: bytes) -> bytes:
    named = hashlib.sha256(key.encode()).digest()
    return hashlib.sha256(named + content).hexdigest().encode() + b"\n"
