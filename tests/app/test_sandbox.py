"""A workflow reads what lies beside it or in folders the user gave, and nothing else."""

from pathlib import Path

import pytest

from aiprod_studio.app.sandbox import Sandbox
from aiprod_studio.sdk import ExitCode, Refusal


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "film" / "media").mkdir(parents=True)
    (tmp_path / "film" / "media" / "boat.png").write_bytes(b"x")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "film"


@pytest.fixture
def sandbox(project: Path) -> Sandbox:
    return Sandbox.around(project / "film.json", [])


def test_a_file_beside_the_workflow_is_found(sandbox: Sandbox, project: Path) -> None:
    found = sandbox.file("node 'load', parameter 'file'", "media/boat.png")
    assert found == project / "media" / "boat.png"


@pytest.mark.parametrize("value", ["../secret.txt", "media/../../secret.txt", "/etc/passwd"])
def test_paths_that_lead_out_are_refused(sandbox: Sandbox, value: str) -> None:
    with pytest.raises(Refusal, match=r"node 'load'.*outside the folders") as refused:
        sandbox.file("node 'load', parameter 'file'", value)
    assert refused.value.exit_code == ExitCode.INVALID


def test_a_symlink_that_leads_out_is_refused(sandbox: Sandbox, project: Path) -> None:
    (project / "innocent.png").symlink_to(project.parent / "secret.txt")
    with pytest.raises(Refusal, match="outside the folders"):
        sandbox.file("node 'load'", "innocent.png")


def test_a_given_folder_may_be_read(project: Path) -> None:
    sandbox = Sandbox.around(project / "film.json", [project.parent])
    assert sandbox.file("node 'load'", "../secret.txt") == project.parent / "secret.txt"


def test_a_missing_file_and_an_empty_path_are_missing_files(sandbox: Sandbox) -> None:
    for value in ("media/ship.png", ""):
        with pytest.raises(Refusal) as refused:
            sandbox.file("node 'load'", value)
        assert refused.value.exit_code == ExitCode.MISSING


@pytest.mark.parametrize("value", ["media", "x" * 5000, "a\0b"])
def test_what_is_no_file_is_refused_in_words(sandbox: Sandbox, value: str) -> None:
    with pytest.raises(Refusal):
        sandbox.file("node 'load'", value)
