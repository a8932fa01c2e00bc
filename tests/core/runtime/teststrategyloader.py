# file: tests/core/runtime/teststrategyloader.py
from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tradingbot
from tests.golden.scriptedstrategy import Puppet
from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.errors import ConfigError
from tradingbot.core.runtime.strategyloader import is_own, load_strategy, sources_of

type Writer = Callable[[str, str], Path]

MINE = """
from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
{more}
class Params(Section):
    fast: int = 10
    wait: float = 0.5
class Mine(LaneStrategy):
    params_class = Params
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    """Write a file of the home; what is imported from it is forgotten afterwards."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def writer(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    yield writer
    for name in [name for name in sys.modules if "homemade" in name]:
        del sys.modules[name]


def loaded(path: str, **params: Any) -> Any:
    return load_strategy(StrategySpec(path=path, params=params))


def test_a_strategy_is_found_by_its_path_with_checked_parameters() -> None:
    cls, params = loaded("tests.golden.scriptedstrategy:Puppet", cues=[{"bar": 3, "do": "long"}])
    assert cls is Puppet
    assert params.cues[0].bar == 3


def test_a_module_of_the_home_is_found(write: Writer) -> None:
    write("homemade1.py", MINE.format(more=""))
    cls, params = loaded("homemade1:Mine", fast=20)
    assert (cls.__name__, params.fast, params.wait) == ("Mine", 20, 0.5)


def test_a_file_in_the_homes_folder_of_strategies_is_found_beside_the_shipped_ones(write: Writer) -> None:
    import strategies

    places = list(strategies.__path__)
    try:
        write("strategies/homemade2.py", MINE.format(more=""))
        assert loaded("strategies.homemade2:Mine")[0].__module__ == "strategies.homemade2"
        assert loaded("strategies.sessionbreakout:SessionBreakout")[0].__name__ == "SessionBreakout"
    finally:
        strategies.__path__[:] = places


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            "strategies.nothing:Mine",
            "strategies.path was 'strategies.nothing:Mine': there is no module strategies.nothing",
        ),
        ("nowhere.at.all:Mine", "strategies.path was 'nowhere.at.all:Mine': there is no module nowhere.at.all"),
        (
            "tests.golden.scriptedstrategy:Puppt",
            "strategies.path was 'tests.golden.scriptedstrategy:Puppt': tests.golden.scriptedstrategy has no Puppt",
        ),
        (
            "tests.golden.scriptedstrategy:Cue",
            "strategies.path was 'tests.golden.scriptedstrategy:Cue': Cue is not a LaneStrategy",
        ),
        (
            "tests.golden.scriptedstrategy:seen",
            "strategies.path was 'tests.golden.scriptedstrategy:seen': seen is not a LaneStrategy",
        ),
        ("json:loads", "strategies.path was 'json:loads': loads is not a LaneStrategy"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_in_one_line(path: str, told: str) -> None:
    with pytest.raises(ConfigError) as failed:
        loaded(path)
    assert str(failed.value) == told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("import nosuchthing", "homemade3 needs the module nosuchthing, which is missing"),
        ("import homemade3.part", "homemade3 needs the module homemade3.part, which is missing"),
        (
            "from json import nosuchname",
            "homemade3 could not be imported, ImportError: cannot import name 'nosuchname'",
        ),
        ("1 / 0", "homemade3 could not be imported, ZeroDivisionError: division by zero"),
        ("def f(:", "homemade3 could not be imported, SyntaxError: invalid syntax"),
        (
            "class Other(LaneStrategy):\n    def submit_order(self): pass",
            "homemade3 could not be imported, TypeError: Other may not override submit_order",
        ),
    ],
)
def test_a_broken_module_is_told_with_what_is_wrong_in_it(write: Writer, more: str, told: str) -> None:
    write("homemade3.py", MINE.format(more=more))
    with pytest.raises(ConfigError) as failed:
        loaded("homemade3:Mine")
    assert str(failed.value).startswith(f"strategies.path: {told}")
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"slow": 5}, "homemade4:Mine params: slow is not a known field, allowed are fast, wait"),
        ({"fast": "soon"}, "homemade4:Mine params: fast was 'soon': Input should be a valid integer"),
        ({"fast": 1.5}, "homemade4:Mine params: fast was 1.5: Input should be a valid integer"),
    ],
)
def test_a_wrong_parameter_is_told_with_its_strategy(write: Writer, params: dict[str, Any], told: str) -> None:
    write("homemade4.py", MINE.format(more=""))
    with pytest.raises(ConfigError) as failed:
        loaded("homemade4:Mine", **params)
    assert str(failed.value).startswith(told)


def test_the_code_of_a_strategy_is_its_file_and_what_it_imports_from_beside_it(write: Writer) -> None:
    write("homemade5/__init__.py", "")
    signal = write("homemade5/signal.py", "import json\nfrom homemade5 import level\n")
    level = write("homemade5/level.py", "LEVEL = 1\n")
    write("homemade5/stranger.py", "LEVEL = 2\n")
    main = write("homemade5/mine.py", MINE.format(more="from .signal import level\nimport numpy"))
    cls, _ = loaded("homemade5.mine:Mine")
    sources = sources_of(cls)
    assert {main.read_bytes(), signal.read_bytes(), level.read_bytes()} <= set(sources)
    assert b"LEVEL = 2\n" not in sources
    assert sources == sources_of(cls)
    assert all(b"numpy" not in source or source == main.read_bytes() for source in sources)


def test_the_program_is_not_counted_among_a_strategys_sources() -> None:
    sources = sources_of(Puppet)
    assert len(sources) == 2
    assert all(source.startswith(b"# file: tests/golden/") for source in sources)


def test_installed_code_is_nobodys_own_but_the_shipped_strategies_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tradingbot, "__file__", "/site/tradingbot/__init__.py")
    monkeypatch.setattr(sysconfig, "get_path", lambda _key: "/site")
    paths = ("/site/numpy/a.py", "/site/tradingbot/a.py", "/site/strategies/a.py")
    found = {path: is_own(Path(path)) for path in paths}
    assert found == {"/site/numpy/a.py": False, "/site/tradingbot/a.py": False, "/site/strategies/a.py": True}
    assert is_own(Path("/desk/strategies/mine.py"))
    assert not is_own(Path("/site/strategies/a.pyc"))
