# file: tests/cli/testapp.py
from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
import typer

from tradingbot.cli import app as cli
from tradingbot.core.errors import BadInput, LedgerMismatch, PolicyRefused, RunFailed, TradingbotError


def ends(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tradingbot", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Give the program a verb `break` that raises."""

    def plant(error: BaseException) -> None:
        app = typer.Typer()
        app.callback()(cli.options)

        @app.command("break")
        def broken() -> None:
            raise error

        monkeypatch.setattr(cli, "app", app)

    return plant


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("the file was empty"), 2),
        (PolicyRefused("the lane is halted"), 3),
        (RunFailed("the engine stopped"), 4),
        (LedgerMismatch("1.00 is not 2.00"), 4),
    ],
)
def test_an_error_of_ours_is_one_line_and_its_own_code(
    error: TradingbotError,
    code: int,
    failing: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(error)
    assert ends(monkeypatch, "break") == code
    assert capsys.readouterr() == ("", f"tradingbot: {error}\n")


def test_ctrl_c_is_one_line_and_code_130(
    failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(KeyboardInterrupt())
    assert ends(monkeypatch, "break") == 130
    assert capsys.readouterr().err.endswith("tradingbot: interrupted\n")


def test_an_error_nobody_foresaw_is_one_line_and_code_4(
    failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ZeroDivisionError("division by zero"))
    assert ends(monkeypatch, "break") == 4
    assert capsys.readouterr().err == "tradingbot: ZeroDivisionError: division by zero (--debug shows where)\n"


@pytest.mark.parametrize("error", [BadInput("the file was empty"), ZeroDivisionError("division by zero")])
def test_debug_shows_where(
    error: Exception, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(error)
    monkeypatch.setattr(sys, "argv", ["tradingbot", "--debug", "break"])
    with pytest.raises(type(error)):
        cli.main()


@pytest.mark.parametrize(
    ("words", "named"),
    [(("sell",), "No such command 'sell'"), (("data", "import"), "Missing argument"), (("--loud",), "No such option")],
)
def test_a_wrong_word_is_named_with_code_2(
    words: tuple[str, ...], named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(monkeypatch, *words) == 2
    assert named in capsys.readouterr().err


def test_a_renamed_option_is_refused_with_its_new_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(monkeypatch, "promote", "trend-1", "--operator", "ann", "--why", "sound") == 2
    assert capsys.readouterr() == ("", "tradingbot: --why is now called --reason\n")


def test_help_names_every_verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["tradingbot", "--help"])
    cli.main()
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in ("data", "backtest", "demo"))
