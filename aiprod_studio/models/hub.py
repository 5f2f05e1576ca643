"""Model files from the Hugging Face hub, when they are asked for and never otherwise.

Nothing here runs by itself: only the application's download command calls it. Files arrive in a
folder of their own beside their place, go on where a broken connection left them, are checked
against the hub's size and SHA-256, and are moved into place whole.
"""

from __future__ import annotations

import fnmatch
import hashlib
import importlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiprod_studio.sdk import Cancelled, DoesNotFit, Invalid, Missing, Problem, Refusal

Told = Callable[[int, int], None]
"""Called with bytes done and bytes in all; raises to cancel."""

CHUNK = 8 << 20
MARGIN = 1 << 30
"""Bytes of the disk that a download leaves free."""
STAGING = ".downloads"
HUB = "https://huggingface.co"
LIBRARIES = ("huggingface_hub", "httpx", "httpcore", "requests", "urllib3")


@dataclass(frozen=True)
class Source:
    """Where a model is on the hub: the repository, patterns of file names, and its folder here."""

    repo: str
    files: tuple[str, ...]
    folder: str


LTX2, LTXV = "Lightricks/LTX-2", "Lightricks/LTX-Video"
TEXT = ("*.safetensors", "tokenizer.json", "tokenizer.model", "config.json")

KNOWN: Mapping[str, Source] = {
    "ltx-2-19b-distilled-fp8": Source(
        LTX2, ("ltx-2-19b-distilled-fp8.safetensors",), "checkpoints"
    ),
    "ltx-2-19b-dev-fp8": Source(LTX2, ("ltx-2-19b-dev-fp8.safetensors",), "checkpoints"),
    "ltx-2-19b-distilled-lora-384": Source(
        LTX2, ("ltx-2-19b-distilled-lora-384.safetensors",), "loras"
    ),
    "ltx-2-spatial-upscaler-x2-1.0": Source(
        LTX2, ("ltx-2-spatial-upscaler-x2-1.0.safetensors",), "latent_upscale_models"
    ),
    "ltx-2-temporal-upscaler-x2-1.0": Source(
        LTX2, ("ltx-2-temporal-upscaler-x2-1.0.safetensors",), "latent_upscale_models"
    ),
    "gemma-3-12b-it": Source("google/gemma-3-12b-it", TEXT, "text_encoders/gemma-3-12b-it"),
    "ltxv-2b-0.9.8-distilled": Source(
        LTXV, ("ltxv-2b-0.9.8-distilled.safetensors",), "checkpoints"
    ),
    "ltxv-13b-0.9.8-distilled-fp8": Source(
        LTXV, ("ltxv-13b-0.9.8-distilled-fp8.safetensors",), "checkpoints"
    ),
    "t5xxl_fp8_e4m3fn": Source(
        "comfyanonymous/flux_text_encoders", ("t5xxl_fp8_e4m3fn.safetensors",), "text_encoders"
    ),
}
"""Names that the templates and the lists of missing parts use, in ComfyUI's folders."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the hub; `sha256` is empty for small files that the hub keeps in git."""

    repo: str
    name: str
    size: int
    sha256: str = ""


def source_of(wish: str) -> Source:
    """Return what a known name, REPO (owner/name) or REPO/FILE stands for.

    Raises:
        Refusal: it is none of these.
    """
    if wish in KNOWN:
        return KNOWN[wish]
    parts = wish.removeprefix(f"{HUB}/").strip("/").split("/")
    if len(parts) < 2 or not all(parts) or ".." in parts:
        why = f"{wish!r} is no model that is known here"
        remedy = f"Give owner/name or owner/name/file of the hub, or one of: {', '.join(KNOWN)}."
        raise Refusal(Invalid("argument NAME", why, remedy))
    repo, file = "/".join(parts[:2]), "/".join(parts[2:])
    return Source(repo, (file,) if file else (*TEXT, "*.gguf"), "")


def listed(source: Source) -> tuple[RemoteFile, ...]:
    """Ask the hub which files of a source there are.

    Raises:
        Refusal: the hub cannot be reached, the model is gated or not there, or it has no such file.
    """
    from huggingface_hub import HfApi

    with _in_words(source.repo):
        info = HfApi(endpoint=endpoint()).model_info(source.repo, files_metadata=True)
    held = [_remote(source.repo, each) for each in info.siblings or ()]
    found = [f for f in held if any(fnmatch.fnmatch(f.name, form) for form in source.files)]
    if not found:
        asked, names = ", ".join(source.files), ", ".join(f.name for f in held[:12])
        why = f"it has no file {asked} (there are: {names or 'none'})"
        raise Refusal(Missing(f"repository {source.repo}", why, "Choose one of them."))
    return tuple(found)


def fetch(files: Sequence[RemoteFile], folder: Path, told: Told) -> tuple[Path, ...]:
    """Bring files into a folder, going on where an earlier try stopped.

    Files that are there already, with the hub's size and checksum, are not fetched again.

    Raises:
        Refusal: the disk is too small, access is denied, the connection broke, or what came is not
            what the hub promised.
        Cancelled: `told` raised it.
    """
    total = sum(file.size for file in files)
    staging = folder / STAGING
    _check_disk(files, folder, staging)
    done, placed = 0, []
    for file in files:
        place = folder / Path(file.name).name
        if not _is_whole(place, file):
            _bring(file, staging, place, _shifted(told, done, total))
        done += file.size
        told(done, total)
        placed.append(place)
    shutil.rmtree(staging, ignore_errors=True)
    return tuple(placed)


def endpoint() -> str:
    """Return the address of the hub; `HF_ENDPOINT` names a mirror."""
    return (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")


def _remote(repo: str, sibling: Any) -> RemoteFile:
    lfs = sibling.lfs
    size = int((lfs.size if lfs else None) or sibling.size or 0)
    return RemoteFile(repo, sibling.rfilename, size, str(lfs.sha256) if lfs else "")


def _check_disk(files: Sequence[RemoteFile], folder: Path, staging: Path) -> None:
    needed = sum(f.size for f in files if not _is_there(folder / Path(f.name).name, f))
    kept = sum(p.stat().st_size for p in staging.rglob("*") if p.is_file())
    root = folder
    while not root.exists() and root != root.parent:
        root = root.parent
    free = shutil.disk_usage(root).free
    lacking = needed - kept + MARGIN - free
    if needed and lacking > 0:
        why = f"{_gb(needed - kept)} are to be fetched, and {_gb(free)} are free there"
        remedy = f"Free {_gb(lacking)}, or give another folder with --to DIR."
        raise Refusal(DoesNotFit(f"folder {folder}", why, remedy))


def _gb(size: int) -> str:
    return f"{max(size, 0) / 1e9:.1f} GB"


def _is_there(place: Path, file: RemoteFile) -> bool:
    return place.is_file() and place.stat().st_size == file.size


def _is_whole(place: Path, file: RemoteFile) -> bool:
    return _is_there(place, file) and (not file.sha256 or _digest(place) == file.sha256)


def _shifted(told: Told, done: int, total: int) -> Told:
    return lambda now, _: told(done + now, total)


def _bring(file: RemoteFile, staging: Path, place: Path, told: Told) -> None:
    """Fetch one file, check it, and move it into place."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import get_hf_file_metadata, http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    staging.mkdir(parents=True, exist_ok=True)
    # The name holds the checksum: a file that was changed on the hub is begun anew.
    came = staging / f"{file.sha256[:12]}{Path(file.name).name}.part"
    with _in_words(file.repo, file.name):
        address = hf_hub_url(file.repo, file.name, endpoint=endpoint())
        found = get_hf_file_metadata(address, endpoint=endpoint())
        own = found.location.startswith(endpoint())  # the token is for the hub alone
        with came.open("ab") as into:
            http_get(
                found.location, into, resume_size=came.stat().st_size,
                headers=build_hf_headers(token=None if own else False),
                expected_size=file.size or None, tqdm_class=_bar(told, file.size),
            )  # fmt: skip
    _check(came, file)
    place.parent.mkdir(parents=True, exist_ok=True)
    came.replace(place)


def _check(came: Path, file: RemoteFile) -> None:
    size = came.stat().st_size
    wrong = file.size and size != file.size
    if not wrong and (not file.sha256 or _digest(came) == file.sha256):
        return
    came.unlink()
    why = (
        f"{size:,} bytes came where the hub promised {file.size:,}"
        if wrong
        else "its checksum is not the one that the hub promised, so it was damaged on its way"
    )
    raise Refusal(Invalid(f"file {file.name}", why, "It was thrown away; run the command again."))


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _bar(told: Told, total: int) -> type[Any]:
    """Return a progress bar that the hub's library feeds, and that shows nothing itself."""
    base: Any = importlib.import_module("tqdm").tqdm

    class Silent(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": True})
            self.now = int(options.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self.now += int(n or 0)
            told(min(self.now, total), total)
            return None

    return Silent


@contextmanager
def _in_words(repo: str, file: str = "") -> Iterator[None]:
    """Turn what the hub's library raises into one sentence with a remedy."""
    try:
        yield
    except (Refusal, Cancelled):
        raise
    except OSError as error:
        if not _is_about_the_hub(error) and error.errno is not None:
            why = f"it cannot be written ({error.strerror or error})"
            remedy = "Check the disk, then run again: what has come is kept."
            raise Refusal(Invalid(f"file {file or repo}", why, remedy)) from error
        raise Refusal(_problem(error, repo, file)) from error
    except Exception as error:
        if not _is_about_the_hub(error):
            raise
        raise Refusal(_problem(error, repo, file)) from error


def _is_about_the_hub(error: BaseException) -> bool:
    """Whether the hub's library, or what it speaks with, raised this (their names vary)."""
    return any(kind.__module__.startswith(LIBRARIES) for kind in type(error).__mro__)


def _problem(error: BaseException, repo: str, file: str) -> Problem:
    names = {kind.__name__ for kind in type(error).__mro__}
    where = f"repository {repo}"
    code = getattr(getattr(error, "response", None), "status_code", None)
    if "GatedRepoError" in names or (code in (401, 403) and "RepositoryNotFoundError" not in names):
        why = "its authors give it only to people who have accepted their terms"
        remedy = (
            f"Open {HUB}/{repo}, log in and accept them. Then make a token at "
            f"{HUB}/settings/tokens, run `hf auth login`, and run this command again."
        )
        return Missing(where, why, remedy)
    if "RepositoryNotFoundError" in names:
        why = "the hub knows no such model, or it is private"
        return Missing(where, why, "Check its name; for a private one run `hf auth login`.")
    if "EntryNotFoundError" in names and code == 404:
        return Missing(where, f"it has no file {file!r}", "Choose another file of it.")
    if code is not None:
        why = f"the hub answered with an error ({code})"
        return Missing(where, why, "Try again later: what has come is kept.")
    why = "the hub cannot be reached, or the connection broke"
    remedy = "Check the network, then run the same command: it goes on where it stopped."
    return Missing(where, why, remedy)
