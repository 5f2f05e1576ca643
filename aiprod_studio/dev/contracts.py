"""What import-linter cannot see: packs are folders of files, not modules.

At module level a pack imports the kit and the standard library; inside functions also diffusion,
models and media; never graph, engine, app, ui, memory or another pack.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

KIT = "aiprod_studio.sdk"
INSIDE_FUNCTIONS = (KIT, "aiprod_studio.diffusion", "aiprod_studio.models", "aiprod_studio.media")


def broken_pack_rules(packs: Path) -> list[str]:
    """Return one sentence for each import in `packs` that the rules forbid."""
    return [
        f"{file.relative_to(packs.parent)}:{line}: {why}"
        for file in sorted(packs.rglob("*.py"))
        for line, why in _broken(ast.parse(file.read_text(encoding="utf-8")))
    ]


def _broken(tree: ast.Module) -> Iterator[tuple[int, str]]:
    top = set(_imports(tree, into_functions=False))
    for line, module in sorted(set(_imports(tree, into_functions=True))):
        if (line, module) in top and not (_is_in(module, (KIT,)) or _is_standard(module)):
            yield line, f"{module} is imported at module level; only the kit may be"
        elif module.startswith("aiprod_studio") and not _is_in(module, INSIDE_FUNCTIONS):
            yield line, f"{module} is a room that no node may use"


def _imports(tree: ast.AST, *, into_functions: bool) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import):
            yield from ((child.lineno, alias.name) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield child.lineno, "." * child.level + (child.module or "")
        elif _is_type_checking(child):
            continue
        elif into_functions or not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(child, into_functions=into_functions)


def _is_type_checking(item: ast.AST) -> bool:
    return isinstance(item, ast.If) and ast.unparse(item.test).endswith("TYPE_CHECKING")


def _is_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
