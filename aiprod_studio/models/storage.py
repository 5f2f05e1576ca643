"""How weights are stored in a file: plain, fp8 with or without scales, GGUF; and what cannot run.

Used by `filling` to pair weights with their scales, and by `inspection` to say what a file holds.
Headers only, no torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiprod_studio.models.descriptor import Part, Source
from aiprod_studio.models.files import ModelFile, TensorInfo, refused
from aiprod_studio.models.gguf_header import TYPES

SCALES = (".weight_scale", ".scale_weight")
UNREAD = (".input_scale", ".scale_input", ".comfy_quant")
MARKERS = ("scaled_fp8",)
FP8 = ("F8_E4M3", "F8_E5M2")
PLAIN = ("F32", "F16", "BF16", "F64")
GGUF = frozenset(name for name, group, _ in TYPES.values() if group > 1)
RUNNABLE_GGUF = frozenset({
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL",
    "IQ4_XS",
})  # fmt: skip
LARGE_TABLE = 256 << 20
"""Tables of words above this size keep a half type; only the rows in use are widened."""
LARGE = 1 << 30
"""Parts that need more bytes than this in the compute type keep the type of their file."""

INSTEAD = "Use the bf16, fp8 or GGUF (Q4_K, Q8_0) version of this model; those run."


@dataclass(frozen=True)
class Weight:
    """One tensor on its way into a network, with the scale that belongs to it, if any."""

    source: Source
    scale: Source | None = None

    @property
    def quantised(self) -> bool:
        """Whether torch cannot compute with it as it is."""
        return self.source.info.dtype in GGUF or self.source.info.dtype in FP8

    @property
    def kind(self) -> str:
        """The GGUF type, or an empty text."""
        return self.source.info.dtype if self.source.info.dtype in GGUF else ""


def paired(part: Part) -> dict[str, Weight]:
    """Return a part's weights by network key, scales beside the weight they belong to.

    Raises:
        Refusal: a weight is stored in a way that cannot be run.
    """
    scales = {
        name.removesuffix(suffix) + ".weight": source
        for name, source in part.tensors.items()
        for suffix in SCALES
        if name.endswith(suffix)
    }
    found: dict[str, Weight] = {}
    for name, source in part.tensors.items():
        if name.endswith((*SCALES, *UNREAD, ".weight_scale_2")) or name in MARKERS:
            continue
        scale = scales.get(name)
        _check(source, scale, name.removesuffix(".weight") + ".weight_scale_2" in part.tensors)
        found[name] = Weight(source, scale)
    return found


def _check(source: Source, scale: Source | None, second: bool) -> None:
    why = _why_not(source.info, scale.info if scale else None, second)
    if why:
        raise refused(source.file.path, f"tensor {source.info.name!r} {why}", INSTEAD)


def _why_not(info: TensorInfo, scale: TensorInfo | None, second: bool) -> str:
    if second or info.dtype == "F4":
        return "is stored as NVFP4, which this program cannot run"
    if info.dtype == "I8" and len(info.shape) == 2:
        return "is stored as int8 with a rotation of its inputs, which this program cannot run"
    if info.dtype in ("U8", "I8") and len(info.shape) >= 2 and scale is not None:
        return f"is stored as packed {info.dtype}, which this program cannot run"
    if scale is not None and (scale.dtype == "F8_E8M0" or _blocks(scale)):
        return "is stored as fp8 with a scale for every group (MXFP8), which cannot run"
    if info.dtype in GGUF and info.dtype not in RUNNABLE_GGUF:
        return f"is stored as GGUF {info.dtype}, which this program cannot expand"
    return ""


def _blocks(scale: TensorInfo) -> bool:
    """Whether a scale has more than one number per row."""
    return len(scale.shape) == 2 and scale.shape[1] > 1


def keeps_plain(part: Part, element: int | None, storage: str = "auto") -> bool:
    """Say whether a part's linear layers keep plain types of the file instead of the compute type.

    `element` is bytes per number of the compute type (None: the file's own type is computed in);
    `storage` is as for `load_component`.
    """
    if storage != "auto":
        return storage == "file"
    count = sum(source.info.count for source in part.tensors.values())
    return count * (element or 0) > LARGE


def held_bytes(name: str, info: TensorInfo, element: int | None, keep: bool) -> int:
    """Return the bytes that a tensor takes once loaded; `keep` is `keeps_plain` of its part."""
    linear = name.endswith(".weight") and len(info.shape) == 2
    table = linear and any(part in name for part in ("embed", "shared"))
    if table and info.dtype in ("F16", "BF16") and info.nbytes > LARGE_TABLE:
        return info.nbytes
    linear = linear and not table
    packed = info.dtype in FP8 or info.dtype in GGUF
    if info.dtype in PLAIN or packed:
        stays = linear and (packed or keep)
        size = element or (2 if packed else info.nbytes // max(info.count, 1))
        return info.nbytes if stays else info.count * size
    return info.nbytes


def describe_storage(file: ModelFile) -> str:
    """Name the way a file's matrices are stored, in an artist's words."""
    held: Counter[str] = Counter()
    for info in file.tensors.values():
        held[info.dtype] += info.count if len(info.shape) > 1 else 0
    if any(name.endswith(".weight_scale_2") for name in file.tensors):
        return "NVFP4 (cannot run)"
    total = sum(held.values())
    packed = [d for d, n in held.most_common() if _is_packed(d) and 4 * n >= total]
    top = next(iter(packed), next((d for d, _ in held.most_common(1)), "F32"))
    if top in FP8:
        return _fp8(file)
    if top == "I8":
        return "int8 (cannot run)"
    words = {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}
    return f"GGUF {top}" if top in GGUF else words.get(top, top)


def _is_packed(dtype: str) -> bool:
    return dtype in FP8 or dtype in GGUF or dtype == "I8"


def _fp8(file: ModelFile) -> str:
    names = file.tensors
    comfy = (".scale_weight", ".comfy_quant", "scaled_fp8")
    if any(name.endswith(comfy) for name in names):
        return "scaled fp8 (ComfyUI)"
    return "scaled fp8" if any(name.endswith(".weight_scale") for name in names) else "fp8"


def bytes_by_type(infos: Iterable[TensorInfo]) -> Mapping[str, int]:
    """Return the bytes held in each element type."""
    held: Counter[str] = Counter()
    for info in infos:
        held[info.dtype] += info.nbytes
    return dict(held.most_common())
