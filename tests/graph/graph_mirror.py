"""A view of a document that knows it only from facts, as the canvas will.

It refuses what a canvas could not do: a link to a node that is not shown, a node that is shown
twice. At any time it must equal the document.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from aiprod_studio.graph import Document, Link, Node, facts
from aiprod_studio.graph.graphs import Graph


@dataclass
class Sheet:
    """What is shown of one graph."""

    nodes: dict[str, Node] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    view: dict[str, Any] = field(default_factory=dict)
    frames: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


def sheet_of(graph: Graph) -> Sheet:
    return Sheet(
        {name: replace(node, inputs={}) for name, node in graph.nodes.items()},
        set(graph.links()),
        dict(graph.view),
        {frame.name: frame for frame in graph.frames},
        {note.name: note for note in graph.notes},
    )


class Mirror:
    """Subscribes to a document and follows it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.sheets = {within: sheet_of(graph) for within, graph in document.content.scopes()}
        self.sections = dict(document.extra)
        document.events.subscribe(self.follow)

    def check(self) -> None:
        shown = {within: sheet_of(graph) for within, graph in self.document.content.scopes()}
        assert self.sheets == shown
        assert self.sections == dict(self.document.extra)

    def follow(self, fact: facts.Fact) -> None:
        sheet = self.sheets.get(fact.within, Sheet())
        match fact:
            case facts.SubgraphAdded(name=name):
                assert name not in self.sheets
                self.sheets[name] = sheet_of(self.document.graph(name))
            case facts.SubgraphRemoved(name=name):
                del self.sheets[name]
            case facts.NodeAdded(node=node):
                assert node.name not in sheet.nodes
                sheet.nodes[node.name] = replace(node, inputs={})
            case facts.NodeRemoved(node=name):
                assert not [link for link in sheet.links if name in (link.source, link.target)]
                del sheet.nodes[name]
            case facts.NodeRenamed(old=old, new=new):
                self.rename(sheet, old, new)
            case facts.Connected(link=link):
                assert link.target in sheet.nodes
                assert link.source in sheet.nodes or link.source == "inputs"
                assert not [
                    k for k in sheet.links if (k.target, k.input) == (link.target, link.input)
                ]
                sheet.links.add(link)
            case facts.Disconnected(link=link):
                sheet.links.remove(link)
            case facts.ViewSet(node=name, view=view):
                sheet.view.pop(name, None)
                if view is not None:
                    sheet.view[name] = view
            case facts.SectionSet(section=name):
                self.sections.pop(name, None)
                if name in self.document.extra:
                    self.sections[name] = self.document.extra[name]
            case _:
                self.follow_details(sheet, fact)

    def follow_details(self, sheet: Sheet, fact: facts.Fact) -> None:
        match fact:
            case facts.NodeChanged(node=node):
                old = sheet.nodes[node.name]
                sheet.nodes[node.name] = replace(node, inputs={}, params=old.params, mode=old.mode)
            case facts.ModeSet(node=name, mode=mode):
                sheet.nodes[name] = replace(sheet.nodes[name], mode=mode)
            case facts.ParamSet(node=name, param=param, value=value):
                params = {**sheet.nodes[name].params, param: value}
                sheet.nodes[name] = replace(sheet.nodes[name], params=params)
            case facts.ParamReset(node=name, param=param):
                params = dict(sheet.nodes[name].params)
                del params[param]
                sheet.nodes[name] = replace(sheet.nodes[name], params=params)
            case facts.FrameAdded(frame=frame):
                assert frame.name not in sheet.frames
                sheet.frames[frame.name] = frame
            case facts.FrameChanged(frame=frame):
                assert frame.name in sheet.frames
                sheet.frames[frame.name] = frame
            case facts.FrameRemoved(frame=name):
                del sheet.frames[name]
            case facts.NoteAdded(note=note) | facts.NoteChanged(note=note):
                sheet.notes[note.name] = note
            case facts.NoteRemoved(note=name):
                del sheet.notes[name]
            case _:
                assert isinstance(fact, facts.InterfaceChanged | facts.Saved)

    @staticmethod
    def rename(sheet: Sheet, old: str, new: str) -> None:
        assert not [link for link in sheet.links if link.source == old]
        assert new not in sheet.nodes
        sheet.nodes[new] = replace(sheet.nodes.pop(old), name=new)
        if old in sheet.view:
            sheet.view[new] = sheet.view.pop(old)
        sheet.links = {
            replace(link, target=new) if link.target == old else link for link in sheet.links
        }
