# file: tests/testvalidate.py
from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.core.validation.validationfixture import FADER, flip_byte, planted, rewrite, settle, walk
from tradingbot import promote as promotion
from tradingbot import validate as usecase
from tradingbot.cli.app import app
from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.core.runtime.strategyloader import load_strategy, sources_of
from tradingbot.core.validation.record import ValidationRecord

NOW = 1_800_000_000_000_000_000
_SHIPPED = Path("config/validation.json")


def _quiet(_title: str) -> Progress:
    return no_progress


def home_with(folder: Path, closes: Any, **budget: Any) -> Path:
    """Make a home whose full budget is small, with one market and one candidate."""
    folder.mkdir()
    settle(folder, closes)
    limits = json.loads(_SHIPPED.read_text(encoding="utf-8"))
    limits["budgets"]["full"] |= {"folds": 3, "resamples": 300, "factors": [0.9, 1.1], "joint": [0.9]} | budget
    candidate = {"candidate": "fader-1", "backtest": "fader.json", "perturb": ["far"]}
    (folder / "config").mkdir()
    for name, values in (("config/validation.json", limits), ("candidate.json", candidate)):
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    return folder


def eased(home: Path, **thresholds: float) -> None:
    """Ask for less than the program does."""
    limits = home / "config" / "validation.json"
    rewrite(limits, thresholds=json.loads(limits.read_text(encoding="utf-8"))["thresholds"] | thresholds)


def validated(home: Path, budget: str = "full", workers: int = 2, path: str = "candidate.json") -> usecase.Validated:
    """Validate at a fixed time, with `home` as the installation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", str(home))
        return usecase.run(path, [], budget=budget, workers=workers, cluster=None, stage=_quiet, now=lambda: NOW)


def states(home: Path) -> list[State]:
    return [change.state for change in Registry(home / "state" / "registry.db").history("fader-1")]


@dataclass(frozen=True)
class Passed:
    """A home whose candidate passed."""

    home: Path
    found: usecase.Validated


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Passed:
    home = home_with(tmp_path_factory.mktemp("planted") / "home", planted(24 * 720))
    return Passed(home, validated(home))


@pytest.fixture
def copy(passed: Passed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(passed.home, tmp_path / "home")
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_planted_edge_passes_every_criterion_and_stress(passed: Passed) -> None:
    record = passed.found.record
    assert record.verdict.value == "PASS", record.verdict.reasons
    assert {item.answer for item in record.criteria} == {"pass"}
    assert len(record.shocks) == 6
    assert [item.days for item in record.regimes] != [0, 0, 0, 0]
    assert len(record.folds) == 3
    assert sum(fold.test.trades for fold in record.folds) == record.pooled.measured.trades == record.whole.trades
    assert (record.trials.counted, record.origin.runs) == (1, 10)
    # Dearer trading costs something in the engine.
    base, by_name = record.whole.sharpe or 0, {item.name: item.measured.sharpe or 99 for item in record.shocks}
    assert base > by_name["slippage x2"] > by_name["slippage x4"]
    assert base > by_name["fees x1.5"]


def test_latency_that_stays_inside_an_hour_neither_passes_nor_fails(passed: Passed) -> None:
    """Orders sent at the close of an hourly bar meet the next open half a second and a second later alike."""
    answers = {item.name: item.answer for item in passed.found.record.shocks}
    idle = {name for name, answer in answers.items() if answer == "not_applicable"}
    assert idle == {"latency x5", "latency x10"}
    assert set(answers.values()) == {"pass", "not_applicable"}
    page = passed.found.html.read_text(encoding="utf-8")
    assert "waits for the next bar&#x27;s open anyway" in page or "waits for the next bar's open anyway" in page


def test_the_report_is_written_and_read_back_whole(passed: Passed) -> None:
    found = json.loads(passed.found.json.read_text(encoding="utf-8"))
    sha = found.pop("sha256")
    assert ValidationRecord.model_validate(found).sha256 == sha == passed.found.record.sha256
    assert "every criterion and every stress holds" in passed.found.html.read_text(encoding="utf-8")
    assert passed.found.json.parent.parent == passed.home / "logs" / "validation" / "fader-1"


def test_every_run_is_in_the_ledger_with_its_purpose(passed: Passed) -> None:
    rows = TrialLedger(passed.home / "state" / "trials.db").rows()
    purposes = [row.trial.purpose for row in rows]
    assert {name: purposes.count(name) for name in set(purposes)} == {"candidate": 1, "perturbation": 3, "shock": 6}
    (parent,) = {row.trial.parent for row in rows if row.trial.purpose != "candidate"}
    assert parent
    runs = passed.home / "state" / "runs"
    assert not runs.exists() or not any(runs.iterdir())


def test_the_same_bytes_come_out_of_one_worker_and_of_two(passed: Passed, tmp_path: Path) -> None:
    one, two = (validated(home_with(tmp_path / str(workers), planted(24 * 90)), workers=workers) for workers in (1, 2))
    assert one.record.to_json() == two.record.to_json()
    assert one.html.read_bytes() == two.html.read_bytes()


def test_a_random_walk_fails_and_says_why(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", walk(24 * 300))
    rewrite(home / "fader.json", start="2025-01-01")
    found = validated(home, "quick")
    assert found.record.verdict.value == "FAIL"
    # The first of the market's bars closes on Monday 6 January at 01:00.
    asked = "Asked for all from 2025-01-01 00:00, run from 2025-01-06 00:00 to "
    assert any(line.startswith(asked) and "120 missing" in line for line in found.record.cautions)
    assert found.record.origin.coverage["asked_start"] == "2025-01-01T00:00:00Z"
    assert "<dt>Requested</dt><dd>all from 2025-01-01 00:00</dd>" in found.html.read_text(encoding="utf-8")
    assert found.record.verdict.reasons[0].startswith("Sharpe ratio, annual was -")
    assert (found.certificate, states(home)) == (None, [State.CANDIDATE])


def test_the_quick_budget_cannot_pass_and_takes_nothing_back(passed: Passed, copy: Path) -> None:
    eased(copy, trades=100, effective_trades=100)
    rewrite(copy / "fader.json", end="2025-07-25")
    found = validated(copy, "quick")
    assert found.record.verdict.value == "INSUFFICIENT_EVIDENCE"
    assert found.record.verdict.settle[0].startswith("run what was left out: slippage x4")
    assert (found.certificate, states(copy)[-1]) == (None, State.VALIDATED)


def test_a_pass_is_certified_and_promoted_by_name_and_not_validated_once_it_is_retired(copy: Path) -> None:
    promotion.promote("fader-1", "ann", "read it", NOW + 1)
    assert states(copy)[-1] is State.PROMOTED
    promotion.retire("fader-1", "ann", "enough", NOW + 1)
    with pytest.raises(PolicyRefused, match=r"fader-1 is retired, which is final"):
        validated(copy, "quick")


FARTHER = [{"path": FADER, "params": {"far": 0.011}}]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda home: rewrite(home / "fader.json", strategies=FARTHER), "params"),
        (lambda home: rewrite(home / "fader.json", risk={"risk_fraction": 0.01}), "config"),
        (lambda home: eased(home, sharpe=1.0), "config"),
        (flip_byte, "data"),
    ],
)
def test_a_byte_that_drifts_refuses_promotion_by_name(copy: Path, change: Callable[[Path], None], part: str) -> None:
    change(copy)
    with pytest.raises(PolicyRefused, match=rf"fader-1 was not promoted: {part} changed since it was validated"):
        promotion.promote("fader-1", "ann", "", NOW + 1)


def test_a_strategy_that_drifts_refuses_promotion_by_name(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path("tests/core/validation/reversionstrategy.py").read_bytes()
    assert source in sources_of(load_strategy(StrategySpec(path=FADER))[0])
    monkeypatch.setattr("tradingbot.core.runtime.provenance.sources_of", lambda _cls: [source + b"# more\n"])
    with pytest.raises(PolicyRefused, match=r"fader-1 was not promoted: strategy changed"):
        promotion.promote("fader-1", "ann", "", NOW + 1)


def test_nothing_validates_on_a_ledger_that_was_cut(copy: Path) -> None:
    (copy / "state" / "trials.db").unlink()
    with pytest.raises(LedgerTampered, match=r"trials.db is gone"):
        validated(copy, "quick")


def test_a_synthetic_market_is_promoted_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_with(tmp_path / "home", planted(24 * 200), factors=[], joint=[0.9], shocks=["fees x1.5"])
    eased(home, trades=100, effective_trades=100)
    (home / "catalog" / "main" / "SYNTHETIC.md").write_text("made up", encoding="utf-8")
    monkeypatch.setenv("TRADINGBOT_HOME", str(home))
    record = validated(home).record
    assert record.verdict.value == "PASS", record.verdict.reasons
    assert record.cautions[0] == "The market is synthetic, with planted edges: this verdict is evidence of nothing."
    assert "The limit of Closed trades was 100, looser than the program's own, 500." in record.cautions
    with pytest.raises(PolicyRefused, match=r"fader-1 was validated on a synthetic market"):
        promotion.promote("fader-1", "ann", "", NOW + 1)


def test_a_grid_is_trained_in_each_fold_and_cross_validated(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", planted(24 * 200), factors=[], joint=[], shocks=["fees x1.5"], groups=6)
    grid = {"kind": "grid", "values": {"strategies.0.params.far": [0.01, 0.02, 0.03]}}
    rewrite(home / "candidate.json", candidate="grid-1", recipe=grid, perturb=None)
    record = validated(home).record
    assert [fold.candidates for fold in record.folds] == [3, 3, 3]
    assert {fold.chosen["far"] for fold in record.folds} <= {0.01, 0.02, 0.03}
    assert all(fold.in_sample_sharpe is not None for fold in record.folds)
    assert (len(record.paths), record.trials.counted) == (5, 3)
    assert record.origin.chosen[0].startswith("strategies.0.params.far=0.0")
    assert record.pooled.days[0] == record.folds[0].test_start[:10]


def test_the_verb_ends_with_3_and_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_with(tmp_path / "home", walk(24 * 100))
    monkeypatch.setenv("TRADINGBOT_HOME", str(home))
    shown = CliRunner().invoke(app, ["validate", "fader.json", "--budget", "quick", "--workers", "2", "--json"])
    assert isinstance(shown.exception, PolicyRefused)
    assert str(shown.exception).startswith("fader: ")
    found = json.loads(shown.output)
    assert found["verdict"]["value"] in {"FAIL", "INSUFFICIENT_EVIDENCE"}
    assert found["origin"]["command"] == "tradingbot validate fader.json --budget quick"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--budget", "huge"], "--budget was 'huge', allowed are quick, full"),
        (["--workers", "0"], "--workers was 0, allowed is 1 or more"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: list[str], sentence: str) -> None:
    shown = CliRunner().invoke(app, ["validate", "config/backtests/trend.json", *options])
    assert isinstance(shown.exception, BadInput)
    assert str(shown.exception) == sentence
