"""Whatever a header claims, looking and planning end in an answer or in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiprod_studio.models import COMPONENTS, open_model
from aiprod_studio.models.files import ModelFile
from aiprod_studio.models.recognising import recognise
from aiprod_studio.sdk import Refusal
from tests.models.conftest import PARITY

NAMES = ("v20_mono", "v25_transformer", "v25_vae_conv", "v25_audio_vae", "ltxv095_mono")
FILES = [open_model(PARITY / f"{name}.safetensors") for name in NAMES]
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 1 << 40), st.floats(), st.text(max_size=4),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=2), st.integers()),
)  # fmt: skip


def spoiled(draw: Any, file: ModelFile) -> ModelFile:
    """The file with some tensors gone or misshapen and some of its configuration replaced."""
    tensors = dict(file.tensors)
    names = sorted(tensors)
    for name in draw(st.lists(st.sampled_from(names), max_size=12)):
        if draw(st.booleans()):
            tensors.pop(name, None)
        elif name in tensors:
            shape = tuple(draw(st.lists(st.integers(0, 1 << 30), max_size=6)))
            tensors[name] = replace(tensors[name], shape=shape)
    config = json.loads(json.dumps(file.config))
    for _ in range(draw(st.integers(0, 6))):
        _spoil(draw, config)
    return replace(file, tensors=tensors, metadata={**file.metadata, "config": json.dumps(config)})


def _spoil(draw: Any, tree: dict[str, Any]) -> None:
    key = draw(st.sampled_from(sorted(tree))) if tree else "x"
    inner = tree.get(key)
    if isinstance(inner, dict) and inner and draw(st.booleans()):
        _spoil(draw, inner)
    else:
        tree[key] = draw(JUNK)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_planning_a_spoiled_file_ends_in_a_plan_or_in_words(data: st.DataObject) -> None:
    file = spoiled(data.draw, FILES[data.draw(st.integers(0, len(FILES) - 1))])
    known = recognise(file)
    if known is None:
        return
    family, found = known
    assert set(found.components) <= set(COMPONENTS)
    for component in COMPONENTS:
        try:
            part = family.part([file], component)
        except Refusal as refusal:
            assert file.path.name in str(refusal)
        else:
            assert isinstance(part.config, Mapping)
    family.settings([file])


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_an_unspoiled_file_is_planned(file: ModelFile) -> None:
    known = recognise(file)
    assert known is not None
    for component in known[1].components:
        if (component, file.path.stem) != ("connectors", "v25_transformer"):
            assert known[0].part([file], component).tensors
