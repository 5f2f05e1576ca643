"""The one node type that belongs to the document itself: a bend in a link.

`flatten` removes it, so it never reaches the engine and has no work to do.
"""

from __future__ import annotations

from aiprod_studio.sdk import ANY, InputSpec, NodeSpec, OutputSpec

REROUTE = NodeSpec(
    type="graph.reroute",
    title="Reroute",
    version="",
    inputs=(InputSpec("value", ANY, optional=True),),
    outputs=(OutputSpec("value", ANY),),
    params=(),
    doc="A bend in a link; it gives what it gets.",
    takes_run=False,
)
