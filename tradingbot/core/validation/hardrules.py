# file: core/validation/hardrules.py
"""What no statistic can make good."""

from __future__ import annotations

from tradingbot.core.runtime.runrecord import RunRecord

__all__ = ["broken_rules"]


def broken_rules(record: RunRecord) -> list[str]:
    """Return a sentence for each hard rule that a run broke; empty when none did."""
    found = []
    if record.ruined:
        found.append("the account was ruined: equity fell to nothing")
    if record.liquidated:
        found.append("the venue liquidated a position: the stop did not protect it")
    if record.approved and not record.fills:
        found.append(f"{record.approved:,} entries were approved and none was filled: the run is broken, not unlucky")
    if record.intents.proposed and not record.approved:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in record.intents.refused.items())
        found.append(f"all {record.intents.proposed:,} intents were refused by the risk desk ({rules})")
    if len(record.pnl) and record.fees == 0:
        found.append(f"{len(record.pnl):,} trades paid no fees at all: costs are not modelled")
    return found
