#!/usr/bin/env python3
"""From a fresh machine to the running program: makes the environment, then starts the program.

Standard library only; runs on Linux, Windows and macOS with Python 3.11 or newer:

    python3 installer/bootstrap.py --run workflows/image_to_video.json
    python3 installer/bootstrap.py --test

All arguments but `--test`, `--env DIR` and `--torch BUILD` go to `aiprod-studio`. The first start
installs pinned packages and takes minutes; later starts only check that nothing changed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
CONSTRAINTS = HERE / "constraints.txt"
OLDEST_PYTHON = (3, 11)
TORCH = "2.13.0"
TORCH_INDEX = "https://download.pytorch.org/whl/"
# The CUDA 12.6 builds are the last that hold code for Pascal and Volta.
OLD_CARDS, NEW_CARDS = "cu126", "cu130"
OLDEST_NEW_CARD = (7, 5)
# Tests of one file share what they set up; each worker takes up to a gigabyte.
WORKERS = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]


def main() -> int:
    arguments, options = split_arguments(sys.argv[1:])
    if sys.version_info < OLDEST_PYTHON:
        return start_with_newer_python()
    environment = Path(options.get("--env") or os.environ.get("AIPROD_ENV") or PROJECT / ".venv")
    testing = "--test" in options
    build = options.get("--torch") or choose_torch_build()
    try:
        install(environment, build, testing)
    except subprocess.CalledProcessError as error:
        say(f"The installation stopped: {' '.join(map(str, error.cmd[3:7]))} ... failed.")
        say("The lines above say why; with a working network, start the same command again.")
        return 1
    return run(environment, arguments, testing)


def split_arguments(given: list[str]) -> tuple[list[str], dict[str, str]]:
    """Take our own options out; everything else belongs to the program (or to the tests)."""
    rest: list[str] = []
    options: dict[str, str] = {}
    waiting = iter(given)
    for argument in waiting:
        if argument == "--test":
            options[argument] = "yes"
        elif argument in ("--env", "--torch"):
            options[argument] = next(waiting, "")
        else:
            rest.append(argument)
    return rest, options


def start_with_newer_python() -> int:
    """Go on with a newer Python of this machine, if it has one."""
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            return subprocess.call([found, str(Path(__file__).resolve()), *sys.argv[1:]])
    say(f"Python {platform.python_version()} is too old: 3.11, 3.12 or 3.13 is needed.")
    return 1


def choose_torch_build() -> str:
    """Return the build of torch that fits this machine: cpu, cu126, cu130 or default."""
    if sys.platform == "darwin":
        return "default"
    capabilities = card_capabilities()
    if not capabilities:
        return "cpu"
    return NEW_CARDS if min(capabilities) >= OLDEST_NEW_CARD else OLD_CARDS


def card_capabilities() -> list[tuple[int, int]]:
    """Ask the driver which compute capabilities the cards have; empty without a card."""
    query = ["nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    found = []
    for line in answer.stdout.split():
        major, _, minor = line.partition(".")
        if major.isdigit() and minor.isdigit():
            found.append((int(major), int(minor)))
    return found


def install(environment: Path, build: str, testing: bool) -> None:
    """Bring the environment up to date; does nothing when it already is."""
    wanted = fingerprint(build, testing)
    marker = environment / "aiprod-installed.txt"
    have = marker.read_text(encoding="utf-8").split() if marker.is_file() else []
    if wanted in have:
        return
    if not python_of(environment).is_file():
        say(f"Making the environment {environment}")
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(environment)
    install_torch(environment, build)
    extras = "[dev]" if testing else ""
    say("Installing AIPROD Studio and its pinned packages")
    pip(environment, "-c", str(CONSTRAINTS), "-e", f"{PROJECT}{extras}")
    # An environment for the tests serves the program as well.
    complete = [wanted, fingerprint(build, False)] if testing else [wanted]
    marker.write_text("\n".join(complete), encoding="utf-8")


def fingerprint(build: str, testing: bool) -> str:
    """Return a digest of everything that the installed packages depend on."""
    digest = hashlib.sha256(f"{build} {testing} {sys.version_info[:2]} {PROJECT}".encode())
    for file in (PROJECT / "pyproject.toml", CONSTRAINTS, Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def install_torch(environment: Path, build: str) -> None:
    """Install the chosen build of torch from its own index, or from where pip is set up to look."""
    exact = f"torch=={TORCH}" if build == "default" else f"torch=={TORCH}+{build}"
    index = TORCH_INDEX + build + "/"
    say(f"Installing {exact}")
    source = ["--extra-index-url", index] if build != "default" and reachable(index) else []
    try:
        pip(environment, exact, *source)
    except subprocess.CalledProcessError:
        if build == "default":
            raise
        say(f"{exact} cannot be had from here; installing the registry's own torch {TORCH}.")
        pip(environment, f"torch=={TORCH}")


def reachable(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except (OSError, urllib.error.URLError):
        return False


def pip(environment: Path, *arguments: str) -> None:
    command = [str(python_of(environment)), "-m", "pip", "install", *arguments]
    subprocess.run([*command, "--disable-pip-version-check", "-q"], check=True)


def python_of(environment: Path) -> Path:
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def run(environment: Path, arguments: list[str], testing: bool) -> int:
    """Start the program, or its tests, and return its exit code."""
    module = ["pytest", *WORKERS] if testing else ["aiprod_studio"]
    command = [str(python_of(environment)), "-m", *module, *arguments]
    folder = PROJECT if testing else None
    try:
        return subprocess.call(command, cwd=folder)
    except KeyboardInterrupt:
        return 130


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
