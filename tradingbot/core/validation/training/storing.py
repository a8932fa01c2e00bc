# file: core/validation/training/storing.py
"""Put a course's features into the feature store, so that what was learned from can be read again."""

from __future__ import annotations

from tradingbot.core.config.home import home, resolve
from tradingbot.core.errors import RunFailed
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.validation.training.course import Course
from tradingbot.learning.datasets import Featured
from tradingbot.learning.featurestore import FeatureStore
from tradingbot.learning.manifest import Stored

__all__ = ["stored"]


def stored(course: Course, planned: Plan) -> dict[str, Stored]:
    """Append what is new of each instrument's features and return what the store then holds, by instrument.

    Each catalog and bar length has tables of its own below `state/features/`.

    Raises
    ------
    RunFailed
        When rows that are stored already were computed differently this time.
    """
    config = planned.config
    folder = home() / "state" / "features" / f"{resolve(config.catalog).name}-{config.bar}"
    store = FeatureStore(folder)
    try:
        return {piece.slice.instrument: _appended(store, piece) for piece in course.pieces}
    except RunFailed as error:
        raise RunFailed(f"{error}; where market data was corrected, move {folder} away and train again") from error


def _appended(store: FeatureStore, piece: Featured) -> Stored:
    # What was computed before the set was warm depends on where the history began.
    since = piece.memory
    made = store.append(
        piece.slice.instrument, piece.slice.moments.ts[since:], piece.names, piece.values[since:], piece.code_sha256
    )
    return Stored(version=made.version, rows=made.rows, sha256=made.sha256)
