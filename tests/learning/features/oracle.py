# file: tests/learning/features/oracle.py
"""Each feature once more, written plainly from its definition under its word: what it is at the last bar of `m`."""

from __future__ import annotations

import datetime as dt
import inspect
import math
from collections.abc import Callable

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.featureset import PointInTimeBars


def _returns(x: Floats) -> Floats:
    return np.log(x[1:] / x[:-1])


def momentum(m: PointInTimeBars, n: int) -> float:
    return math.log(m.close[-1] / m.close[-1 - n])


def trend(m: PointInTimeBars, n: int) -> float:
    r = _returns(m.close)[-n:]
    return float(r.sum() / math.sqrt((r**2).sum())) if r.any() else 0.0


def distance(m: PointInTimeBars, n: int) -> float:
    x = np.log(m.close[-n:])
    return float((x[-1] - x.mean()) / x.std()) if np.ptp(x) else 0.0


def crossover(m: PointInTimeBars, short: int, long: int) -> float:
    x = np.log(m.close[-long:])
    return float((x[-short:].mean() - x.mean()) / x.std()) if np.ptp(x) else 0.0


def recent(m: PointInTimeBars, n: int) -> float:
    r, weights = _returns(m.close)[-n:], 0.5 ** (np.arange(n)[::-1] / (n / 4))
    weights /= weights.sum()
    return float(weights @ r / math.sqrt(weights @ r**2)) if r.any() else 0.0


def rsi(m: PointInTimeBars, n: int) -> float:
    steps = np.diff(m.close)[-n:]
    up, down = steps[steps > 0].sum(), -steps[steps < 0].sum()
    return float(up / (up + down)) if up + down else 0.5


def position(m: PointInTimeBars, n: int) -> float:
    top, bottom = m.high[-n:].max(), m.low[-n:].min()
    return float((m.close[-1] - bottom) / (top - bottom)) if top > bottom else 0.5


def efficiency(m: PointInTimeBars, n: int) -> float:
    steps = np.diff(m.close)[-n:]
    return float(abs(steps.sum()) / np.abs(steps).sum()) if steps.any() else 0.0


def realised(m: PointInTimeBars, n: int) -> float:
    return math.sqrt(np.mean(_returns(m.close)[-n:] ** 2))


def parkinson(m: PointInTimeBars, n: int) -> float:
    return math.sqrt(np.mean(np.log(m.high / m.low)[-n:] ** 2) / (4 * math.log(2)))


def garmanklass(m: PointInTimeBars, n: int) -> float:
    bars = 0.5 * np.log(m.high / m.low) ** 2 - (2 * math.log(2) - 1) * np.log(m.close / m.open) ** 2
    return math.sqrt(max(bars[-n:].mean(), 0))


def rogerssatchell(m: PointInTimeBars, n: int) -> float:
    up = np.log(m.high / m.close) * np.log(m.high / m.open)
    down = np.log(m.low / m.close) * np.log(m.low / m.open)
    return math.sqrt(max((up + down)[-n:].mean(), 0))


def volratio(m: PointInTimeBars, short: int, long: int) -> float:
    now, usual = realised(m, short), realised(m, long)
    return math.log(now / usual) if now else 0.0


def skew(m: PointInTimeBars, n: int) -> float:
    r = _returns(m.close)[-n:]
    return float(((r - r.mean()) ** 3).mean() / r.std() ** 3) if np.ptp(r) else 0.0


def surprise(m: PointInTimeBars, n: int) -> float:
    mean = m.volume[-n:].mean()
    return math.log((m.volume[-1] / mean + 1) / 2) if mean else 0.0


def flow(m: PointInTimeBars, n: int) -> float:
    volume = m.volume[-n:]
    return float((np.sign(_returns(m.close)[-n:]) * volume).sum() / volume.sum()) if volume.any() else 0.0


def conviction(m: PointInTimeBars, short: int, long: int) -> float:
    usual = m.volume[-long:].mean()
    return momentum(m, short) * math.log((m.volume[-short:].mean() / usual + 1) / 2) if usual else 0.0


def _correlation(x: Floats, y: Floats) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else 0.0


def pricevolume(m: PointInTimeBars, n: int) -> float:
    return _correlation(_returns(m.close)[-n:], m.volume[-n:])


def quotedspread(m: PointInTimeBars, n: int) -> float:
    return float(1e4 * (m.spread / m.close)[-n:].mean())


def corwinschultz(m: PointInTimeBars, n: int) -> float:
    found = []
    for i in range(len(m) - n, len(m)):
        beta = math.log(m.high[i] / m.low[i]) ** 2 + math.log(m.high[i - 1] / m.low[i - 1]) ** 2
        gamma = math.log(max(m.high[i], m.high[i - 1]) / min(m.low[i], m.low[i - 1])) ** 2
        k = 3 - 2 * math.sqrt(2)
        alpha = (math.sqrt(2 * beta) - math.sqrt(beta)) / k - math.sqrt(gamma / k)
        found.append(max(2 * (math.exp(alpha) - 1) / (1 + math.exp(alpha)), 0))
    return 1e4 * sum(found) / n


def roll(m: PointInTimeBars, n: int) -> float:
    r = _returns(m.close)
    covariance = np.cov(r[-n:], r[-n - 1 : -1], bias=True)[0, 1]
    return 2e4 * math.sqrt(max(-covariance, 0))


def illiquidity(m: PointInTimeBars, short: int, long: int) -> float:
    traded = m.close[1:] * m.volume[1:]
    bars = np.divide(np.abs(_returns(m.close)), traded, out=np.zeros(len(traded)), where=traded > 0)
    now, usual = bars[-short:].mean(), bars[-long:].mean()
    return math.log(now / usual) if now else 0.0


def location(m: PointInTimeBars, n: int) -> float:
    bars = [
        ((c - low) - (high - c)) / (high - low) if high > low else 0.0
        for high, low, c in zip(m.high, m.low, m.close, strict=True)
    ]
    return sum(bars[-n:]) / n


def fundingrate(m: PointInTimeBars) -> float:
    return float(1e4 * m.funding[-1])


def fundingmean(m: PointInTimeBars, n: int) -> float:
    return float(1e4 * m.funding[-n:].mean())


def leader(m: PointInTimeBars, n: int) -> float:
    return math.log(m.leader[-1] / m.leader[-1 - n])


def relative(m: PointInTimeBars, n: int) -> float:
    return momentum(m, n) - leader(m, n)


def beta(m: PointInTimeBars, n: int) -> float:
    leader = _returns(m.leader)[-n:]
    return float(np.cov(_returns(m.close)[-n:], leader, bias=True)[0, 1] / leader.var()) if np.ptp(leader) else 0.0


def leadercorrelation(m: PointInTimeBars, n: int) -> float:
    return _correlation(_returns(m.close)[-n:], _returns(m.leader)[-n:])


def _when(m: PointInTimeBars) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(m.ts[-1]) / 1e9, dt.UTC)


def _hour(m: PointInTimeBars) -> float:
    return 2 * math.pi * (_when(m).hour + _when(m).minute / 60) / 24


def _day(m: PointInTimeBars) -> float:
    return (2 * math.pi * _when(m).weekday() + _hour(m)) / 7


def hoursin(m: PointInTimeBars) -> float:
    return math.sin(_hour(m))


def hourcos(m: PointInTimeBars) -> float:
    return math.cos(_hour(m))


def daysin(m: PointInTimeBars) -> float:
    return math.sin(_day(m))


def daycos(m: PointInTimeBars) -> float:
    return math.cos(_day(m))


def weekend(m: PointInTimeBars) -> float:
    return float(_when(m).weekday() >= 5)


ORACLE: dict[str, Callable[..., float]] = {
    name: item for name, item in list(globals().items()) if inspect.isfunction(item) and not name.startswith("_")
}
