"""Fixtures for the tests of the document."""

import pytest

from aiprod_studio.graph import Document, Specs
from tests.graph.graph_samples import SPECS, film


@pytest.fixture
def specs() -> Specs:
    return SPECS


@pytest.fixture
def document() -> Document:
    """Return an empty document that knows the sample nodes."""
    return Document(specs=SPECS)


@pytest.fixture
def small_film() -> Document:
    """Return a whole small graph, from prompt to saved file."""
    return film()
