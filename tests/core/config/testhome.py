# file: tests/core/config/testhome.py
from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot.core.config import home as module
from tradingbot.core.config.home import (
    SYNTHETIC,
    config_file,
    config_files,
    empty_home,
    existing_home,
    home,
    moved,
    named_file,
    resolve,
    sandboxed,
    shipped,
)
from tradingbot.core.errors import ConfigError, RunFailed

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    (tmp_path / "config" / "instruments").mkdir(parents=True)
    return tmp_path


def test_home_is_the_repository_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADINGBOT_HOME")
    assert home() == _ROOT


def test_named_home_is_used_and_paths_are_below_it(elsewhere: Path) -> None:
    assert home() == elsewhere.resolve()
    assert resolve("catalog") == elsewhere.resolve() / "catalog"
    assert resolve("/somewhere/else") == Path("/somewhere/else")


def test_shipped_file_serves_until_the_home_has_its_own(elsewhere: Path) -> None:
    assert config_file("risk.json") == _ROOT / "config" / "risk.json"
    own = elsewhere / "config" / "risk.json"
    own.write_text("{}", encoding="utf-8")
    assert config_file("risk.json").samefile(own)


def test_missing_file_is_named_with_where_it_was_looked_for(elsewhere: Path) -> None:
    with pytest.raises(ConfigError, match=r"config/nothing\.json was found neither in .* nor among the shipped files"):
        config_file("nothing.json")


def test_folder_of_files_is_shipped_ones_and_own_ones(elsewhere: Path) -> None:
    own = elsewhere / "config" / "instruments" / "mine.json"
    own.write_text("{}", encoding="utf-8")
    found = config_files("instruments")
    assert [path.name for path in found] == sorted(path.name for path in found)
    assert any(path.samefile(own) for path in found)


def test_the_home_moves_while_a_block_lasts_and_comes_back_whatever_happens(elsewhere: Path, tmp_path: Path) -> None:
    def raising() -> None:
        with moved(tmp_path / "other"):
            assert home() == (tmp_path / "other").resolve()
            raise KeyError

    with pytest.raises(KeyError):
        raising()
    assert home() == elsewhere.resolve()


def test_a_home_that_was_not_named_is_not_named_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADINGBOT_HOME")
    with moved(tmp_path):
        assert home() == tmp_path.resolve()
    assert home() == _ROOT


def test_a_home_is_made_up_when_it_says_so(elsewhere: Path) -> None:
    assert not sandboxed()
    (elsewhere / SYNTHETIC).write_text("", encoding="utf-8")
    assert sandboxed()


def test_a_home_that_is_no_folder_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "absent"))
    with pytest.raises(RunFailed, match=r"^the home .*/absent is not a folder; TRADINGBOT_HOME names it$"):
        existing_home()


def test_a_named_file_is_the_working_directorys_then_the_homes_then_the_shipped_one(
    elsewhere: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    name = "config/risk.json"
    assert named_file(name) == _ROOT / name
    for place in (elsewhere, here):
        (place / "config").mkdir(exist_ok=True)
        (place / name).write_text("{}", encoding="utf-8")
        assert named_file(name).samefile(place / name)
    assert named_file("config/nothing.json") == elsewhere.resolve() / "config" / "nothing.json"


def test_an_installed_program_ships_from_its_package_and_lives_where_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shipped() == _ROOT
    installed = tmp_path / "site" / "tradingbot" / "shipped"
    (installed / "config").mkdir(parents=True)
    (installed / "config" / "risk.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(module, "_INSTALLED", installed)
    monkeypatch.delenv("TRADINGBOT_HOME")
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path
    assert shipped() == installed
    assert config_file("risk.json") == installed / "config" / "risk.json"


def test_an_empty_home_is_said_until_it_has_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    told = "is empty: the shipped settings apply, and there is no market data yet"
    assert empty_home() == f"the home {tmp_path.resolve()} {told}"
    (tmp_path / "state").mkdir()
    assert empty_home() == ""
