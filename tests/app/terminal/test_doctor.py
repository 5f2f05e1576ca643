"""The doctor looks at what is really used, and goes on when something is damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aiprod_studio.app import modelling
from aiprod_studio.app.places import user_places
from aiprod_studio.app.terminal import doctor
from tests.app.conftest import Program


def findings(program: Program) -> dict[str, list[dict[str, str]]]:
    """Return what the doctor found, by what it is about."""
    told: dict[str, list[dict[str, str]]] = {}
    for one in json.loads(program("doctor", "--json").out):
        told.setdefault(one["about"], []).append(one)
    return told


def test_the_doctor_names_the_folders_that_the_settings_name(
    program: Program, home: Path, tmp_path: Path
) -> None:
    models, media, gone = tmp_path / "models", tmp_path / "media", tmp_path / "gone"
    models.mkdir()
    settings = user_places().settings
    settings.parent.mkdir(parents=True)
    text = {"model_folders": [str(models), str(gone)], "folders": [str(media)]}
    settings.write_text(json.dumps(text), encoding="utf-8")
    found = findings(program)
    shown = [one["found"] for one in found["model folder"]]
    assert shown == [str(user_places().models), str(models), f"{gone} is not there"]
    assert [one["found"] for one in found["may be read"]] == [str(media)]
    assert found["settings"][0]["found"] == str(settings)


def test_damaged_settings_are_said_and_the_rest_is_looked_at(program: Program, home: Path) -> None:
    settings = user_places().settings
    settings.parent.mkdir(parents=True)
    settings.write_text("{", encoding="utf-8")
    found = findings(program)
    assert found["settings"][0]["state"] == "missing"
    assert "cannot be read" in found["settings"][0]["found"]
    assert found["starter model"][0]["state"] == "ok"


def test_the_starters_weights_that_are_used_are_the_ones_that_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "starter"
    shutil.copytree(modelling.STARTER, base)
    inner = base / "better"
    inner.mkdir()
    manifest = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    (inner / "vae.safetensors").write_bytes((base / "vae.safetensors").read_bytes())
    only = [part for part in manifest["files"] if part["file"] == "vae.safetensors"]
    told = {**manifest, "files": only, "version": "better-2"}
    (inner / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    manifest["default"] = "better"
    (base / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for module in (modelling, doctor):
        monkeypatch.setattr(module, "STARTER", base)
    found = doctor._starter()
    assert found.state == "ok" and "better-2" in found.found and str(inner) in found.found
    (inner / "vae.safetensors").write_bytes(b"damaged")
    assert doctor._starter().found == "damaged: vae.safetensors"
