# file: tests/house/testlocks.py
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

_LOCKS = ["requirements.lock", "requirements-dev.lock"]
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)( ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def _pins(root: Path, lock: str) -> dict[str, str]:
    return {found[1]: found[2] for found in _PIN.finditer((root / lock).read_text(encoding="utf-8"))}


def _names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[\w.-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


@pytest.mark.parametrize("lock", _LOCKS)
def test_a_lock_is_nothing_but_hashed_pins(root: Path, lock: str) -> None:
    text = (root / lock).read_text(encoding="utf-8")
    assert _PIN.sub("", text) == ""
    assert "://" not in text


def test_every_dependency_is_locked(root: Path, project: dict[str, Any]) -> None:
    wanted = _names([*project["project"]["dependencies"], *project["build-system"]["requires"]])
    assert wanted - set(_pins(root, "requirements.lock")) == set()
    assert (
        _names(project["project"]["optional-dependencies"]["dev"]) - set(_pins(root, "requirements-dev.lock")) == set()
    )


def test_the_tools_do_not_change_what_the_product_runs_on(root: Path) -> None:
    product, tools = (_pins(root, lock) for lock in _LOCKS)
    assert {name: pin for name, pin in product.items() if tools.get(name) != pin} == {}
