# file: core/validation/hardrules.py
"""Hard rules that no statistic can make good: ruin, liquidation, absent costs."""

from __future__ import annotations

from tradingbot.core.config.validation import ValidationConfig
from tradingbot.core.market.funding import HIGHEST
from tradingbot.core.runtime.runrecord import RunRecord

MISSING_FUNDING = 0.01
"""A larger share of the settlements that were due while a position was open must not be absent from the data: a
perpetual without funding looks free, while the few that venues themselves lose in a year decide nothing."""


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
