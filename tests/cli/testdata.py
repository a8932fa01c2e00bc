# file: tests/cli/testdata.py
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tradingbot.cli.data import data_app
from tradingbot.core.errors import BadInput, DataDefect

START = 1_735_689_600_000_000_000
MINUTE = 60_000_000_000
NAME = "BTCUSDT-LINEAR.BYBIT"
IMPORT = ["--instrument", NAME, "--bar", "1m"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return _write(tmp_path / "clean.parquet", np.arange(100))


@pytest.fixture
def doubled(tmp_path: Path) -> Path:
    return _write(tmp_path / "doubled.parquet", np.r_[0:50, 49:100])


def _write(path: Path, numbers: Any) -> Path:
    price = (400_000 + numbers % 97) / 10
    columns = {"open": price, "high": price + 1, "low": price - 1, "close": price, "volume": np.ones(len(price))}
    stamps = pa.array(START + numbers * MINUTE).cast(pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table({"ts_event": stamps, **columns}), path)
    return path


def run(*words: object) -> str:
    done = CliRunner().invoke(data_app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*words: object) -> tuple[str, BadInput]:
    """Return what was printed before the error that the program's main turns into a line and an exit code."""
    done = CliRunner().invoke(data_app, [str(word) for word in words])
    assert isinstance(done.exception, BadInput), done.output
    assert done.exception.exit_code == 2
    return done.stdout, done.exception


def test_an_import_says_what_came_in(home: Path, clean: Path) -> None:
    said = run("import", clean, *IMPORT)
    assert f"100 rows of {NAME} bars 1m (tidy), 2025-01-01 00:00:00 to 2025-01-01 01:39:00 UTC" in said
    assert f"imported 100 new rows into {home / 'catalog' / 'main'}" in said
    assert "nothing was imported" in run("import", clean, *IMPORT)


def test_an_import_answers_in_json(clean: Path) -> None:
    (answer,) = json.loads(run("import", clean, *IMPORT, "--json"))["imports"]
    assert {key: answer[key] for key in ("outcome", "rows", "new_rows", "bar", "first", "defects", "error")} == {
        "outcome": "imported", "rows": 100, "new_rows": 100, "bar": "1m", "first": "2025-01-01 00:00:00",
        "defects": [], "error": "",
    }  # fmt: skip


def test_a_refused_file_is_told_defect_by_defect(home: Path, doubled: Path) -> None:
    said, error = refused("import", doubled, *IMPORT)
    assert isinstance(error, DataDefect)
    assert str(error).endswith("refused for duplicate-same x 1; nothing was imported. --on-defect repair mends it")
    assert "repair: keep one of each" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 100 or str(doubled) in said
    assert not list(home.rglob("*.parquet"))


def test_a_refusal_in_json_is_one_object_with_the_defects(doubled: Path) -> None:
    said, _error = refused("import", doubled, *IMPORT, "--json")
    (answer,) = json.loads(said)["imports"]
    (defect,) = answer["defects"]
    assert answer["outcome"] == "refused"
    assert (defect["kind"], defect["count"], defect["first_row"]) == ("duplicate-same", 1, 50)
    assert (defect["first_time"], defect["repair"]) == ("2025-01-01 00:49:00", "keep one of each")


def test_a_file_that_cannot_be_read_answers_in_json_too(tmp_path: Path) -> None:
    said, error = refused("import", tmp_path / "absent.csv", *IMPORT, "--json")
    (answer,) = json.loads(said)["imports"]
    assert (answer["outcome"], answer["error"]) == ("refused", str(error))


def test_repair_says_what_it_did(doubled: Path) -> None:
    assert "repaired 1 rows: duplicate-same" in run("import", doubled, *IMPORT, "--on-defect", "repair")


def test_each_of_several_files_stands_alone(home: Path, clean: Path, doubled: Path) -> None:
    said, error = refused("import", doubled, clean, *IMPORT, "--json")
    assert [answer["outcome"] for answer in json.loads(said)["imports"]] == ["refused", "imported"]
    assert str(doubled) in str(error)
    assert len(list(home.rglob("*.parquet"))) == 1


def test_list_shows_every_series(clean: Path) -> None:
    run("import", clean, *IMPORT, "--catalog", "catalog/other")
    said = run("list", "--catalog", "catalog/other")
    assert NAME in said
    assert "2025-01-01 01:39" in said
    assert max(map(len, said.splitlines())) <= 100
    (series,) = json.loads(run("list", "--catalog", "catalog/other", "--json"))["series"]
    assert (series["instrument"], series["kind"], series["bar"], series["rows"]) == (NAME, "bars", "1m", 100)


def test_check_looks_again(clean: Path, doubled: Path) -> None:
    run("import", clean, *IMPORT)
    assert "ok" in run("check", NAME)
    run("import", doubled, *IMPORT, "--on-defect", "keep", "--catalog", "kept")
    said, error = refused("check", "--catalog", "kept", "--json")
    assert json.loads(said)["series"][0]["defects"][0]["kind"] == "duplicate-same"
    # The perpetual's funding is not there at all: it is told as a finding, and is no series that the catalog holds.
    assert json.loads(said)["series"][1]["defects"][0]["kind"] == "gap"
    assert str(error) == f"1 of 1 series have defects, first {NAME}; import would refuse them today"


def test_delete_wants_a_yes(home: Path, clean: Path) -> None:
    run("import", clean, *IMPORT)
    _said, error = refused("delete", NAME)
    assert "add --yes" in str(error)
    assert "10 rows removed" in run("delete", NAME, "--end", "2025-01-01T00:09", "--kind", "bars", "--yes")
    assert json.loads(run("delete", NAME, "--bar", "1m", "--yes", "--json")) == {"instrument": NAME, "removed": 90}
    assert not list(home.rglob("*.parquet"))


def test_instruments_lists_steps_fees_and_sources() -> None:
    found = {each["id"]: each for each in json.loads(run("instruments", "--json"))["instruments"]}
    assert {key: found[NAME][key] for key in ("price_step", "size_step", "minimum_notional", "taker_fee")} == {
        "price_step": "0.1", "size_step": "0.001", "minimum_notional": "5 USDT", "taker_fee": "0.00055",
    }  # fmt: skip
    said = run("instruments")
    assert all(name in said for name in found)
    assert max(map(len, said.splitlines())) <= 100


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["import", "x.csv", *IMPORT, "--column", "open"], "--column was 'open', allowed is OUR_NAME=FILE_NAME"),
        (["import", "x.csv", "--instrument", NAME, "--bar", "5x"], "bar length was '5x'"),
        (["delete", NAME, "--yes", "--start", "soon"], "--start was 'soon', allowed is a date or a time such as"),
        (
            ["delete", NAME, "--yes", "--kind", "chains"],
            "--kind was chains; the catalog keeps them as quotes of each contract",
        ),
        (["list"], "was not found; `tradingbot data import"),
    ],
)
def test_a_wrong_word_is_named_with_what_is_allowed(words: list[str], sentence: str) -> None:
    assert sentence in str(refused(*words)[1])


def test_the_whole_program_ends_with_one_line_and_code_2(tmp_path: Path, doubled: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from tradingbot.cli.app import main; main()",
        "data",
        "import",
        str(doubled),
        *IMPORT,
    ]
    home = {"TRADINGBOT_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | home)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"tradingbot: {doubled}: refused for duplicate-same x 1; nothing was imported. --on-defect repair mends it"
    ]


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['tradingbot', 'data', 'import', '--help']\n"
        "from tradingbot.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pyarrow', 'nautilus_trader', 'plotly'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--on-defect" in done.stdout
