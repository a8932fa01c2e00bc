# file: core/folds/walkforward.py
"""Test only on what comes after the training, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.combinatorial import groups
from tradingbot.core.folds.span import Span

__all__ = ["WalkFold", "walk_forward"]


@dataclass(frozen=True, slots=True)
class WalkFold:
    """A training span and the test span after it, numbered from 1."""

    number: int
    train: Span
    test: Span


def walk_forward(
    start: int, end: int, folds: int, purge: int = 0, embargo: int = 0, anchored: bool = True
) -> list[WalkFold]:
    """Cut [start, end) ns into `folds` + 1 equal blocks; each but the first is tested by what was trained before it.

    Training begins at `start`, or one block before its test when not `anchored`. It ends `purge` + `embargo` ns before
    its test: `purge` for labels that reach forward, `embargo` for what stays correlated beyond them. Only a distance
    before the test can serve here, since nothing trains on what comes after its own test.

    Raises
    ------
    BadInput
        When `folds` is below 1, a distance is negative, or the distances leave no time to train in.
    """
    if folds < 1:
        raise BadInput(f"folds was {folds}, allowed is 1 or more")
    if purge < 0 or embargo < 0:
        raise BadInput(f"purge was {purge} ns and embargo {embargo} ns, allowed is 0 or more of each")
    blocks = groups(start, end, folds + 1)
    found = []
    for number, test in enumerate(blocks[1:], start=1):
        begin = start if anchored else blocks[number - 1].start
        stop = test.start - purge - embargo
        if stop <= begin:
            raise BadInput(
                f"purge and embargo were {purge + embargo} ns, allowed is less than the {test.start - begin} ns"
                f" before the test of fold {number}"
            )
        found.append(WalkFold(number, Span(begin, stop), test))
    return found
