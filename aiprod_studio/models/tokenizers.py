"""The tokenizer that belongs to a text encoder: inside its file, in its folder, or beside it.

Used by `loading`. `tokenizer.json` is read with the tokenizers library, a sentencepiece model
(`spiece.model` of T5, `tokenizer.model` of Gemma, or the bytes that ComfyUI keeps in the weights'
file) with sentencepiece; both answer the same call. Nothing is asked from the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from aiprod_studio.models.files import ModelFile, refused

NAMES = ("tokenizer.json", "spiece.model", "tokenizer.model")
FOLDERS = ("", "tokenizer", "../tokenizer")
INSIDE = ("spiece_model", "tokenizer_model", "tokenizer_json", "tokenizer")
"""Tensors of bytes in which some text encoders carry their tokenizer."""

IN_METADATA = ("tokenizer_json", "tokenizer.json", "tokenizer")


class Encoding(NamedTuple):
    """A text in tokens: numbers, pieces as text, and the pieces of the text that are not known."""

    ids: Sequence[int]
    tokens: Sequence[str]
    unknown: Sequence[str]
    offsets: Sequence[tuple[int, int]] = ()
    """Where each token lies in the text, in characters; (0, 0) for marks."""


class Tokenizer(Protocol):
    """What `prompts` asks of a tokenizer (the tokenizers library's class answers it too)."""

    def encode(self, text: str) -> Any:
        """Return something with ids and tokens."""


@dataclass(frozen=True)
class SentencePieces:
    """A sentencepiece model; T5 ends with its end mark, Gemma begins with its start mark."""

    model: Any
    begins: bool

    def encode(self, text: str) -> Encoding:
        """Cut a text into pieces, with the marks that the encoder was trained with."""
        ids, tokens = list(self.model.encode(text)), list(self.model.encode(text, out_type=str))
        offsets = _places(text, tokens)
        strange = self.model.unk_id()
        unknown = [t.strip("\u2581") for i, t in zip(ids, tokens, strict=True) if i == strange]
        mark = self.model.bos_id() if self.begins else self.model.eos_id()
        if mark >= 0:
            at = 0 if self.begins else len(ids)
            ids.insert(at, mark)
            tokens.insert(at, self.model.id_to_piece(mark))
            offsets.insert(at, (0, 0))
        return Encoding(ids, tokens, [piece for piece in unknown if piece], offsets)


def _places(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Find tokens in a text, in their order; (0, 0) for one that was normalised beyond finding."""
    places, at = [], 0
    for token in tokens:
        word = token.strip("\u2581")
        found = text.find(word, at) if word else -1
        places.append((found, found + len(word)) if found >= 0 else (0, 0))
        at = max(at, places[-1][1])
    return places


def apart(paths: Sequence[str | Path]) -> tuple[list[Path], Path | None]:
    """Separate a tokenizer's file from the weights among some paths; other JSON is left out."""
    every = [Path(path) for path in paths]
    found = next((path for path in every if path.name in NAMES), None)
    skipped = {"manifest.json", "config.json", *NAMES}
    return [path for path in every if path.name not in skipped], found


def find(files: Sequence[ModelFile], given: Path | None = None) -> Any:
    """Return the tokenizer that was given or belongs to these files, or None.

    Raises:
        Refusal: one is there but cannot be read.
    """
    if given is not None:
        return _read(given)
    for file in files:
        text = next((file.metadata[key] for key in IN_METADATA if key in file.metadata), None)
        if isinstance(text, str) and text.lstrip().startswith("{"):
            return _from_text(file.path, text)
        inside = next((name for name in INSIDE if name in file.tensors), None)
        if inside:
            return _from_tensor(file, inside)
    return next((_read(path) for path in beside(files)), None)


def beside(files: Sequence[ModelFile]) -> Iterator[Path]:
    """Yield the tokenizer files in the folders of these files, the best first."""
    for folder in dict.fromkeys(file.path.parent for file in files):
        for inner in FOLDERS:
            for name in NAMES:
                path = folder / inner / name
                if path.is_file():
                    yield path


def _read(path: Path) -> Any:
    try:
        if path.suffix == ".json":
            return _from_text(path, path.read_text(encoding="utf-8"))
        return _from_bytes(path, path.read_bytes(), begins=path.name == "tokenizer.model")
    except (OSError, UnicodeDecodeError) as error:
        why = f"the tokenizer cannot be read ({error})"
        raise refused(path, why, "Copy it again.") from None


def _from_text(path: Path, text: str) -> Any:
    from tokenizers import Tokenizer as Ready

    try:
        return Ready.from_str(text)
    except Exception as error:  # the library raises bare Exception
        why = f"the tokenizer in it cannot be read ({str(error)[:120]})"
        raise refused(path, why, "Copy tokenizer.json again from the model's source.") from None


def _from_tensor(file: ModelFile, name: str) -> Any:
    from aiprod_studio.models.descriptor import Source
    from aiprod_studio.models.weights import WeightFiles

    with WeightFiles() as files:
        data = files.read(Source(file, file.tensors[name])).numpy().tobytes()
    if data.lstrip().startswith(b"{"):
        return _from_text(file.path, data.decode("utf-8", "replace"))
    t5 = any(".SelfAttention." in key for key in file.tensors)
    return _from_bytes(file.path, data, begins=not t5)


def _from_bytes(path: Path, data: bytes, *, begins: bool) -> SentencePieces:
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor()
    try:
        model.LoadFromSerializedProto(data)
    except (RuntimeError, ValueError, TypeError) as error:
        why = f"the tokenizer in it cannot be read ({str(error)[:120]})"
        raise refused(path, why, "Copy it again from the model's source.") from None
    return SentencePieces(model, begins)
