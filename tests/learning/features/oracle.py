# file: tests/learning/features/oracle.py
"""Each feature once more, written plainly from its definition: what it is at the last bar of `m`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.featureset import PointInTimeBars


def _returns(x: Floats) -> Floats:
    return np.log(x[1:] / x[:-1])


def _momentum(m: PointInTimeBars, n: int) -> float:
    return math.log(m.close[-1] / m.close[-1 - n])


def _trend(m: PointInTimeBars, n: int) -> float:
    r = _returns(m.close)[-n:]
    return float(r.sum() / math.sqrt((r**2).sum())) if r.any() else 0.0


def _distance(m: PointInTimeBars, n: int) -> float:
    x = np.log(m.close[-n:])
    return float((x[-1] - x.mean()) / x.std()) if np.ptp(x) else 0.0


def _crossover(m: PointInTimeBars, short: int, long: int) -> float:
    x = np.log(m.close[-long:])
    return float((x[-short:].mean() - x.mean()) / x.std()) if np.ptp(x) else 0.0


def _recent(m: PointInTimeBars, n: int) -> float:
    r, weights = _returns(m.close)[-n:], 0.5 ** (np.arange(n)[::-1] / (n / 4))
    weights /= weights.sum()
    return float(weights @ r / math.sqrt(weights @ r**2)) if r.any() else 0.0


def _rsi(m: PointInTimeBars, n: int) -> float:
    steps = np.diff(m.close)[-n:]
    up, down = steps[steps > 0].sum(), -steps[steps < 0].sum()
    return float(up / (up + down)) if up + down else 0.5


def _position(m: PointInTimeBars, n: int) -> float:
    top, bottom = m.high[-n:].max(), m.low[-n:].min()
    return float((m.close[-1] - bottom) / (top - bottom)) if top > bottom else 0.5


def _efficiency(m: PointInTimeBars, n: int) -> float:
    steps = np.diff(m.close)[-n:]
    return float(abs(steps.sum()) / np.abs(steps).sum()) if steps.any() else 0.0


def _realised(m: PointInTimeBars, n: int) -> float:
    return math.sqrt(np.mean(_returns(m.close)[-n:] ** 2))


def _parkinson(m: PointInTimeBars, n: int) -> float:
    return math.sqrt(np.mean(np.log(m.high / m.low)[-n:] ** 2) / (4 * math.log(2)))


def _garman_klass(m: PointInTimeBars, n: int) -> float:
    bars = 0.5 * np.log(m.high / m.low) ** 2 - (2 * math.log(2) - 1) * np.log(m.close / m.open) ** 2
    return math.sqrt(max(bars[-n:].mean(), 0))


def _rogers_satchell(m: PointInTimeBars, n: int) -> float:
    up = np.log(m.high / m.close) * np.log(m.high / m.open)
    down = np.log(m.low / m.close) * np.log(m.low / m.open)
    return math.sqrt(max((up + down)[-n:].mean(), 0))


def _volatility_ratio(m: PointInTimeBars, short: int, long: int) -> float:
    now, usual = _realised(m, short), _realised(m, long)
    return math.log(now / usual) if now else 0.0


def _skew(m: PointInTimeBars, n: int) -> float:
    r = _returns(m.close)[-n:]
    return float(((r - r.mean()) ** 3).mean() / r.std() ** 3) if np.ptp(r) else 0.0


def _surprise(m: PointInTimeBars, n: int) -> float:
    mean = m.volume[-n:].mean()
    return math.log((m.volume[-1] / mean + 1) / 2) if mean else 0.0


def _flow(m: PointInTimeBars, n: int) -> float:
    volume = m.volume[-n:]
    return float((np.sign(_returns(m.close)[-n:]) * volume).sum() / volume.sum()) if volume.any() else 0.0


def _conviction(m: PointInTimeBars, short: int, long: int) -> float:
    usual = m.volume[-long:].mean()
    return _momentum(m, short) * math.log((m.volume[-short:].mean() / usual + 1) / 2) if usual else 0.0


def _correlation(x: Floats, y: Floats) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else 0.0


def _price_volume(m: PointInTimeBars, n: int) -> float:
    return _correlation(_returns(m.close)[-n:], m.volume[-n:])


def _quoted_spread(m: PointInTimeBars, n: int) -> float:
    return float(1e4 * (m.spread / m.close)[-n:].mean())


def _corwin_schultz(m: PointInTimeBars, n: int) -> float:
    found = []
    for i in range(len(m) - n, len(m)):
        beta = math.log(m.high[i] / m.low[i]) ** 2 + math.log(m.high[i - 1] / m.low[i - 1]) ** 2
        gamma = math.log(max(m.high[i], m.high[i - 1]) / min(m.low[i], m.low[i - 1])) ** 2
        k = 3 - 2 * math.sqrt(2)
        alpha = (math.sqrt(2 * beta) - math.sqrt(beta)) / k - math.sqrt(gamma / k)
        found.append(max(2 * (math.exp(alpha) - 1) / (1 + math.exp(alpha)), 0))
    return 1e4 * sum(found) / n


def _roll(m: PointInTimeBars, n: int) -> float:
    r = _returns(m.close)
    covariance = np.cov(r[-n:], r[-n - 1 : -1], bias=True)[0, 1]
    return 2e4 * math.sqrt(max(-covariance, 0))


def _illiquidity(m: PointInTimeBars, short: int, long: int) -> float:
    traded = m.close[1:] * m.volume[1:]
    bars = np.divide(np.abs(_returns(m.close)), traded, out=np.zeros(len(traded)), where=traded > 0)
    now, usual = bars[-short:].mean(), bars[-long:].mean()
    return math.log(now / usual) if now else 0.0


def _location(m: PointInTimeBars, n: int) -> float:
    bars = [
        ((c - low) - (high - c)) / (high - low) if high > low else 0.0
        for high, low, c in zip(m.high, m.low, m.close, strict=True)
    ]
    return sum(bars[-n:]) / n


def _funding_rate(m: PointInTimeBars) -> float:
    return float(1e4 * m.funding[-1])


def _funding_mean(m: PointInTimeBars, n: int) -> float:
    return float(1e4 * m.funding[-n:].mean())


def _leader(m: PointInTimeBars, n: int) -> float:
    return math.log(m.leader[-1] / m.leader[-1 - n])


def _relative(m: PointInTimeBars, n: int) -> float:
    return _momentum(m, n) - _leader(m, n)


def _beta(m: PointInTimeBars, n: int) -> float:
    leader = _returns(m.leader)[-n:]
    return float(np.cov(_returns(m.close)[-n:], leader, bias=True)[0, 1] / leader.var()) if np.ptp(leader) else 0.0


def _leader_correlation(m: PointInTimeBars, n: int) -> float:
    return _correlation(_returns(m.close)[-n:], _returns(m.leader)[-n:])


def _when(m: PointInTimeBars) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(m.ts[-1]) / 1e9, dt.UTC)


def _hour(m: PointInTimeBars) -> float:
    return 2 * math.pi * (_when(m).hour + _when(m).minute / 60) / 24


def _day(m: PointInTimeBars) -> float:
    return (2 * math.pi * _when(m).weekday() + _hour(m)) / 7


ORACLE: dict[str, Callable[..., float]] = {
    "momentum": _momentum,
    "trend": _trend,
    "distance": _distance,
    "crossover": _crossover,
    "recent": _recent,
    "rsi": _rsi,
    "position": _position,
    "efficiency": _efficiency,
    "realised": _realised,
    "parkinson": _parkinson,
    "garmanklass": _garman_klass,
    "rogerssatchell": _rogers_satchell,
    "volratio": _volatility_ratio,
    "skew": _skew,
    "surprise": _surprise,
    "flow": _flow,
    "conviction": _conviction,
    "pricevolume": _price_volume,
    "quotedspread": _quoted_spread,
    "corwinschultz": _corwin_schultz,
    "roll": _roll,
    "illiquidity": _illiquidity,
    "location": _location,
    "fundingrate": _funding_rate,
    "fundingmean": _funding_mean,
    "leader": _leader,
    "relative": _relative,
    "beta": _beta,
    "leadercorrelation": _leader_correlation,
    "hoursin": lambda m: math.sin(_hour(m)),
    "hourcos": lambda m: math.cos(_hour(m)),
    "daysin": lambda m: math.sin(_day(m)),
    "daycos": lambda m: math.cos(_day(m)),
    "weekend": lambda m: float(_when(m).weekday() >= 5),
}
