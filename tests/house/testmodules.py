# file: tests/house/testmodules.py
from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_READERS = {".py", ".toml", ".html"}


def _public(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        registered = isinstance(node, ast.FunctionDef) and node.decorator_list
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not registered and not node.name.startswith("_"):
            yield node.name
        for target in node.targets if isinstance(node, ast.Assign) else []:
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                yield target.id


def test_every_public_name_is_used(product: dict[Path, ast.Module], texts: dict[Path, str]) -> None:
    words = Counter(
        word for path, text in texts.items() if path.suffix in _READERS for word in re.findall(r"\w+", text)
    )
    assert [f"{path}: {name}" for path, tree in product.items() for name in _public(tree) if words[name] < 2] == []


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


def _is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...
