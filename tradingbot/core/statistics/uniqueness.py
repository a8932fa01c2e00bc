# file: core/statistics/uniqueness.py
"""Average uniqueness of labels and the sequential bootstrap that draws by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class _Timeline:
    # Time cut where any span starts or ends: each piece's length; each span's first piece and the one after its last.
    lengths: Ints
    first: Ints
    stop: Ints


def average_uniqueness(starts: Ints, ends: Ints) -> Floats:
    """Return the mean of 1 / concurrency over each span's time, above 0 to 1 [n].

    Spans are closed, [start, end], in bars or ns; concurrency is how many spans cover a bar or ns. Source: Lopez de
    Prado (2018), "Advances in Financial Machine Learning", sections 4.3 and 4.4.

    Raises BadInput when a span ends before it starts, or the lengths differ.
    """
    line = _timeline(starts, ends)
    return _uniqueness(line, np.maximum(_covered(line, np.arange(len(line.first))), 1))


def draw_probabilities(starts: Ints, ends: Ints, drawn: Ints) -> Floats:
    """Return with what probability each span is drawn next when those at the positions `drawn` already were: [n].

    Proportional to the average uniqueness each would have among them. Source: Lopez de Prado (2018), section 4.5.2.

    Raises BadInput when a span ends before it starts, or the lengths differ.
    """
    line = _timeline(starts, ends)
    unique = _uniqueness(line, _covered(line, np.asarray(drawn, dtype=np.int64)) + 1)
    return unique / unique.sum()


def sequential_bootstrap(starts: Ints, ends: Ints, size: int, rng: np.random.Generator) -> Ints:
    """Draw `size` positions of spans, each preferring what overlaps least with those drawn before: [size].

    Source: Lopez de Prado (2018), section 4.5.2. Takes time in proportion to `size` times the number of spans.

    Raises BadInput when there is no span, a span ends before it starts, or the lengths differ.
    """
    line = _timeline(starts, ends)
    if not len(line.first):
        raise BadInput("spans to draw from were 0, allowed is 1 or more")
    covered = np.ones(len(line.lengths), dtype=np.int64)
    drawn = np.empty(size, dtype=np.int64)
    for number in range(size):
        edges = np.cumsum(_uniqueness(line, covered))
        pick = min(int(np.searchsorted(edges, rng.random() * edges[-1], side="right")), len(edges) - 1)
        covered[line.first[pick] : line.stop[pick]] += 1
        drawn[number] = pick
    return drawn


def _timeline(starts: Ints, ends: Ints) -> _Timeline:
    if len(starts) != len(ends):
        raise BadInput(f"spans had {len(starts)} starts and {len(ends)} ends, allowed is one end for each start")
    if len(starts) and (ends < starts).any():
        where = int(np.argmax(ends < starts))
        raise BadInput(f"span {where} was {starts[where]} to {ends[where]}, allowed is an end at or after the start")
    edges = np.unique(np.concatenate([starts, ends + 1]))
    # The last piece has no length; it lets `stop` be an index.
    lengths = np.diff(edges, append=edges[-1:])
    return _Timeline(lengths, np.searchsorted(edges, starts), np.searchsorted(edges, ends + 1))


def _covered(line: _Timeline, chosen: Ints) -> Ints:
    steps = np.zeros(len(line.lengths), dtype=np.int64)
    np.add.at(steps, line.first[chosen], 1)
    np.add.at(steps, line.stop[chosen], -1)
    return np.cumsum(steps)


def _uniqueness(line: _Timeline, concurrency: Ints) -> Floats:
    if not len(line.first):
        return np.empty(0)
    bounds = np.column_stack([line.first, line.stop]).ravel()
    shared = np.add.reduceat(line.lengths / concurrency, bounds)[::2]
    unique: Floats = shared / np.add.reduceat(line.lengths, bounds)[::2]
    return unique
