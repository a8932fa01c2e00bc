# file: tests/core/runtime/testprovenance.py
from __future__ import annotations

import importlib.metadata
from decimal import Decimal
from pathlib import Path

import pytest

import tradingbot
from tradingbot.core.config.load import Section
from tradingbot.core.runtime import provenance
from tradingbot.core.runtime.provenance import code_sha256, config_sha256, versions


class Some(Section):
    near: Decimal = Decimal("0.1")
    far: dict[str, int] = {}  # noqa: RUF012 - pydantic copies it


def test_versions_name_what_a_result_depends_on() -> None:
    found = versions()
    assert set(found) == {"python", "tradingbot", "nautilus_trader", "numpy", "pyarrow"}
    assert found["numpy"] == importlib.metadata.version("numpy")


def test_config_is_hashed_by_what_it_says_not_by_how_it_is_written() -> None:
    first = config_sha256(Some(far={"a": 1, "b": 2}), {"fee": Decimal("0.1"), "step": 1})
    assert first == config_sha256(Some(far={"b": 2, "a": 1}, near=Decimal("0.1")), {"step": 1, "fee": Decimal("0.1")})
    assert len(first) == 64


@pytest.mark.parametrize(
    "other",
    [
        (Some(near=Decimal("0.2"), far={"a": 1}), {"fee": 1}),
        (Some(far={"a": 2}), {"fee": 1}),
        (Some(far={"a": 1}), {"fee": 2}),
        (Some(far={"a": 1}),),
        ({"fee": 1}, Some(far={"a": 1})),
    ],
)
def test_any_other_config_has_another_hash(other: tuple[Section | dict[str, object], ...]) -> None:
    assert config_sha256(Some(far={"a": 1}), {"fee": 1}) != config_sha256(*other)


def test_code_is_the_programs_and_the_strategies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "tradingbot"
    (package / "core").mkdir(parents=True)
    for name in ("__init__.py", "core/risk.py", "notes.txt"):
        (package / name).write_text("a = 1\n")
    monkeypatch.setattr(provenance, "tradingbot", type("Fake", (), {"__file__": str(package / "__init__.py")}))
    first = code_sha256([b"x = 1"])
    assert first == code_sha256([b"x = 1"])
    assert first not in {
        code_sha256([b"x = 2"]),
        code_sha256([]),
        code_sha256([b"x = 1", b""]),
        code_sha256([b"x", b" = 1"]),
    }
    (package / "notes.txt").write_text("b = 2\n")
    assert code_sha256([b"x = 1"]) == first
    (package / "core" / "risk.py").write_text("a = 2\n")
    changed = code_sha256([b"x = 1"])
    assert changed != first
    (package / "core" / "risk.py").rename(package / "core" / "rules.py")
    assert code_sha256([b"x = 1"]) not in {first, changed}


def test_the_programs_own_sources_are_found() -> None:
    assert (Path(tradingbot.__file__).parent / "core" / "runtime" / "provenance.py").is_file()
