"""Fill a network without weights from a planned part: check names and shapes, read, place, keep.

Used by `loading`. Linear weights that are quantised, or plain weights of a large part in another
type than the compute type, stay as they are stored, in `linear.StoredLinear`; everything else
becomes the compute type. Checks the cancel token between tensors and chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from aiprod_studio.models.descriptor import Part, Source
from aiprod_studio.models.linear import StoredLinear, put
from aiprod_studio.models.quantised import dequantise
from aiprod_studio.models.storage import LARGE_TABLE, PLAIN, Weight, keeps_plain, paired
from aiprod_studio.models.weights import WeightFiles
from aiprod_studio.sdk import Invalid, Problem, Refusal

Check = Callable[[], None]
CHUNK = 64 << 20
"""Bytes copied between two looks at the cancel token."""

EXPANDED = torch.bfloat16
"""What quantised numbers become where no compute type was asked for."""


@dataclass(frozen=True)
class Target:
    """Where weights go, and in which type."""

    device: torch.device
    dtype: torch.dtype | None
    keep_plain: bool
    check: Check


def fill(
    network: torch.nn.Module,
    part: Part,
    device: torch.device,
    dtype: torch.dtype | None,
    storage: str,
    check: Check,
) -> None:
    """Give a network its weights.

    Raises:
        Refusal: names or shapes do not match, a storage type cannot run, or values are no numbers.
    """
    weights = paired(part)
    ties = _ties(network, weights)
    _check_names(network, part, weights, ties)
    element = dtype.itemsize if dtype is not None else None
    target = Target(device, dtype, keeps_plain(part, element, storage), check)
    state: dict[str, torch.Tensor] = {}
    kept: dict[str, tuple[Weight, torch.Tensor, torch.Tensor | None]] = {}
    with WeightFiles() as files:
        for name, weight in weights.items():
            check()
            tensor = files.read(weight.source)
            _check_values(weight.source, part, tensor)
            if _stays(network, name, weight, target):
                scale = files.read(weight.scale).float().to(device) if weight.scale else None
                kept[name] = (weight, _placed(tensor, device, tensor.dtype, check), scale)
            else:
                table = _is_table(network, name, tensor)
                kept_type = replace(target, dtype=tensor.dtype) if table else target
                state[name] = _computable(tensor, weight, files, kept_type)
    state |= {name: state[other] for name, other in ties.items() if other in state}
    network.load_state_dict(state, strict=False, assign=True)
    _tie(network, {name: other for name, other in ties.items() if other in state})
    _cast_tables(network, dtype)
    for name, (weight, tensor, scale) in kept.items():
        _put(network, name.removesuffix(".weight"), weight, tensor, scale, dtype)
    _settle(network, part, device)


def _stays(network: torch.nn.Module, name: str, weight: Weight, target: Target) -> bool:
    """Whether a tensor is the weight of a linear layer that keeps its storage type."""
    path, _, last = name.rpartition(".")
    if last != "weight" or not isinstance(network.get_submodule(path), torch.nn.Linear):
        return False
    if weight.quantised:
        return True
    plain = weight.source.info.dtype in PLAIN and weight.scale is None
    return plain and target.keep_plain


def _computable(
    tensor: torch.Tensor, weight: Weight, files: WeightFiles, target: Target
) -> torch.Tensor:
    """Return a tensor in the compute type on the device, expanded if it was quantised."""
    if weight.kind:
        shape = weight.source.info.shape
        tensor = dequantise(tensor, weight.kind, shape, target.dtype or EXPANDED)
    elif weight.quantised:
        scale = files.read(weight.scale).float() if weight.scale else torch.ones(())
        tensor = (tensor.float() * scale.reshape(-1, *[1] * (tensor.ndim - 1))
                  if scale.numel() > 1 else tensor.float() * scale)  # fmt: skip
        tensor = tensor.to(target.dtype or EXPANDED)
    wanted = (
        target.dtype if target.dtype is not None and tensor.is_floating_point() else tensor.dtype
    )
    return _placed(tensor, target.device, wanted, target.check)


def _is_table(network: torch.nn.Module, name: str, tensor: torch.Tensor) -> bool:
    """Whether a tensor is a large table of words; only the rows in use need the compute type."""
    path, _, last = name.rpartition(".")
    owner = network.get_submodule(path) if last == "weight" else None
    half = tensor.dtype in (torch.float16, torch.bfloat16)
    return isinstance(owner, torch.nn.Embedding) and half and tensor.nbytes > LARGE_TABLE


def _cast_tables(network: torch.nn.Module, dtype: torch.dtype | None) -> None:
    """Give the rows of tables that kept their type in the compute type."""
    if dtype is None:
        return

    def cast(module: torch.nn.Module, args: object, out: torch.Tensor) -> torch.Tensor:
        return out.to(dtype)

    for module in network.modules():
        if isinstance(module, torch.nn.Embedding) and module.weight.dtype != dtype:
            module.register_forward_hook(cast)


def _placed(
    tensor: torch.Tensor, device: torch.device, dtype: torch.dtype, check: Check
) -> torch.Tensor:
    """Copy to the device in chunks; a CPU load that changes nothing stays mapped to the file."""
    if device.type == "cpu" and dtype == tensor.dtype:
        return tensor
    if tensor.nbytes <= CHUNK or not tensor.ndim:
        return tensor.to(device, dtype)
    out = torch.empty(tensor.shape, dtype=dtype, device=device)
    rows = max(1, CHUNK * tensor.shape[0] // tensor.nbytes)
    for start in range(0, tensor.shape[0], rows):
        check()
        out[start : start + rows] = tensor[start : start + rows].to(device, dtype)
    return out


def _put(
    network: torch.nn.Module,
    path: str,
    weight: Weight,
    stored: torch.Tensor,
    scale: torch.Tensor | None,
    dtype: torch.dtype | None,
) -> None:
    old = network.get_submodule(path)
    assert isinstance(old, torch.nn.Linear)
    bias = None if old.bias is None else old.bias.data
    plain = stored.dtype if stored.is_floating_point() and stored.itemsize > 1 else EXPANDED
    shape = (old.out_features, old.in_features)
    layer = StoredLinear(
        stored, shape, kind=weight.kind, bias=bias, scale=scale, compute=dtype or plain
    )
    put(network, path, layer)


def _ties(network: torch.nn.Module, weights: Mapping[str, Weight]) -> dict[str, str]:
    """Names that share a weight with another name, of which the file holds only the other."""
    groups: dict[int, list[str]] = {}
    for name, parameter in network.named_parameters(remove_duplicate=False):
        groups.setdefault(id(parameter), []).append(name)
    found: dict[str, str] = {}
    for names in groups.values():
        held = next((name for name in names if name in weights), None)
        if held is not None:
            found |= {name: held for name in names if name not in weights}
    return found


def _tie(network: torch.nn.Module, ties: Mapping[str, str]) -> None:
    """Let names that share a weight share one parameter again, or a card would hold it twice."""
    for name, other in ties.items():
        path, _, last = name.rpartition(".")
        setattr(network.get_submodule(path), last, network.get_parameter(other))


def _check_names(
    network: torch.nn.Module, part: Part, weights: Mapping[str, Weight], ties: Mapping[str, str]
) -> None:
    wanted = network.state_dict(keep_vars=True)
    where = f"file {files_of(part)}, part {part.component}"
    remedy = "The file does not match its description; choose another version of it."
    missing = sorted(set(wanted) - set(weights) - set(ties) - part.ignorable)
    extra = sorted(set(weights) - set(wanted))
    problems: list[Problem] = []
    if missing:
        why = f"{len(missing)} tensors are missing: {few(missing)}"
        problems.append(Invalid(where, why, remedy))
    if extra:
        why = f"{len(extra)} tensors fit nowhere: {few(extra)}"
        problems.append(Invalid(where, why, remedy))
    for name, weight in weights.items():
        why = _shape_differs(weight.source, wanted.get(name))
        if why:
            problems.append(Invalid(where, why, remedy))
    if problems:
        raise Refusal(problems[:5])


def _shape_differs(source: Source, wanted: torch.Tensor | None) -> str:
    if wanted is None or source.change or tuple(wanted.shape) == source.info.shape:
        return ""
    if wanted.numel() == 1 == source.info.count:
        return ""
    found, expected = list(source.info.shape), list(wanted.shape)
    return f"tensor {source.info.name!r} has the shape {found} where {expected} is expected"


def few(names: Sequence[str]) -> str:
    """Show the first names of many."""
    return ", ".join(names[:4]) + (" ..." if len(names) > 4 else "")


def files_of(part: Part) -> str:
    """Name the files of a part."""
    names = sorted({source.file.path.name for source in part.tensors.values()})
    return ", ".join(names) or "(none)"


def _check_values(source: Source, part: Part, tensor: torch.Tensor) -> None:
    """Refuse NaN and infinity where looking is cheap: small tensors, and a sample of large ones."""
    if not tensor.is_floating_point():
        return
    flat = tensor.flatten()
    sample = flat if flat.numel() <= 1 << 14 else flat[:: flat.numel() >> 12]
    if not torch.isfinite(sample.float()).all():
        where = f"file {source.file.path.name}, part {part.component}"
        why = f"tensor {source.info.name!r} holds values that are no numbers (NaN or infinity)"
        raise Refusal(Invalid(where, why, "The file is damaged; download it again."))


def _settle(network: torch.nn.Module, part: Part, device: torch.device) -> None:
    """Move the buffers that no file holds, and make sure that nothing was left without values."""
    for module in network.modules():
        for name, buffer in module.named_buffers(recurse=False):
            if buffer.device != device and buffer.device.type != "meta":
                setattr(module, name, buffer.to(device))
    left = [n for n, t in [*network.named_parameters(), *network.named_buffers()] if t.is_meta]
    if left:
        where = f"part {part.component}"
        raise Refusal(Invalid(where, f"{few(left)} got no values", "Choose another file."))
    network.requires_grad_(False)
