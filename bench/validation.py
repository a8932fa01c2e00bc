# file: bench/validation.py
"""What a validation of a year of one-minute bars takes, and where the time goes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.row import Row

_DAYS = 365
_AIMS = {"quick": 30.0, "full": 180.0}


def measure() -> list[Row]:
    """Validate one instrument on two workers, each budget in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _home(Path(folder))
        rows = []
        for budget, aim in _AIMS.items():
            found = _run(folder, budget)
            against = f"{found['jobs']:.0f} such backtests alone / 2"
            rows.append(Row(f"validate, {budget}, a year of 1m", found["total"], "s", found["ideal"], against, aim=aim))
            for part in ("runs", "statistics", "regimes", "page"):
                rows.append(Row(f"validate, {budget}: {part}", found[part], "s", found["total"], "the whole"))
            if budget == "full":
                rows.append(Row("validate, full: peak of all processes", found["peak"], "MB", aim=2_000))
        return rows


def _run(folder: str, budget: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "bench.validator", folder, budget], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _home(place: Path) -> None:
    from tradingbot.core.market.catalog.catalog import Catalog
    from tradingbot.core.market.columns import PriceSide
    from tradingbot.core.market.instruments.listings import load_listing
    from tradingbot.core.market.series import Step
    from tradingbot.core.market.synthetic.crypto import crypto

    step = Step.parse("1m")
    made = crypto(7, "BTC", 1_735_689_600_000_000_000, _DAYS, step.ns)
    perpetual = load_listing(made.perpetual_id).instrument
    catalog = Catalog(place / "catalog" / "main", create=True)
    catalog.write_bars(perpetual, step, PriceSide.LAST, made.perpetual)
    catalog.write_marks(perpetual, made.marks)
    catalog.write_funding(perpetual, made.funding)
    config = {
        "name": "year",
        "catalog": "catalog/main",
        "lane": "cryptofutures",
        "instruments": [made.perpetual_id],
        "bar": "1m",
        "equity": "10000 USDT",
        "strategies": [{"path": "strategies.trendfollow:TrendFollow", "params": {}}],
    }
    (place / "year.json").write_text(json.dumps(config), encoding="utf-8")
