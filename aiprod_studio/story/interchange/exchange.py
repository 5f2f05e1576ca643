"""Writing a cut for other programs: `.otio`, `.otioz`, FCP7 XML, FCPXML and EDL files.

The application's exports call `write_cut`. The adapters of OpenTimelineIO do the writing; a file
appears whole or not at all. Reading is in `otio_in` and `read_cut`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from aiprod_studio.sdk import Refusal
from aiprod_studio.story.board import Board
from aiprod_studio.story.cut import Cut
from aiprod_studio.story.interchange.adapter_texts import (
    at_rate,
    count_frames_right,
    edl_rate,
    edl_read,
    edl_start,
    edl_written,
    fcpxml_rate,
    fcpxml_read,
    fcpxml_written,
    nominal,
)
from aiprod_studio.story.interchange.dropping import CutFormat
from aiprod_studio.story.interchange.otio_in import Imported, from_otio, from_otio_text
from aiprod_studio.story.interchange.otio_out import Address, to_otio
from aiprod_studio.story.interchange.plain_timeline import (
    PlainFormat,
    plain_timeline,
    smpte_rate,
)
from aiprod_studio.story.problems import BadTime, BadValue, Unreadable

SUFFIXES: Mapping[CutFormat, str] = {
    "otio": ".otio", "otioz": ".otioz", "fcp_xml": ".xml", "fcpx_xml": ".fcpxml", "edl": ".edl",
}  # fmt: skip
TITLES: Mapping[CutFormat, str] = {
    "otio": "OpenTimelineIO", "otioz": "OpenTimelineIO with media",
    "fcp_xml": "Final Cut Pro 7 XML", "fcpx_xml": "FCPXML", "edl": "EDL (CMX 3600)",
}  # fmt: skip
ADAPTERS: Mapping[CutFormat, PlainFormat] = {
    "fcp_xml": "fcp_xml", "fcpx_xml": "fcpx_xml", "edl": "cmx_3600",
}  # fmt: skip
PARTIAL = ".partial-"
REMEDY = "Export .otio instead."


def write_cut(
    cut: Cut, board: Board, path: Path, kind: CutFormat, address: Address, title: str = ""
) -> None:
    """Write a cut; an existing file is replaced only when all went well.

    Args:
        cut: the cut.
        board: what its shots play.
        path: the file.
        kind: its format.
        address: where a file of the document is, as other programs read it.
        title: what the timeline is called.

    Raises:
        Refusal: the format cannot hold the cut, media are missing (otioz), or the disk refuses.
    """
    if not any(track.clips for track in cut.tracks):
        raise Refusal(BadValue(path.name, "the cut has no clips", "Put a shot on the timeline."))
    partial = path.with_name(f"{PARTIAL}{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        _write(cut, board, partial, kind, address, title)
        partial.replace(path)
    except OSError as error:
        why = f"it cannot be written: {error.strerror or error}"
        raise Refusal(Unreadable(str(path), why, "Choose another folder.")) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _write(
    cut: Cut, board: Board, path: Path, kind: CutFormat, address: Address, title: str
) -> None:
    import opentimelineio as otio

    if kind in ("otio", "otioz"):
        timeline = to_otio(cut, board, title, address)
        adapter = "otio_json" if kind == "otio" else "otioz"
    else:
        if smpte_rate(cut.rate) is None:
            why = f"there is no timecode at {cut.rate} frames a second"
            raise Refusal(
                BadTime(path.name.removeprefix(PARTIAL), why, "Use .otio, or cut at 24, 25 or 30.")
            )
        adapter = ADAPTERS[kind]
        plain = plain_timeline(cut, board, ADAPTERS[kind], address, title)
        timeline = plain.timeline
    try:
        if adapter == "otioz":
            policy = otio.adapters.file_bundle_utils.MediaReferencePolicy.MissingIfNotFile
            otio.adapters.write_to_file(
                timeline, str(path), adapter_name=adapter, media_policy=policy
            )
        else:
            if kind == "fcpx_xml":
                count_frames_right()
            text = otio.adapters.write_to_string(timeline, adapter)
            if kind == "fcpx_xml":
                text = fcpxml_written(text, plain.rate)
            elif kind == "edl":
                text = edl_written(text, plain.rate)
            path.write_text(text, encoding="utf-8")
    except (otio.exceptions.OTIOError, ValueError, TypeError, AttributeError, KeyError) as error:
        said = str(error).splitlines()
        why = f"the format cannot hold this cut ({said[0] if said else type(error).__name__})"
        raise Refusal(BadValue(path.name.removeprefix(PARTIAL), why, REMEDY)) from None


def read_cut(path: Path) -> Imported:
    """Read a cut by its ending: .otio, .otioz, .xml (FCP7), .fcpxml or .edl.

    Raises:
        Refusal: it cannot be read, or is no timeline.
    """
    import opentimelineio as otio

    kinds = {suffix: kind for kind, suffix in SUFFIXES.items()}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(SUFFIXES.values())
        raise Refusal(Unreadable(path.name, "it is no timeline file", f"Known are {known}."))
    try:
        if kind == "otioz":
            return from_otio(otio.adapters.read_from_file(str(path), "otioz"), path.name)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, otio.exceptions.OTIOError) as error:
        why = f"it cannot be read: {getattr(error, 'strerror', None) or error}"
        raise Refusal(Unreadable(str(path), why, "Check the file and its permissions.")) from None
    if kind == "otio":
        return from_otio_text(text, path.name)
    return from_otio(_read(text, ADAPTERS[kind], path), path.name)


def _read(text: str, adapter: PlainFormat, path: Path) -> Any:
    import opentimelineio as otio

    if "<!ENTITY" in text[:4000]:
        why = "it declares entities, which no editing program writes"
        raise Refusal(Unreadable(path.name, why, "Export it again."))
    try:
        if adapter == "fcpx_xml":
            return _timeline(_read_fcpxml(text))
        if adapter == "cmx_3600":
            return _timeline(_read_edl(text, edl_rate(text)))
        found = otio.adapters.read_from_string(text, adapter)
    except Exception as error:  # adapters raise whatever their parsers do
        why = f"it is no such file, or a damaged one ({type(error).__name__})"
        raise Refusal(Unreadable(path.name, why, "Export it again.")) from None
    return _timeline(found)


def _read_fcpxml(text: str) -> Any:
    import opentimelineio as otio

    count_frames_right()
    rate = fcpxml_rate(text)
    if rate is None:
        return otio.adapters.read_from_string(text, "fcpx_xml")
    found = _timeline(otio.adapters.read_from_string(fcpxml_read(text, rate), "fcpx_xml"))
    if nominal(rate) == rate:
        return found
    return otio.adapters.read_from_string(at_rate(found.to_json_string(), nominal(rate), rate))


def _read_edl(text: str, rate: Fraction) -> Any:
    import opentimelineio as otio

    whole = nominal(rate)
    found = otio.adapters.read_from_string(edl_read(text), "cmx_3600", rate=float(whole))
    start = edl_start(text)
    for track in found.tracks if start else ():
        time = otio.opentime.RationalTime(start, float(whole))
        begin = otio.opentime.RationalTime(0, float(whole))
        track.insert(0, otio.schema.Gap(source_range=otio.opentime.TimeRange(begin, time)))
    if whole == rate:
        return found
    return otio.adapters.read_from_string(at_rate(found.to_json_string(), whole, rate))


def _timeline(found: Any) -> Any:
    """Return the first timeline of what an adapter read: projects hold several."""
    import opentimelineio as otio

    if isinstance(found, otio.schema.Timeline) or not hasattr(found, "__iter__"):
        return found
    return next((each for each in found if isinstance(each, otio.schema.Timeline)), found)
