# file: core/report/sections/opening.py
"""The top of the report: what was run, what came out in one sentence, and why to doubt it."""

from __future__ import annotations

from tradingbot.core.portfolio.isotime import DAY, from_iso
from tradingbot.core.report.markup import Html, card, join, signed, tag
from tradingbot.core.report.period import asked_otherwise
from tradingbot.core.report.phrase import amount, duration, number, percent, when
from tradingbot.core.report.reading import Found

__all__ = ["cautions", "header"]

_LANES = {"cryptospot": "Crypto spot", "cryptofutures": "Crypto futures", "forex": "Forex", "options": "Options"}


def header(result: Found) -> Html:
    """Return the title, the badges, the sentence and the set-up."""
    return tag(
        "header",
        tag("p", "Backtest", class_="eyebrow"),
        tag("h1", result["name"]),
        tag("p", *_badges(result), class_="badges"),
        tag("p", _sentence(result), class_="lead"),
        tag("dl", *_setup(result), class_="setup"),
    )


def cautions(result: Found) -> Html:
    """Return the warnings, or that there are none."""
    found = result["warnings"]
    if not found:
        return card("Before you trust this", tag("p", "None of the checks found a reason for doubt.", class_="note"))
    items = [tag("li", item["sentence"], id=f"warning-{item['code']}") for item in found]
    return tag("section", tag("h2", "Before you trust this"), tag("ul", *items), class_="card wide cautions")


def _badges(result: Found) -> list[Html]:
    data = result["data"]
    badges = [tag("span", "SYNTHETIC DATA", class_="badge loud")] if data["synthetic"] else []
    texts = [_LANES.get(result["lane"], result["lane"]), f"{result['bar']} bars", f"realism: {result['realism']}"]
    texts += [f"seed {result['run']['seed']}", data["label"]]
    return badges + [tag("span", text, class_="badge") for text in texts if text]


def _sentence(result: Found) -> Html:
    summary, currency = result["summary"], result["currency"]
    count = summary["trades"]
    trades = "No closed trade" if not count else "1 trade" if count == 1 else f"{number(count, 0)} trades"
    total, hold = summary["total_return"], summary["buy_and_hold"]
    parts: list[str] = [
        f"{trades} in {_days(result)} took {amount(summary['start_equity'], currency)} to ",
        tag("strong", amount(summary["end_equity"], currency)),
        " (",
        signed(total, percent(total, 1, sign=True)),
        "). ",
    ]
    if summary["open_pnl"]:
        realised, unrealised = (amount(summary[name], currency, sign=True) for name in ("realised_pnl", "open_pnl"))
        net = amount(summary["net_pnl"], currency, sign=True)
        parts.append(f"The net profit of {net} is {realised} realised and {unrealised} unrealised. ")
    if moved := summary["transfers"]:
        parts.append(f"{amount(abs(moved), currency)} were {'put in' if moved > 0 else 'taken out'} on the way. ")
    if hold is not None:
        parts += ["Holding the instruments: ", signed(hold, percent(hold, 1, sign=True)), ". "]
    parts.append(f"The deepest fall from a peak was {percent(summary['max_drawdown'])}.")
    return join(parts)


def _days(result: Found) -> str:
    span = from_iso(result["end"]) - from_iso(result["start"])
    return f"{number(span / DAY, 0)} days" if span >= 2 * DAY else duration(span)


def _setup(result: Found) -> list[Html]:
    many = len(result["strategies"])
    otherwise = asked_otherwise(result["coverage"], result["start"], result["end"])
    pairs: list[tuple[str, str]] = [
        ("Period", f"{when(result['start'])} to {when(result['end'])} UTC"),
        *([("Asked for", otherwise)] if otherwise else []),
        ("Instruments", ", ".join(result["instruments"])),
        ("Strategies" if many > 1 else "Strategy", join(_strategy(entry) for entry in result["strategies"])),
    ]
    if note := result["run"]["realism_note"]:
        pairs.append(("Fills", note))
    return [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs]


def _strategy(entry: Found) -> Html:
    params = ", ".join(f"{key} = {value}" for key, value in sorted(entry.get("params", {}).items()))
    return tag("span", tag("code", str(entry["path"])), f" {params or 'default parameters'}", class_="strategy")
