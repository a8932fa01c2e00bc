# file: tests/house/testmodules.py
from __future__ import annotations

import ast
from pathlib import Path

import pytest

_DUNDER = {"__init__.py", "__main__.py"}


def _exports(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets):
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: the order ruff's RUF022 writes."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[0].isupper() else 2), name


def test_every_module_says_what_it_offers_in_order(product: dict[Path, ast.Module]) -> None:
    wrong = []
    for path, tree in product.items():
        if path.name in _DUNDER:
            continue
        names = _exports(tree)
        if names is None:
            wrong.append(f"{path}: has no __all__")
        elif names != sorted(set(names), key=_order):
            wrong.append(f"{path}: __all__ is not {sorted(set(names), key=_order)}")
    assert wrong == []


def test_the_product_does_not_print(product: dict[Path, ast.Module]) -> None:
    calls = [
        f"{path}:{node.lineno}"
        for path, tree in product.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "breakpoint"}
    ]
    assert calls == []


def test_no_exception_is_swallowed(product: dict[Path, ast.Module]) -> None:
    silent = [
        f"{path}:{node.lineno}"
        for path, tree in product.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(step, ast.Pass) or _is_ellipsis(step) for step in node.body)
    ]
    assert silent == []


def test_pandas_is_not_imported(product: dict[Path, ast.Module]) -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in product.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "pandas" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "pandas")
    ]
    assert found == []


@pytest.mark.parametrize(("names", "first"), [(["b", "A", "MAX"], "MAX"), (["b", "A"], "A")])
def test_order_puts_constants_before_classes_before_functions(names: list[str], first: str) -> None:
    assert min(names, key=_order) == first


def _is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...
