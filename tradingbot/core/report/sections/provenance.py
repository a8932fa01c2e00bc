# file: core/report/sections/provenance.py
"""What is needed to run it again and to see that it is the same."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, card, tag
from tradingbot.core.report.phrase import number
from tradingbot.core.report.reading import Found

__all__ = ["provenance"]

_HASHES = (("result", "Result"), ("config", "Config"), ("code", "Code"), ("data", "Data"))


def provenance(result: Found) -> Html:
    """Return the facts of the run. How long it took is left out: equal runs have equal reports."""
    run = result["run"]
    pairs = [("Seed", str(run["seed"])), ("Bars", number(run["bars"], 0))]
    pairs += [(title, tag("code", run[f"{name}_sha256"])) for name, title in _HASHES]
    pairs.append(("Versions", ", ".join(f"{name} {version}" for name, version in sorted(run["versions"].items()))))
    rows = [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs]
    again = tag("pre", tag("code", run["command"]))
    return card("Run it again", again, tag("dl", *rows, class_="facts"), note="Same seed, same data, same result.")
