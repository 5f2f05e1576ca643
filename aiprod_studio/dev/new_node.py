"""Starting a node: its file in a pack and its test, both of which run at once."""

from __future__ import annotations

from pathlib import Path
from string import Template

NODE = Template('''"""$title."""

from typing import Annotated

from aiprod_studio.sdk import Number, node


@node("$type", "$title", since="1.0")
def $name(number: float, *, factor: Annotated[float, Number(-1000, 1000)] = 2.0) -> float:
    """Say here what an artist gets from it.

    Args:
        number: what comes in
        factor: what it is multiplied by
    """
    return number * factor
''')
TEST = Template('''"""What `$type` does."""

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped


def test_${name}_multiplies_its_input(tmp_path) -> None:
    specs = load_packs(shipped("nodes"), tmp_path, {}).specs
    assert specs["$type"].function(3.0, factor=2.0) == 6.0
''')


def start_node(root: Path, type_name: str) -> int:
    """Write `nodes/CATEGORY/NAME.py` and its test; an existing file is left alone."""
    category, _, name = type_name.partition(".")
    if not (category.isidentifier() and name.isidentifier() and type_name.islower()):
        print(f"{type_name!r} is no type such as edit.flip: two small words with a dot.")
        return 2
    words = {"type": type_name, "name": name, "title": name.replace("_", " ").capitalize()}
    files = {
        root / "nodes" / category / f"{name}.py": NODE,
        root / "tests" / "nodes" / f"test_{category}_{name}.py": TEST,
    }
    for path in files:
        if path.exists():
            print(f"{path} exists already; nothing was written.")
            return 2
    for path, template in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template.substitute(words), encoding="utf-8")
        print(f"wrote {path.relative_to(root)}")
    return 0
