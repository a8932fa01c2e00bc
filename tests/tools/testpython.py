# file: tests/tools/testpython.py
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_FINDER = Path(__file__).resolve().parents[2] / "tools" / "python.sh"


def _fake(folder: Path, body: str) -> Path:
    fake = folder / "python3.13"
    fake.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    fake.chmod(0o755)
    return fake


def _find(path: str, **named: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, **named}
    return subprocess.run(["/bin/sh", str(_FINDER)], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("body", ["echo shim: no such version >&2; exit 127", "echo 3.13", "exit 0"])
def test_a_name_that_does_not_run_as_python_is_passed_over(tmp_path: Path, body: str) -> None:
    _fake(tmp_path, body)
    found = _find(f"{tmp_path}:/usr/bin:/bin")
    assert str(tmp_path) not in found.stdout
    assert found.returncode == (0 if found.stdout else 2)


def test_a_named_interpreter_comes_first(tmp_path: Path) -> None:
    base = getattr(sys, "_base_executable", sys.executable)
    _fake(tmp_path, "exit 127")
    found = _find(f"{tmp_path}:/usr/bin:/bin", PYTHON=base)
    assert found.returncode == 0
    assert Path(found.stdout.strip()).samefile(base)


def test_an_interpreter_inside_an_environment_is_traced_to_its_base() -> None:
    found = _find("/usr/bin:/bin", PYTHON=sys.executable)
    assert Path(found.stdout.strip()).samefile(getattr(sys, "_base_executable", sys.executable))
