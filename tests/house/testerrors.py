# file: tests/house/testerrors.py
from __future__ import annotations

import re

from tradingbot.core import errors

_LINE = re.compile(r"^(?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)(?:  +(?P<code>\d)\b)?")


def _drawn() -> tuple[dict[str, str | None], dict[str, int]]:
    """Read the tree at the top of the file: each class's parent, and the exit codes written beside them."""
    parents: dict[str, str | None] = {}
    codes: dict[str, int] = {}
    above: list[tuple[int, str]] = []
    tree = (errors.__doc__ or "").partition("\n\n")[2]
    for found in filter(None, map(_LINE.match, tree.splitlines())):
        depth, name = len(found["branch"]), found["name"]
        above = [item for item in above if item[0] < depth]
        parents[name] = above[-1][1] if above else None
        above.append((depth, name))
        if found["code"]:
            codes[name] = int(found["code"])
    return parents, codes


def _real() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in errors.__all__:
        parent = getattr(errors, name).__base__
        found[name] = None if parent is Exception else parent.__name__
    return found


def test_the_drawn_tree_is_the_real_one() -> None:
    assert _drawn()[0] == _real()


def test_the_drawn_exit_codes_are_the_real_ones() -> None:
    codes = _drawn()[1]
    assert codes == {"BadInput": 2, "PolicyRefused": 3, "RunFailed": 4}
    assert codes == {name: getattr(errors, name).exit_code for name in codes}
