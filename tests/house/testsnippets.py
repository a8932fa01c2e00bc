# file: tests/house/testsnippets.py
"""What the manual tells to type works as written: the whole tutorial, and the README's commands for own data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LIMIT_S = 240


def _shell(script: str, folder: Path, home: Path) -> str:
    """Run a block as a reader would, with this environment's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"TRADINGBOT_HOME": str(home), "PATH": path}
    done = subprocess.run(
        ["sh", "-euc", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_tutorial_runs_from_top_to_bottom(manual: dict[Path, str], tmp_path: Path) -> None:
    folder, said = tmp_path, ""
    for kind, title, text in _BLOCK.findall(manual[Path("docs/tutorial.md")]):
        if title:
            (folder / title).write_text(text, encoding="utf-8")
        elif kind == "sh":
            said += _shell(text, folder, folder)
            folder = tmp_path / "mydesk"
    assert "synthetic_data: " in said
    assert "\nexit code 3\n" in said
    assert "[=] crossing:" in said


def test_the_readme_takes_own_data_to_a_report(
    readme: str, tmp_path: Path, write_bars: Callable[[Path, int], None]
) -> None:
    commands = next(text for _, _, text in _BLOCK.findall(readme) if "data import" in text)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    write_bars(tmp_path / "mybars.csv", 10)
    _shell(commands, tmp_path, tmp_path)
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md"])
def test_the_same_commands_are_told_everywhere(page: str, readme: str, root: Path) -> None:
    commands = next(text for _, _, text in _BLOCK.findall(readme) if "data import" in text)
    assert commands in (root / page).read_text(encoding="utf-8")
