"""The manual page of a node as HTML, from its docstring, sockets and parameters.

Inspector and manual show it; colours come from the theme. It knows specs and no document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from aiprod_studio.sdk import Choice, InputSpec, NodeSpec, Number, ParamSpec, Seed, fits, plain
from aiprod_studio.ui.theme import Theme, current

MOST_FRIENDS = 8
SCHEME = "node:"
"""Links of a page to another page begin with this."""


def page(
    spec: NodeSpec, specs: Mapping[str, NodeSpec] | None = None, *, short: bool = False
) -> str:
    """Return the page; `short` leaves out the heading and the neighbours."""
    theme = current()
    parts = [] if short else [_heading(spec, theme)]
    parts += [f"<p>{_prose(part)}</p>" for part in _about(spec)]
    parts += _table("Inputs", [_input(item, theme) for item in spec.inputs], theme)
    parts += _table("Parameters", [_param(item, theme) for item in spec.params], theme)
    outputs = [(_name(o.name), _dim(o.type.replace("_", " "), theme)) for o in spec.outputs]
    parts += _table("Outputs", outputs, theme)
    parts += _notes(spec, theme)
    if specs and not short:
        parts += _friends(spec, specs, theme)
    return f'<div style="color:{theme.hex("text")}">{"".join(parts)}</div>'


def _heading(spec: NodeSpec, theme: Theme) -> str:
    size = theme.font_size("title")
    facts = [spec.type, f"since {spec.version}" if spec.version else "", _pack(spec)]
    line = " · ".join(escape(fact) for fact in facts if fact)
    return (
        f'<p style="font-size:{size}px; font-weight:600; margin-bottom:0">{escape(spec.title)}</p>'
        f'<p style="margin-top:2px">{_dim(line, theme)}</p>'
    )


def _pack(spec: NodeSpec) -> str:
    return f"pack {spec.pack}" if spec.pack else ""


def _about(spec: NodeSpec) -> list[str]:
    text = spec.doc.partition("Args:\n")[0].strip()
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _table(title: str, rows: list[tuple[str, str]], theme: Theme) -> list[str]:
    if not rows:
        return []
    gap = theme.space(2)
    cells = "".join(
        f'<tr><td style="padding:{gap // 2}px {gap * 2}px {gap // 2}px 0; white-space:nowrap">'
        f"{name}</td>"
        f'<td style="padding:{gap // 2}px 0">{about}</td></tr>'
        for name, about in rows
    )
    return [_section(title, theme), f'<table cellspacing="0" width="100%">{cells}</table>']


def _section(title: str, theme: Theme) -> str:
    tone, size = theme.hex("text_dim"), theme.font_size("small")
    return (
        f'<p style="margin-top:{theme.space(4)}px; margin-bottom:2px; color:{tone};'
        f' font-size:{size}px; font-weight:600">{title}</p>'
    )


def _input(item: InputSpec, theme: Theme) -> tuple[str, str]:
    need = ", optional" if item.optional else ""
    kind = _dim(f"{item.type.replace('_', ' ')}{need}", theme)
    return _name(item.name), f"{_prose(item.doc)}<br>{kind}" if item.doc else kind


def _param(item: ParamSpec, theme: Theme) -> tuple[str, str]:
    facts = [_range(item), f"default {_default(item)}"]
    if item.when is not None:
        values = " or ".join(map(str, item.when.values))
        facts.append(f"only with {item.when.param.replace('_', ' ')} {values}")
    if item.group.advanced:
        facts.append("advanced")
    line = _dim("; ".join(escape(fact) for fact in facts if fact), theme)
    return _name(item.name), f"{_prose(item.doc)}<br>{line}" if item.doc else line


def _range(item: ParamSpec) -> str:
    hint = item.hint
    if isinstance(hint, Seed):
        return "a whole number"
    if isinstance(hint, Number):
        unit = f" {hint.unit}" if hint.unit else ""
        zero = f", 0 for {hint.zero}" if hint.zero else ""
        return f"{hint.least:g} to {hint.most:g}{unit}{zero}"
    if isinstance(hint, Choice):
        return ", ".join(hint.options)
    return {"boolean": "on or off", "rate": "frames per second"}.get(item.kind, item.kind)


def _default(item: ParamSpec) -> str:
    value = plain(item.default)
    word = getattr(item.hint, "zero", "")
    if word and value == 0:
        return str(word)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value) or "empty"


def _notes(spec: NodeSpec, theme: Theme) -> list[str]:
    found = []
    if spec.writes:
        found.append("It writes files, so a run of everything goes through it.")
    if spec.costs.models:
        models = ", ".join(spec.costs.models)
        found.append(f"It needs memory for: {models}.")
    return [f"<p>{_dim(escape(' '.join(found)), theme)}</p>"] if found else []


def _friends(spec: NodeSpec, specs: Mapping[str, NodeSpec], theme: Theme) -> list[str]:
    wanted = {item.type for item in spec.inputs}
    given = {item.type for item in spec.outputs}
    before = [s for s in specs.values() if any(_exact(o.type, wanted) for o in s.outputs)]
    after = [s for s in specs.values() if any(_exact(i.type, given) for i in s.inputs)]
    return [
        *_links("Often comes after", [s for s in before if s.type != spec.type], theme),
        *_links("Often goes to", [s for s in after if s.type != spec.type], theme),
    ]


def _exact(kind: str, kinds: Iterable[str]) -> bool:
    return any(kind != "any" and other != "any" and fits(kind, other) for other in kinds)


def _links(title: str, specs: list[NodeSpec], theme: Theme) -> list[str]:
    if not specs:
        return []
    style = f"color:{theme.hex('accent')}; text-decoration:none"
    shown = sorted(specs, key=lambda s: s.title)[:MOST_FRIENDS]
    links = ", ".join(
        f'<a style="{style}" href="{SCHEME}{s.type}">{escape(s.title)}</a>' for s in shown
    )
    return [_section(title, theme), f"<p>{links}</p>"]


def _name(name: str) -> str:
    return f"<b>{escape(name.replace('_', ' '))}</b>"


def _prose(text: str) -> str:
    """Return a sentence with its code words in the face of code."""
    pieces = escape(text).split("`")
    marked = [f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(pieces)]
    words = "".join(marked)
    return words[:1].upper() + words[1:]


def _dim(text: str, theme: Theme) -> str:
    return f'<span style="color:{theme.hex("text_faint")}">{text}</span>'
