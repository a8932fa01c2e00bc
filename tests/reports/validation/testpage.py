# file: tests/reports/validation/testpage.py
from __future__ import annotations

from typing import Any

import pytest

from tests.reports.browser import Browser, assert_self_contained
from tests.reports.validation.samples import EVERY, SCENARIOS
from tradingbot.core.messages.formatting import NONE, capitalised
from tradingbot.core.portfolio.ratios import small_samples
from tradingbot.core.validation.record import Criterion, ValidationRecord
from tradingbot.reports.answers import STYLES
from tradingbot.reports.markup import Html
from tradingbot.reports.validation.page import render
from tradingbot.reports.validation.trials import DIAGNOSTICS_NOTE
from tradingbot.reports.validation.wording import default_limit_text, limit_text


class Page(Browser):
    """With its alarms, and the words of each criterion."""

    def begin(self) -> None:
        self.alarms: list[str] = []
        self.rows: dict[str, str] = {}

    def seen(self, data: str) -> None:
        for _, around in self.open:
            if {"alarm", "easier"} & set((around.get("class") or "").split()):
                self.alarms.append(data)
            if (around.get("id") or "").startswith("criterion-"):
                name = str(around["id"]).removeprefix("criterion-")
                self.rows[name] = f"{self.rows.get(name, '')} {data}"


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {kind: Page(render(record)) for kind, record in EVERY.items()}


@pytest.mark.parametrize("kind", EVERY)
def test_the_page_is_self_contained(kind: str, pages: dict[str, Page]) -> None:
    assert_self_contained(pages[kind])


@pytest.mark.parametrize("kind", SCENARIOS)
def test_equal_records_give_the_same_bytes(kind: str, pages: dict[str, Page]) -> None:
    assert render(ValidationRecord.model_validate_json(EVERY[kind].model_dump_json())) == pages[kind].html


def test_the_verdict_comes_first_and_every_part_after_it(pages: dict[str, Page]) -> None:
    heads = ["Reasons", "What would change the verdict", "Summary", "Criteria", "Warnings", "Out of sample"]
    heads += ["Bootstrapped equity paths", "Monte Carlo trade shuffle", "Walk-forward folds"]
    heads += ["Combinatorial purged cross-validation", "Parameter sensitivity", "Cost and latency stress"]
    heads += ["Volatility regimes", "Trial ledger", "Diagnostics", "Reproduce this run"]
    assert pages["pass"].heads == heads


@pytest.mark.parametrize("kind", EVERY)
def test_the_verdict_is_said_in_a_word_with_reasons(kind: str, pages: dict[str, Page]) -> None:
    verdict, text = EVERY[kind].verdict, pages[kind].text.lower()
    assert verdict.value.replace("_", " ").lower() in text
    for line in (verdict.reason, *verdict.reasons, *verdict.settle):
        assert line.lower() in text


@pytest.mark.parametrize("kind", [*SCENARIOS, "hollow"])
def test_every_criterion_has_its_row(kind: str, pages: dict[str, Page]) -> None:
    for criterion in EVERY[kind].criteria:
        row, result = pages[kind].rows[criterion.name], STYLES[criterion.answer].word
        for words in (criterion.title, capitalised(criterion.why), limit_text(criterion), result):
            assert words in row


def test_power_and_stricter_limits_are_given(pages: dict[str, Page]) -> None:
    rows = pages["pass"].rows
    assert "Power at a true Sharpe of 3.00: 63 %." in rows["sharpe"]
    assert "Power on data of this length: 77 %." in rows["adjusted_p"]
    assert "stricter than ≤ 3.0 %" in rows["cvar"]
    assert NONE in pages["hollow"].rows["sharpe"]


def test_an_easier_limit_is_red_and_names_the_own_one(pages: dict[str, Page]) -> None:
    looser = next(one for one in EVERY["fail"].criteria if one.looser)
    alarms = " ".join(pages["fail"].alarms)
    assert alarms.count(default_limit_text(looser)) == 2
    assert "1 LOOSER LIMIT" in alarms
    assert pages["pass"].alarms == []


def test_a_hard_rule_switched_off_is_red_at_the_top() -> None:
    alarms = _changed("pass", switched_off=("missing funding is allowed",)).alarms
    assert alarms == ["HARD RULE SWITCHED OFF", "Hard rule switched off: ", "missing funding is allowed"]


def test_synthetic_markets_diagnostics_and_provenance_are_named(pages: dict[str, Page]) -> None:
    page, record = pages["pass"], EVERY["pass"]
    hashes = (record.sha256, record.trials.head, *record.origin.parts.values())
    for words in ("SYNTHETIC MARKET", DIAGNOSTICS_NOTE, record.origin.command, *hashes):
        assert words in page.text
    for name in ("PSR", "DSR", "PBO", "MinTRL", "MinBTL"):
        assert name in page.words
    assert "SYNTHETIC MARKET" not in pages["bare"].text


def test_a_refused_perturbation_is_listed_and_not_drawn(pages: dict[str, Page]) -> None:
    tornado = next(chart for chart in pages["pass"].charts if chart["data"][0].get("orientation") == "h")
    assert "max_hold was 0, allowed is 1 or more" in pages["pass"].text
    assert len(tornado["data"][0]["y"]) == 20
    assert not any(name.startswith("max_hold") for name in tornado["data"][0]["y"])


def test_a_page_without_evidence_says_so(pages: dict[str, Page]) -> None:
    assert pages["bare"].charts == []
    for words in ("No criterion was measured", "There was no fold", "No shock was run", "No parameter was perturbed"):
        assert words in pages["bare"].text


def test_ratios_nobody_knows_are_not_drawn(pages: dict[str, Page]) -> None:
    kinds = [chart["data"][0]["type"] for chart in pages["hollow"].charts]
    assert kinds.count("bar") == 1


def _changed(kind: str, **fields: Any) -> Page:
    return Page(render(EVERY[kind].model_copy(update=fields)))


def test_folds_without_training_are_called_windows() -> None:
    folds = tuple(one.model_copy(update={"chosen": {}, "in_sample_sharpe": None}) for one in EVERY["pass"].folds)
    page = _changed("pass", folds=folds)
    assert "Nothing is trained" in page.text
    assert "Purged" not in page.words


def test_a_long_list_of_reasons_is_shown_whole() -> None:
    reasons = tuple(f"reason {number}" for number in range(15))
    page = _changed("fail", verdict=EVERY["fail"].verdict.model_copy(update={"reasons": reasons}))
    assert [line for line in reasons if capitalised(line) not in page.words] == []


def test_a_candidate_without_other_trials_is_not_called_many() -> None:
    page = _changed("pass", trials=EVERY["pass"].trials.model_copy(update={"counted": 1}))
    assert "No other trial is on record" in page.text
    assert "All 1 " not in page.text


def test_foreign_text_is_text() -> None:
    evil = "<script>alert(1)</script>"
    record = EVERY["fail"]
    verdict = record.verdict.model_copy(update={"reason": evil, "reasons": (evil,), "settle": (evil,)})
    criteria: tuple[Criterion, ...] = tuple(one.model_copy(update={"title": evil}) for one in record.criteria)
    folds = tuple(one.model_copy(update={"chosen": {evil: evil}}) for one in record.folds)
    moved = {"candidate": evil, "verdict": verdict, "criteria": criteria, "folds": folds, "cautions": (evil,)}
    text = render(record.model_copy(update=moved))
    assert not isinstance(text, Html)
    assert evil not in text
    assert Page(text).text.count(evil) > 10


def test_ratios_of_a_small_sample_are_greyed_with_the_reason() -> None:
    record = EVERY["fail"]
    few = record.pooled.measured.model_copy(update={"unreliable": small_samples(12, 7, ("sharpe", "profit_factor"))})
    text = render(record.model_copy(update={"pooled": record.pooled.model_copy(update={"measured": few})}))
    # The criteria of Sharpe ratio, CVaR and profit factor, the tiles of the first two, and the row of the pooled path.
    assert text.count('class="weak" title="from 12 days, 60 are needed"') == 5
    assert text.count('class="weak" title="from 7 trades, 30 are needed"') == 2
    assert "a Sharpe ratio of" in text
    assert "(from 12 days, 60 are needed for it to mean something)" in text
    assert 'class="weak"' not in render(record)
