"""Packs come in through one door: ours at once, others when allowed, broken ones by themselves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aiprod_studio.app.packs import load_packs
from aiprod_studio.app.places import shipped

NODE = '''
from aiprod_studio.sdk import node

@node("{type}", "Title", since="1.0")
def made(number: float) -> float:
    """Pass it on."""
    return number
'''


@pytest.fixture
def third_party(tmp_path: Path) -> Path:
    folder = tmp_path / "packs" / "sparkle"
    folder.mkdir(parents=True)
    (folder / "shine.py").write_text(NODE.format(type="sparkle.shine"))
    (folder / "pack.toml").write_text('version = "2.1"\nasks = ["network"]\n')
    return tmp_path / "packs"


def test_a_third_party_pack_is_named_but_not_run_until_it_is_allowed(third_party: Path) -> None:
    (third_party / "sparkle" / "evil.py").write_text("raise SystemExit('it ran')")
    registry = load_packs(shipped("nodes"), third_party, {})
    pack = next(pack for pack in registry.packs if pack.name == "sparkle")
    assert not pack.allowed
    assert (pack.version, pack.asks) == ("2.1", ("network",))
    assert "sparkle.shine" not in registry.specs


def test_an_allowed_pack_gives_its_nodes_and_is_off_again_when_its_code_changes(
    third_party: Path,
) -> None:
    off = load_packs(shipped("nodes"), third_party, {})
    allowed = {pack.name: pack.digest for pack in off.packs if not pack.own}
    assert load_packs(shipped("nodes"), third_party, allowed).specs["sparkle.shine"].pack == (
        "sparkle"
    )
    (third_party / "sparkle" / "shine.py").write_text(NODE.format(type="sparkle.glow"))
    assert "sparkle.glow" not in load_packs(shipped("nodes"), third_party, allowed).specs


def test_a_broken_file_is_reported_and_the_others_load(third_party: Path) -> None:
    (third_party / "sparkle" / "broken.py").write_text("1 / 0")
    (third_party / "sparkle" / "stolen.py").write_text(NODE.format(type="flow.maths"))
    off = load_packs(shipped("nodes"), third_party, {})
    allowed = {pack.name: pack.digest for pack in off.packs if not pack.own}
    registry = load_packs(shipped("nodes"), third_party, allowed)
    said = [str(problem) for problem in registry.problems]
    assert any("broken.py" in text and "ZeroDivisionError" in text for text in said)
    assert any("'flow.maths' is already given by pack 'flow'" in text for text in said)
    assert "sparkle.shine" in registry.specs


def test_our_own_packs_load_without_problems_and_without_heavy_libraries() -> None:
    code = (
        "import json, sys; from aiprod_studio.app.packs import load_packs;"
        "from aiprod_studio.app.places import shipped; from pathlib import Path;"
        "r = load_packs(shipped('nodes'), Path('/nowhere'), {});"
        "print(json.dumps([sorted(r.specs), [str(p) for p in r.problems],"
        " sorted({'torch','numpy','cv2','PySide6','diffusers','nodes'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    types, problems, heavy = json.loads(done.stdout)
    assert problems == []
    assert heavy == []
    assert {"flow.switch", "flow.maths", "flow.note"} <= set(types)
