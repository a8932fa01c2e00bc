# file: tests/cli/testdemo.py
from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tradingbot.cli import demo as verb
from tradingbot.cli import up as upverb
from tradingbot.cli.app import app
from tradingbot.core.config.home import SYNTHETIC, home
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.demo import lifecycle as demolife
from tradingbot.demo import market as demomarket


def test_what_happened_can_be_written_only_by_a_demo_that_ends() -> None:
    error = CliRunner().invoke(app, ["demo", "--json", "out.json"]).exception
    assert isinstance(error, BadInput)
    assert str(error).startswith("--json was given without --once")


def test_help_says_what_it_ends_with() -> None:
    shown = " ".join(CliRunner().invoke(app, ["demo", "--help"]).output.split())
    assert "on paper" in shown
    assert "--once" in shown


class Built(Exception):
    """Raised in place of building a market."""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A home with the demo of an earlier day; the homes that `up` is started in are kept in the list."""
    folder = tmp_path / "state" / "demo"
    (folder / "config").mkdir(parents=True)
    (folder / SYNTHETIC).write_text("# A made-up home, seed 11\n", encoding="utf-8")
    (folder / "config" / "runtime.json").write_text("{}", encoding="utf-8")
    (folder / "program.sha256").write_text("of today", encoding="utf-8")
    started: list[Path] = []

    def up(_only: None, *, as_json: bool) -> None:
        assert not as_json
        started.append(home())

    def build(_seed: int, _advance: object) -> Path:
        raise Built

    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setattr(demolife, "_program", lambda: "of today")
    monkeypatch.setattr(upverb, "up", up)
    monkeypatch.setattr(demomarket, "build_market", build)
    return started


def test_an_earlier_demo_is_kept_and_opened_again_where_nobody_can_be_asked(kept: list[Path], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["demo"])
    assert done.exit_code == 0
    assert kept == [(tmp_path / "state" / "demo").resolve()]
    said = " ".join(done.output.split())
    assert "is there already, seed 11; it is kept and opened again. `tradingbot demo --fresh` replaces it" in said
    assert f"60x replay, in the demo's home {(tmp_path / 'state' / 'demo').resolve()} Ctrl-C" in said
    assert "Ctrl-C stops it; `tradingbot demo` (or `make demo`) opens it again without training" in said


@pytest.mark.parametrize("words", [["--fresh"], ["--once"]])
def test_it_is_replaced_when_that_was_said(kept: list[Path], words: list[str]) -> None:
    assert isinstance(CliRunner().invoke(app, ["demo", *words]).exception, Built)
    assert kept == []


@pytest.mark.parametrize(("answer", "replaced"), [(False, False), (True, True)])
def test_on_a_terminal_it_asks_before_it_trains_again(
    kept: list[Path], monkeypatch: pytest.MonkeyPatch, answer: bool, replaced: bool
) -> None:
    asked: list[str] = []

    def confirm(question: str, *, default: bool) -> bool:
        assert not default
        asked.append(question)
        return answer

    monkeypatch.setattr(typer, "confirm", confirm)
    monkeypatch.setattr(verb, "_asks", lambda: True)
    error = CliRunner().invoke(app, ["demo"]).exception
    assert isinstance(error, Built) == replaced
    assert len(kept) == (0 if replaced else 1)
    assert asked[0].endswith("seed 11. Train again and replace it?")


@pytest.mark.parametrize("absent", [SYNTHETIC, "config/runtime.json"])
def test_a_demo_that_was_interrupted_is_made_anew(kept: list[Path], tmp_path: Path, absent: str) -> None:
    (tmp_path / "state" / "demo" / absent).unlink()
    assert isinstance(CliRunner().invoke(app, ["demo"]).exception, Built)


@pytest.mark.parametrize("was", ["of yesterday", None])
def test_a_demo_of_another_program_is_neither_opened_nor_replaced_unasked(
    kept: list[Path], tmp_path: Path, was: str | None
) -> None:
    made = tmp_path / "state" / "demo" / "program.sha256"
    made.unlink() if was is None else made.write_text(was, encoding="utf-8")
    error = CliRunner().invoke(app, ["demo"]).exception
    assert isinstance(error, PolicyRefused)
    assert str(error) == (
        f"the demo's home {(tmp_path / 'state' / 'demo').resolve()} is there already, seed 11, made by another version"
        " of the program or its settings, and cannot go on; `tradingbot demo --fresh` replaces it"
    )
    assert kept == []
