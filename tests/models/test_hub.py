"""Downloads go on where they stopped, are checked, and fail in words; the hub is a small server."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio.models import hub
from aiprod_studio.sdk import Cancelled, ExitCode, Refusal

REPO = "someone/tiny-model"
COMMIT = "a" * 40
WEIGHTS = bytes(range(256)) * 12_000


@dataclass
class Hub:
    """What the hub has, and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    cut: int = 0
    denied: int = 0
    code: str = ""
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    address: str = ""

    def digest(self, name: str) -> str:
        return self.promised.get(name) or hashlib.sha256(self.files[name]).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """The few addresses of the hub that its library asks."""

    hub: Hub

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path, _, _ = self.path.partition("?")
        self.hub.asked.append(path)
        if self.hub.denied:
            return self._send(self.hub.denied, {"X-Error-Code": self.hub.code}, b"{}", body)
        if re.match(r"/api/models/[^/]+/[^/]+(/revision/.+)?$", path):
            return self._send(200, {"Content-Type": "application/json"}, self._info(), body)
        name = path.rpartition(f"/resolve/{'main' if '/main/' in path else COMMIT}/")[2]
        if not path.startswith(f"/{REPO}/") or name not in self.hub.files:
            return self._send(404, {"X-Error-Code": "EntryNotFound"}, b"", body)
        return self._file(name, body)

    def _info(self) -> bytes:
        siblings = [
            {
                "rfilename": name,
                "size": self.hub.sizes.get(name, len(data)),
                "lfs": {
                    "size": self.hub.sizes.get(name, len(data)),
                    "sha256": self.hub.digest(name),
                    "pointerSize": 130,
                },
            }
            for name, data in self.hub.files.items()
        ]
        return json.dumps({"id": REPO, "sha": COMMIT, "siblings": siblings}).encode()

    def _file(self, name: str, body: bool) -> None:
        data, status = self.hub.files[name], 200
        headers = {
            "X-Repo-Commit": COMMIT, "ETag": f'"{self.hub.digest(name)}"',
            "X-Linked-ETag": f'"{self.hub.digest(name)}"', "X-Linked-Size": str(len(data)),
            "Accept-Ranges": "bytes",
        }  # fmt: skip
        asked = self.headers.get("Range")
        if asked and body:
            self.hub.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            data, status = data[start:], 206
        if body and self.hub.cut:
            cut, self.hub.cut = self.hub.cut, 0
            self._begin(status, headers, len(data))
            self.wfile.write(data[:cut])
            self.wfile.flush()
            self.close_connection = True
            return None
        return self._send(status, headers, data, body)

    def _begin(self, status: int, headers: dict[str, str], length: int) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send(self, status: int, headers: dict[str, str], data: bytes, body: bool) -> None:
        self._begin(status, headers, len(data))
        if body:
            self.wfile.write(data)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    found = Hub({"tiny.safetensors": WEIGHTS, "notes.txt": b"hello"})
    handler = type("Bound", (Handler,), {"hub": found})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.address = f"http://127.0.0.1:{listening.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", found.address)
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    yield found
    listening.shutdown()
    thread.join()
    listening.server_close()


def nothing(done: int, total: int) -> None:
    """Show nothing."""


def wanted(name: str = "tiny.safetensors") -> tuple[hub.RemoteFile, ...]:
    return hub.listed(hub.source_of(f"{REPO}/{name}"))


def test_a_file_comes_whole_and_is_not_fetched_twice(server: Hub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    placed = hub.fetch(wanted(), tmp_path / "models", lambda *now: told.append(now))
    assert placed == (tmp_path / "models" / "tiny.safetensors",)
    assert placed[0].read_bytes() == WEIGHTS
    assert told[-1] == (len(WEIGHTS), len(WEIGHTS))
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny.safetensors"]
    files = wanted()
    before = len(server.asked)
    hub.fetch(files, tmp_path / "models", nothing)
    assert len(server.asked) == before


def test_a_broken_download_goes_on_where_it_stopped(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 1 << 16)
    files = wanted()

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        hub.fetch(files, tmp_path, stop)
    (kept,) = (tmp_path / hub.STAGING).glob("*.part")
    half = kept.stat().st_size
    assert len(WEIGHTS) // 3 < half < len(WEIGHTS)
    server.cut = 1 << 18
    told: list[int] = []
    (placed,) = hub.fetch(files, tmp_path, lambda done, _: told.append(done))
    assert placed.read_bytes() == WEIGHTS
    assert server.ranges[0] == f"bytes={half}-"
    assert len(server.ranges) == 2, "the cut in the middle was gone on with as well"
    assert half < told[0] <= told[-1] == len(WEIGHTS)


def test_what_came_damaged_is_thrown_away_in_words(server: Hub, tmp_path: Path) -> None:
    server.promised["tiny.safetensors"] = "0" * 64
    with pytest.raises(Refusal, match="checksum is not the one") as caught:
        hub.fetch(wanted(), tmp_path, nothing)
    assert "run the command again" in str(caught.value)
    assert not list(tmp_path.rglob("*.safetensors"))


def test_a_disk_that_is_too_small_is_said_before_anything_comes(
    server: Hub, tmp_path: Path
) -> None:
    server.sizes["tiny.safetensors"] = 10**16
    files = wanted()
    before = len(server.asked)
    with pytest.raises(Refusal, match="are free there") as caught:
        hub.fetch(files, tmp_path, nothing)
    assert caught.value.exit_code == ExitCode.DOES_NOT_FIT
    assert len(server.asked) == before


@pytest.mark.parametrize("status", [401, 403])
def test_a_gated_model_says_how_to_get_access(server: Hub, status: int) -> None:
    server.denied, server.code = status, "GatedRepo"
    with pytest.raises(Refusal, match="accepted their terms") as caught:
        wanted()
    for word in (REPO, "hf auth login", "settings/tokens"):
        assert word in str(caught.value)


def test_a_model_that_is_not_there_is_named(server: Hub) -> None:
    server.denied, server.code = 404, "RepoNotFound"
    with pytest.raises(Refusal, match="knows no such model"):
        wanted()
    server.denied = 0
    with pytest.raises(Refusal, match=r"no file missing\.safetensors \(there are: tiny"):
        wanted("missing.safetensors")


def test_without_a_network_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Refusal, match="the hub cannot be reached") as caught:
        wanted()
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("wish", ["nothing", "a/../b/c", "owner//file", ""])
def test_what_is_no_name_is_refused_without_asking_anyone(wish: str) -> None:
    with pytest.raises(Refusal, match="no model that is known"):
        hub.source_of(wish)


def test_a_known_name_stands_for_its_repository_and_folder() -> None:
    source = hub.source_of("ltx-2-19b-distilled-fp8")
    assert (source.repo, source.folder) == ("Lightricks/LTX-2", "checkpoints")
    assert hub.source_of(f"{hub.HUB}/{REPO}/a/b.safetensors").files == ("a/b.safetensors",)


def test_the_command_puts_a_file_where_its_kind_belongs(
    server: Hub, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiprod_studio.app.terminal.cli import main
    from tests.models.conftest import PARITY

    monkeypatch.setenv("AIPROD_HOME", str(tmp_path / "home"))
    server.files["up.safetensors"] = (PARITY / "up_spatial_x2.safetensors").read_bytes()
    assert main(["download", f"{REPO}/up.safetensors"]) == 0
    place = tmp_path / "home" / "data" / "models" / "latent_upscale_models" / "up.safetensors"
    assert place.read_bytes() == server.files["up.safetensors"]
    out = capfd.readouterr().out
    assert "100 %" in out and str(place) in out
    assert main(["models"]) == 0
    assert "up (" in capfd.readouterr().out
    server.denied, server.code = 403, "GatedRepo"
    assert main(["download", f"{REPO}/up.safetensors"]) == ExitCode.MISSING
    assert "accepted their terms" in capfd.readouterr().err


def test_no_other_command_touches_the_network(
    server: Hub, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiprod_studio.app.terminal.cli import main
    from tests.models.conftest import PARITY

    monkeypatch.setenv("AIPROD_HOME", str(tmp_path / "home"))
    commands: tuple[Callable[[], int], ...] = (
        lambda: main(["models"]),
        lambda: main(["download"]),
        lambda: main(["inspect", str(PARITY / "v20_mono.safetensors")]),
    )
    for command in commands:
        assert command() == 0
    assert server.asked == []
