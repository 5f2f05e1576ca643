"""Calling a node's function: inputs and parameters in, outputs by name out.

The runner uses it for each step. It checks what the function gives back and, when asked to verify,
that the function left its inputs as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiprod_studio.engine import codec
from aiprod_studio.engine.codec import Adopted, Unstorable
from aiprod_studio.engine.outside import stamp
from aiprod_studio.engine.plan import Step
from aiprod_studio.engine.tensorfile import Written
from aiprod_studio.sdk import Failed, Invalid, NodeSpec, Refusal, Run


@dataclass(frozen=True, slots=True)
class Call:
    """A step ready to be called: values for its inputs, by name."""

    step: Step
    inputs: Mapping[str, Any]

    def make(self, run: Run | None, *, verify: bool = False) -> dict[str, Any]:
        """Call the function and return its outputs by name.

        Raises:
            Refusal: it gave back something else than it declares, changed an input (only with
                `verify`), a file changed meanwhile, or the node itself refused.
        """
        before = self._digests() if verify else {}
        spec = self.step.spec
        given: list[Any] = [run] if run is not None else []
        given += [self.inputs.get(socket.name) for socket in spec.inputs]
        outputs = outputs_of(spec, spec.function(*given, **self._params()))
        if verify:
            self._check_inputs(before)
        self._check_files()
        return outputs

    def _params(self) -> Mapping[str, Any]:
        linked = self.inputs.keys() & self.step.params.keys()
        if not linked:
            return self.step.params
        return {**self.step.params, **{name: self._read(name) for name in linked}}

    def _read(self, name: str) -> Any:
        """Return a parameter that came over a link, checked like one that was typed."""
        param = self.step.spec.param(name)
        try:
            return param.read(self.inputs[name]) if param is not None else self.inputs[name]
        except ValueError as error:
            remedy = "Link another value, or remove the link."
            raise Refusal(Invalid(f"parameter {name!r}", str(error), remedy)) from None

    def _digests(self) -> dict[str, bytes]:
        return {name: digest(value) for name, value in self.inputs.items()}

    def _check_inputs(self, before: Mapping[str, bytes]) -> None:
        for name, value in self.inputs.items():
            if digest(value) != before[name]:
                why = "the node changed this input, which other nodes may use"
                raise Refusal(Failed(f"input {name!r}", why, "Report it to its author."))

    def _check_files(self) -> None:
        for param, before in self.step.stamps.items():
            path = self.step.files[param].path
            if stamp(path) != before:
                why = f"{path} was changed while it was being read"
                raise Refusal(Failed(f"parameter {param!r}", why, "Run again."))


def outputs_of(spec: NodeSpec, result: Any) -> dict[str, Any]:
    """Return what a function gave back by output name.

    Raises:
        Refusal: the number of values is not what the spec declares.
    """
    names = [output.name for output in spec.outputs]
    fields = getattr(result, "_fields", None)
    if isinstance(result, tuple) and fields is not None and list(fields) == names:
        return dict(zip(names, result, strict=True))
    if len(names) == 1:
        return {names[0]: result}
    if not names:
        return {}
    if isinstance(result, tuple) and len(result) == len(names):
        return dict(zip(names, result, strict=True))
    why = f"it gave back {type(result).__name__} instead of {len(names)} outputs"
    raise Refusal(Failed("", f"{why} ({', '.join(names)})", "Report it to its author."))


def digest(value: Any) -> bytes:
    """Return a checksum over all that a value holds."""
    try:
        encoded = codec.encode(value, lambda path: Adopted(Path(path), Written("", 0)))
    except Unstorable:
        return b""
    taken = hashlib.blake2b(encoded.structure.encode(), digest_size=16)
    for raw in encoded.tensors.values():
        taken.update(raw.data)
    return taken.digest()
