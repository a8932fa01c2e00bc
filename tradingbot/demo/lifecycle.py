# file: demo/lifecycle.py
"""Train, validate and promote two candidates in the demo's home: a signal model and a noise control.

Both are trained, validated and put up for promotion by the verbs that everybody uses. What is promoted in the demo's
home stays in it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tradingbot import train as training
from tradingbot import validate as validation
from tradingbot.core.config.home import SYNTHETIC, config_file, config_files, home, login, moved
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.learnable import learnable, write_learnable
from tradingbot.core.progress import Stages
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.provenance import code_sha256
from tradingbot.core.runtime.supervisor.reader import LOCK
from tradingbot.demo.summary import CandidateRow
from tradingbot.operations import registry as promotion

CANDIDATES = ("learner", "dreamer")
"""The shipped candidates, by name: the market of the first holds an edge, that of the second none."""

_PROGRAM = "program.sha256"
_BUDGETS = {"learner": "full", "dreamer": "quick"}
_MARKETS = {"learn": 0.45, "dream": 0.0}
_START, _BARS, _STEP = 1_609_459_200_000_000_000, 35_040, Step.parse("1h")

LEARNED_UNTIL = _START + _BARS * _STEP.ns
"""Where the markets of the candidates end, UTC ns."""

_LABEL = """# A made-up home, seed {seed}

`tradingbot demo` made it. Its markets are synthetic, and so is every model and every promotion in it.
"""


def place() -> Path:
    """Return the folder of the demo's home."""
    return home() / "state" / "demo"


@dataclass(frozen=True, slots=True)
class EarlierDemo:
    """A demo's home that is there as a whole; its nodes can go on where program and settings are still the same."""

    folder: Path
    seed: str
    current: bool


def earlier_demo() -> EarlierDemo | None:
    """Return the demo that is there already, None where there is none or an interrupted one."""
    folder = place()
    marked, made = folder / SYNTHETIC, folder / _PROGRAM
    if not (marked.is_file() and (folder / "config" / "runtime.json").is_file()):
        return None
    seed = re.search(r"seed (-?\d+)", marked.read_text(encoding="utf-8"))
    current = made.is_file() and made.read_text(encoding="utf-8") == _program()
    return EarlierDemo(folder, seed[1] if seed else "unknown", current)


def check_idle() -> None:
    """Raise PolicyRefused when the demo's home is in use: it may not be replaced below running nodes."""
    if not (folder := place()).is_dir():
        return
    try:
        with single_instance(folder / LOCK):
            return
    except PolicyRefused as refused:
        raise PolicyRefused(f"the demo's home {folder} is in use, {refused}; stop it first") from None


def build(seed: int) -> Path:
    """Make the demo's home with its two markets, replacing the last one; return its folder.

    Raises BadInput when there is something else in that folder.
    """
    folder = place()
    if folder.exists():
        if not (folder / SYNTHETIC).is_file():
            raise BadInput(f"{folder} holds no made-up home (no {SYNTHETIC}); move it away, the demo goes there")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    label = _LABEL.format(seed=seed)
    (folder / SYNTHETIC).write_text(label, encoding="utf-8")
    (folder / _PROGRAM).write_text(_program(), encoding="utf-8")
    for name, edge in _MARKETS.items():
        catalog = Catalog(folder / "catalog" / name, create=True)
        (catalog.path / SYNTHETIC).write_text(label, encoding="utf-8")
        write_learnable(catalog, _STEP, learnable(seed, _START, _BARS, _STEP.ns, edge))
    for kind in ("candidates", "backtests"):
        (folder / "config" / kind).mkdir(parents=True)
        for path in config_files(kind):
            if path.stem in CANDIDATES:
                shutil.copyfile(path, folder / "config" / kind / path.name)
    return folder


def run_lifecycle(folder: Path, name: str, seed: int, stage: Stages) -> CandidateRow:
    """Train, validate and try to promote one of `CANDIDATES` in the home at `folder`; tell what came of each."""
    config, settings = folder / "config" / "candidates" / f"{name}.json", (f"seed={seed}",)
    with moved(folder):
        found = training.train(config, settings, trials=None, workers=None, cluster=None, tracking=False, stage=stage)
        judged = validation.run(config, settings, budget=_BUDGETS[name], workers=None, cluster=None, stage=stage)
        promoted, why = _promoted(name)
    baseline, model = found.record.scores[0], found.record.scores[-1]
    verdict = judged.record.verdict
    return CandidateRow(
        candidate=name,
        auc=model.auc,
        baseline_auc=baseline.auc,
        sharpe=model.sharpe,
        baseline_sharpe=baseline.sharpe,
        trades=judged.record.pooled.measured.trades,
        verdict=verdict.value,
        verdict_reason=verdict.reason,
        promoted=promoted,
        promotion_reason=why,
        training_html=str(found.html),
        validation_html=str(judged.html),
    )


def _program() -> str:
    """Return the hash of the program and of the lanes' settings: what a node's record goes on with."""
    return code_sha256([config_file(name).read_bytes() for name in ("lanes.json", "risk.json")])


def _promoted(name: str) -> tuple[bool, str]:
    try:
        change = promotion.promote(name, login(), "the demo")
    except PolicyRefused as refused:
        return False, str(refused)
    return True, f"promoted by {change.who}"
