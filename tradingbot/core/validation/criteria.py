# file: core/validation/criteria.py
"""Criteria of the verdict: trades, Sharpe ratio, profit factor, maximum drawdown, CVaR, adjusted p-value; hard rules.

A criterion is a pure function of the facts, the limits and the program's `own` limits; `power` is its chance of a pass
had the truth been `power_at`. A hard rule is one that no statistic can make good: ruin, liquidation, absent costs.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.validation import Thresholds, ValidationConfig
from tradingbot.core.market.funding import HIGHEST
from tradingbot.core.portfolio import ratios
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.sharpe import hac_error, iid_error, kurtosis, sharpe_interval, sharpe_ratio, skewness
from tradingbot.core.validation.evidence import Facts
from tradingbot.core.validation.record import Criterion
from tradingbot.core.validation.verdict import interval_answer, looser

TAIL = 0.05
# Title, unit, and whether a pass lies at or above the limit.
_FORMS: dict[str, tuple[str, str, bool]] = {
    "trades": ("Closed trades", "count", True),
    "effective_trades": ("Effective trades", "count", True),
    "sharpe": ("Sharpe ratio, annual", "", True),
    "profit_factor": ("Profit factor", "", True),
    "max_drawdown": ("Maximum drawdown", "share", False),
    "cvar": ("CVaR (5 %), daily", "share", False),
    "adjusted_p": ("p-value, adjusted for all trials", "p", False),
}
_SIDES = 2 * NormalDist().inv_cdf(0.975)
MISSING_FUNDING = 0.01
"""A larger share of the settlements that were due while a position was open must not be absent from the data: a
perpetual without funding looks free, while the few that venues themselves lose in a year decide nothing."""


def trades(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Count the closed round trips."""
    count = len(facts.evidence.pnl)
    return _criterion("trades", count, limits, own, f"{count:,} round trips were closed")


def effective_trades(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Count what the trades are worth as independent ones: overlapping, clustered and repeated trades count less."""
    effective = facts.effective
    why = (
        f"{len(facts.evidence.pnl):,} trades in {effective.clusters:,} clusters, whose results correlate by"
        f" {effective.intraclass:.2f} inside, inform like {effective.count:,.0f} independent ones"
    )
    return _criterion("effective_trades", round(effective.count, 6), limits, own, why)


def sharpe(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the annual Sharpe ratio; its interval allows for serial correlation (Lo 2002)."""
    value, truth = facts.sharpe, 1.5 * limits.sharpe
    interval = sharpe_interval(facts.evidence.returns, facts.days_per_year) if value is not None else None
    error = error_at(facts, truth)
    power = NormalDist().cdf((truth - limits.sharpe) / error) if error else None
    why = f"{len(facts.evidence.days):,} days of out-of-sample returns"
    return _criterion("sharpe", value, limits, own, why, interval, power, truth)


def error_at(facts: Facts, truth: float) -> float | None:
    """Return the standard error that an annual Sharpe ratio of `truth` would have on days such as these.

    The independent error at that ratio (Mertens 2002), scaled by what serial correlation does to the one measured.
    """
    returns, year = facts.evidence.returns, math.sqrt(facts.days_per_year)
    measured, correlated = sharpe_ratio(returns), hac_error(returns)
    if measured is None or correlated is None:
        return None
    n = len(returns)
    independent = iid_error(measured, n, skewness(returns), kurtosis(returns))
    inflation = max(1.0, correlated / independent) if independent > 0 else 1.0
    return iid_error(truth / year, n) * inflation * year


def profit_factor(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge gross profit over gross loss; its interval draws whole clusters of trades.

    For its power the logarithm of the factor is taken as normal, with the spread that the interval shows.
    """
    drawn, limit, pnl = facts.profit_factor, limits.profit_factor, facts.evidence.pnl
    winners, losers = pnl[pnl > 0], pnl[pnl < 0]
    won, lost = float(winners.sum()), -float(losers.sum())
    truth, power = 1 + 1.5 * (limit - 1), None
    if drawn and 0 < drawn.low < drawn.high:
        power = NormalDist().cdf(math.log(truth / limit) / (math.log(drawn.high / drawn.low) / _SIDES))
    value, interval = won / lost if lost > 0 else None, (drawn.low, drawn.high) if drawn else None
    why = f"{len(winners):,} winners made {won:,.2f}, {len(losers):,} losers cost {lost:,.2f}"
    return _criterion("profit_factor", value, limits, own, why, interval, power, truth)


def max_drawdown(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the maximum drawdown. One that happened is a fact, not an estimate: beyond the limit it fails."""
    value, drawn = facts.evidence.drawdown, facts.paths.drawdown if facts.paths else None
    why = (
        "the deepest fall of equity marked at every bar; the interval is of the same days in other orders, each"
        " with its intraday extremes: it cannot see a worse day than there was, nor a slide longer than its blocks"
    )
    criterion = _resampled_share("max_drawdown", value, drawn, limits, own, why)
    return criterion.model_copy(update={"answer": "pass" if value <= limits.max_drawdown else "fail"})


def cvar(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the CVaR (expected shortfall): the mean loss of the worst 5 % of days."""
    value, drawn = ratios.cvar(facts.evidence.returns, TAIL), facts.paths.cvar if facts.paths else None
    why = "the mean loss on the worst 5 % of days, a fraction of equity"
    return _resampled_share("cvar", value, drawn, limits, own, why)


def adjusted_p(facts: Facts, limits: Thresholds, own: Thresholds) -> Criterion:
    """Judge the max-t adjusted p-value over every trial that touched these days (Romano and Wolf 2005)."""
    value, others = facts.correction.adjusted_p if facts.correction else None, len(facts.rivals)
    why = f"the chance that the best of {others + 1:,} trial{'s' if others else ''} without an edge would look as good"
    return _criterion("adjusted_p", value, limits, own, why)


def broken_rules(record: RunRecord, allow_missing_funding: bool = False) -> list[str]:
    """Return a sentence for each hard rule that a run broke; empty when none did."""
    sentences = []
    if record.ruined:
        sentences.append("the account was ruined: equity fell to nothing")
    if record.liquidated:
        sentences.append("the venue liquidated a position: the stop did not protect it")
    if record.approved and not record.fills:
        sentences.append(
            f"{record.approved:,} entries were approved and none was filled: the run is broken, not unlucky"
        )
    if record.intents.proposed and not record.approved:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in record.intents.refused.items())
        sentences.append(f"all {record.intents.proposed:,} intents were refused by the risk desk ({rules})")
    if len(record.pnl) and record.fees == 0:
        sentences.append(f"{len(record.pnl):,} trades paid no fees at all: costs are not modelled")
    if record.settlements_missing > MISSING_FUNDING * record.settlements and not allow_missing_funding:
        sentences.append(
            f"funding is missing for {record.settlements_missing:,} of {record.settlements:,} settlements that fell"
            f" while a position was open ({record.settlements_missing / record.settlements:.1%}), allowed is"
            f" {MISSING_FUNDING:.0%}: costs are not modelled; `tradingbot data check` names them"
        )
    return sentences


def funding_doubts(record: RunRecord) -> list[str]:
    """Return a sentence for each reason to doubt the funding of a run, whether a rule breaks or not."""
    sentences = []
    if record.settlements_missing:
        sentences.append(
            f"{record.settlements_missing:,} of {record.settlements:,} settlements that fell while a position was open"
            f" ({record.settlements_missing / record.settlements:.1%}) are missing and were not charged."
        )
    if record.settlements_zero:
        sentences.append(
            f"{record.settlements_zero:,} of {record.settlements:,} settlements that fell while a position was open"
            f" ({record.settlements_zero / record.settlements:.1%}) have a rate of zero: were holes filled?"
        )
    if record.median_rate > HIGHEST:
        sentences.append(
            f"The funding rates have a median of {record.median_rate:.2%} in eight hours, usual is 0.01 %: percentages"
            " taken for fractions are paid and received a hundredfold."
        )
    return sentences


def switched_off(config: ValidationConfig) -> tuple[str, ...]:
    """Name the hard rules that the config switches off, for the top of the report."""
    if not config.allow_missing_funding:
        return ()
    return ("missing funding is allowed (allow_missing_funding): a perpetual without it looks free",)


CRITERIA = (trades, effective_trades, sharpe, profit_factor, max_drawdown, cvar, adjusted_p)


def _criterion(
    name: str,
    value: float | None,
    limits: Thresholds,
    own: Thresholds,
    why: str,
    interval: tuple[float, float] | None = None,
    power: float | None = None,
    power_at: float | None = None,
) -> Criterion:
    (title, unit, at_least), (low, high) = _FORMS[name], interval or (None, None)
    limit, own_limit = getattr(limits, name), getattr(own, name)
    return Criterion.model_validate(
        dict(
            name=name, title=title, unit=unit, value=value, limit=limit, own_limit=own_limit, at_least=at_least,
            low=low, high=high, power=power, power_at=power_at, why=why, looser=looser(limit, own_limit, at_least),
            answer=interval_answer(value, limit, at_least, low, high),
        )
    )  # fmt: skip


def _resampled_share(
    name: str, value: float | None, drawn: Floats | None, limits: Thresholds, own: Thresholds, why: str
) -> Criterion:
    """Judge a share by the 95 % interval of its resampled values; its power is how many of them keep the limit."""
    if drawn is None:
        return _criterion(name, value, limits, own, why)
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    power = float(np.mean(drawn <= getattr(limits, name)))
    return _criterion(name, value, limits, own, why, (low, high), power, value)
