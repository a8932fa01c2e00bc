# file: tests/house/testsize.py
from __future__ import annotations

import ast
from pathlib import Path

_FILE_WALL = 400
_FUNCTION_WALL = 80
_CODE = {".py", ".sh", ".js", ".css", ".html"}


def test_no_file_passes_the_wall(texts: dict[Path, str]) -> None:
    sizes = {path: text.count("\n") for path, text in texts.items() if path.suffix in _CODE}
    assert {path: size for path, size in sizes.items() if size > _FILE_WALL} == {}


def test_no_function_is_a_file_of_its_own(product: dict[Path, ast.Module]) -> None:
    long = []
    for path, tree in product.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                size = node.end_lineno - node.lineno + 1
                long += [f"{path}:{node.lineno} {node.name} has {size} lines"] if size > _FUNCTION_WALL else []
    assert long == []
