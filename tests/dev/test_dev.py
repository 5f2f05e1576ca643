"""The developers' tools: what is generated is fresh, packs keep their rules, new nodes run."""

import subprocess
import sys
from pathlib import Path

import pytest

from aiprod_studio.dev.contracts import broken_pack_rules
from aiprod_studio.dev.docs import generated
from aiprod_studio.dev.new_node import start_node

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", generated(ROOT), ids=lambda path: path.name)
def test_what_is_generated_is_not_stale(path: Path) -> None:
    shipped = path.read_text(encoding="utf-8")
    assert shipped == generated(ROOT)[path], "run `python -m aiprod_studio.dev docs`"


def test_the_page_of_shortcuts_is_not_stale() -> None:
    command = [sys.executable, "-m", "aiprod_studio.dev", "docs", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_packs_keep_the_rules() -> None:
    assert broken_pack_rules(ROOT / "nodes") == []


def test_a_pack_that_breaks_the_rules_is_named_with_its_line(tmp_path: Path) -> None:
    pack = tmp_path / "nodes" / "bad"
    pack.mkdir(parents=True)
    (pack / "bad.py").write_text(
        "import json\nimport torch\nfrom aiprod_studio.sdk import node\n"
        "def work():\n    import aiprod_studio.media\n    from aiprod_studio.engine import Store\n"
    )
    said = broken_pack_rules(tmp_path / "nodes")
    assert len(said) == 2
    assert "bad.py:2: torch is imported at module level" in said[0]
    assert "bad.py:6: aiprod_studio.engine is a room that no node may use" in said[1]


def test_a_new_node_runs_and_so_does_its_test(tmp_path: Path) -> None:
    assert start_node(tmp_path, "edit.twice") == 0
    assert start_node(tmp_path, "edit.twice") == 2
    assert start_node(tmp_path, "twice") == 2
    test = tmp_path / "tests" / "nodes" / "test_edit_twice.py"
    compile(test.read_text(), str(test), "exec")
    code = (
        "from pathlib import Path; from aiprod_studio.app.packs import load_packs;"
        f"r = load_packs(Path({str(tmp_path / 'nodes')!r}), Path('none'), {{}});"
        "print(r.specs['edit.twice'].function(3.0, factor=2.0), r.problems)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "6.0 []\n"
