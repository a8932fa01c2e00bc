# file: tests/reports/training/testpage.py
from __future__ import annotations

from typing import Any

import pytest

from tests.reports.browser import Browser, assert_self_contained
from tests.reports.training.samples import EVERY, sample
from tradingbot.core.messages.formatting import capitalised
from tradingbot.core.portfolio.ratios import small_samples
from tradingbot.learning.training.record import TrainingRecord
from tradingbot.reports.markup import Html
from tradingbot.reports.training.assessment import assess
from tradingbot.reports.training.page import render
from tradingbot.reports.training.wording import labelled_models, score_cells


class Page(Browser):
    """With the words of each row of a table."""

    def begin(self) -> None:
        self.rows: list[list[str]] = []

    def opened(self, tag: str) -> None:
        self.rows += [[]] if tag == "tr" else []

    def seen(self, data: str) -> None:
        if any(around == "tr" for around, _ in self.open):
            self.rows[-1].append(data)


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {kind: Page(render(record)) for kind, record in EVERY.items()}


@pytest.mark.parametrize("kind", EVERY)
def test_the_page_is_self_contained(kind: str, pages: dict[str, Page]) -> None:
    assert_self_contained(pages[kind])


@pytest.mark.parametrize("kind", EVERY)
def test_equal_records_give_the_same_bytes(kind: str, pages: dict[str, Page]) -> None:
    assert render(TrainingRecord.model_validate_json(EVERY[kind].model_dump_json())) == pages[kind].html


@pytest.mark.parametrize("kind", ["full", "bare"])
def test_the_assessment_comes_first_and_every_part_after_it(kind: str, pages: dict[str, Page]) -> None:
    parts = ["Model comparison", "Simulated P&L net of costs", "Walk-forward folds", "Calibration"]
    parts += ["Permutation importance", "Hyperparameter search", "Label distribution", "Reproduce this run"]
    doubts = ["Warnings"] if kind == "full" else []
    assert pages[kind].heads == ["Reasons", "Next step", *doubts, *parts]


@pytest.mark.parametrize("kind", EVERY)
def test_the_assessment_is_given_with_its_reasons(kind: str, pages: dict[str, Page]) -> None:
    assessment, text = assess(EVERY[kind]), pages[kind].text
    for words in (assessment.word, assessment.lead, *map(capitalised, assessment.reasons)):
        assert words in text


@pytest.mark.parametrize("kind", ["full", "silent", "hollow"])
def test_every_model_has_its_row_of_scores(kind: str, pages: dict[str, Page]) -> None:
    for name, one in labelled_models(EVERY[kind]):
        assert [name, *score_cells(one)] in pages[kind].rows


def test_folds_trials_features_and_bins_have_their_numbers(pages: dict[str, Page]) -> None:
    rows, record = pages["full"].rows, EVERY["full"]
    for fold in record.folds:
        row = next(row for row in rows if row[:1] == [str(fold.number)] and fold.test_start[:10] in " ".join(row[2:3]))
        assert f"{fold.auc:.3f}" in row
        assert f"{fold.rows:,}" in row
    for one in record.importance:
        assert any(row[0] == one.feature for row in rows if row)
    best = max((one for one in record.trials if one.value is not None), key=lambda one: one.value or 0.0)
    assert any(row[:2] == [str(best.number), f"{best.value:.2f}"] for row in rows)
    assert any("3,348" in row for row in rows)


def test_each_chart_is_drawn_once_and_models_that_never_traded_are_named(pages: dict[str, Page]) -> None:
    assert len(pages["full"].charts) == 6
    assert len(pages["hollow"].charts) == 3
    assert "No model would have traded once." in pages["silent"].text
    assert len(pages["silent"].charts) == 5
    record = sample()
    idle = record.curves[0].model_copy(update={"total": (0.0,) * len(record.curves[0].days)})
    page = Page(render(record.model_copy(update={"curves": (idle, record.curves[1])})))
    assert "Without a single trade: linear." in page.text


def test_a_page_without_evidence_says_so(pages: dict[str, Page]) -> None:
    sections = ("Nothing was predicted", "There is no curve", "There was no fold", "There is no forecast")
    more = ("No feature's importance was measured", "No setting was searched", "There was no row to learn from")
    assert [words for words in (*sections, *more) if words not in pages["bare"].text] == []
    assert pages["bare"].charts == []


def test_a_synthetic_market_is_called_one_once_and_exactly_where_it_is(pages: dict[str, Page]) -> None:
    assert "SYNTHETIC MARKET" in pages["full"].text
    assert "says nothing about money" in pages["full"].text
    assert "synthetic" not in pages["silent"].text.lower()
    page = Page(render(sample().model_copy(update={"cautions": ("The market is synthetic.",)})))
    assert "says nothing about money" not in page.text


def test_what_repeats_the_training_is_there(pages: dict[str, Page]) -> None:
    record, text = EVERY["full"], pages["full"].text
    origin = record.origin
    hashes = (record.sha256, origin.model_sha256, origin.feature_code_sha256, origin.store_sha256)
    for words in (origin.command, "version 3, 161,280 rows", "lightgbm 4.6.0", '"kind": "lightgbm"', *hashes):
        assert words in text
    assert f"tradingbot validate {origin.config}" in text


def test_labels_are_called_what_they_ask(pages: dict[str, Page]) -> None:
    assert ["Up", "12,512", "31.0 %"] in pages["full"].rows
    assert ["Does not pay", "11,907", "29.5 %"] in pages["silent"].rows


def test_foreign_text_is_text() -> None:
    evil = "<script>alert(1)</script>"
    record = sample()
    moved: dict[str, Any] = {
        "candidate": evil,
        "cautions": (evil,),
        "scores": tuple(one.model_copy(update={"name": evil}) for one in record.scores),
        "curves": tuple(one.model_copy(update={"name": evil}) for one in record.curves),
        "importance": tuple(one.model_copy(update={"feature": evil}) for one in record.importance),
        "trials": tuple(one.model_copy(update={"settings": {evil: 1}}) for one in record.trials),
        "origin": record.origin.model_copy(update={"command": evil, "config": evil, "recipe": {evil: evil}}),
    }
    text = render(record.model_copy(update=moved))
    assert not isinstance(text, Html)
    assert evil not in text
    assert Page(text).text.count(evil) > 10


def test_ratios_of_a_small_sample_are_greyed_with_the_reason() -> None:
    record = EVERY["full"]
    *rest, last = record.scores
    few = last.model_copy(update={"unreliable": small_samples(12, 7, ("sharpe", "profit_factor"))})
    text = render(record.model_copy(update={"scores": (*rest, few)}))
    assert text.count('class="weak" title="from 12 days, 60 are needed"') == 1
    assert text.count('class="weak" title="from 7 trades, 30 are needed"') == 1
    assert 'class="weak"' not in render(record)
