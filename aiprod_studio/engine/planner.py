"""Making a plan: backwards from the targets, then into an order that keeps models together.

What the store has needs nothing; the rest runs. The engine and the application call `plan`. Making
one loads no model, runs no node and writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from aiprod_studio.engine import facts as known_facts
from aiprod_studio.engine.history import Range
from aiprod_studio.engine.journal import Journal
from aiprod_studio.engine.keys import weights_identity
from aiprod_studio.engine.order import Task, last_uses, ordered
from aiprod_studio.engine.plan import Plan, State, Step, history_line
from aiprod_studio.engine.resolve import Resolved, Resolver, named
from aiprod_studio.engine.services import Peaks, Services
from aiprod_studio.engine.store import Store
from aiprod_studio.graph.flat import FlatGraph
from aiprod_studio.sdk import Model, Problem

RANK: Mapping[State, int] = {"cached": 0, "run": 1, "blocked": 2, "unneeded": 3}


def plan(
    flat: FlatGraph,
    services: Services,
    store: Store,
    *,
    journal: Journal | None = None,
    targets: Sequence[str] | None = None,
    fresh: bool = False,
    trusted: Collection[str] = (),
) -> Plan:
    """Return what a run of this graph will do.

    Args:
        flat: the graph.
        services: the application.
        store: what was computed before.
        journal: this machine's history, for the time range.
        targets: the nodes whose results are wanted; by default all that write files, or, when none
            does, all whose results no other node uses.
        fresh: compute everything again, whatever the store has.
        trusted: keys that count as there even with `fresh` (computed in this very run).

    Raises:
        KeyError: a target is not in the graph.
    """
    return _Planner(flat, services, store, journal, fresh, trusted).plan(targets)


class _Planner:
    def __init__(
        self,
        flat: FlatGraph,
        services: Services,
        store: Store,
        journal: Journal | None,
        fresh: bool,
        trusted: Collection[str],
    ) -> None:
        self._flat, self._services, self._store, self._journal = flat, services, store, journal
        self._fresh = fresh
        resolver = Resolver(services)
        self._nodes = resolver.resolve(flat)
        self._facts, self._refused = known_facts.gather(self._nodes)
        self._settle(resolver)
        keys = (node.key for node in self._nodes.values() if node.key)
        self._known = store.known(trusted if fresh else keys)
        self._usable: dict[str, bool] = {}

    def _settle(self, resolver: Resolver) -> None:
        """Let the application choose what the artist left to it, before anything is looked up."""
        settled = {}
        for name, node in self._nodes.items():
            if node.key and node.node.spec.costs.models:
                changes = self._services.settle(self._sketch(name, self._models(name)))
                if changes:
                    settled[name] = changes
        if settled:
            resolver.settle(self._nodes, settled)
            self._facts, self._refused = known_facts.gather(self._nodes)

    def plan(self, targets: Sequence[str] | None) -> Plan:
        wanted = tuple(targets) if targets is not None else _default_targets(self._flat)
        states = self._states(wanted)
        problems = self._block(wanted, states)
        same = self._shared(states)
        running = self._in_order([n for n, s in states.items() if s == "run" and n not in same])
        others = [self._step(name, states, same) for name in self._nodes if name not in running]
        rank = {"cached": 0, "run": 1, "blocked": 2, "unneeded": 3}
        before = [step for step in others if step.state == "cached" and not step.same_as]
        after = sorted(
            (step for step in others if step.state != "cached" or step.same_as),
            key=lambda step: rank[step.state],
        )
        return self._summed((*before, *running.values(), *after), wanted, problems)

    def _states(self, targets: Sequence[str]) -> dict[str, State]:
        """Walk back from the targets; nodes that nothing asks for are not in the answer."""
        states: dict[str, State] = {}
        asked = [self._nodes[name] for name in targets]
        while asked:
            node = asked.pop()
            if node.node.name in states:
                continue
            state = states[node.node.name] = self._state(node)
            if state != "cached":
                asked.extend(self._nodes[source] for source, _ in node.inputs.values())
        return {name: states[name] for name in self._nodes if name in states}

    def _state(self, node: Resolved) -> State:
        if not node.key:
            return "blocked"
        usable = self._usable.get(node.key)
        if usable is None:
            found = self._known.get(node.key)
            usable = found is not None and self._store.is_usable(found)
            self._usable[node.key] = usable
        return "cached" if usable else "run"

    def _block(self, targets: Sequence[str], states: dict[str, State]) -> tuple[Problem, ...]:
        """Mark what cannot run, leave out what only served that, and return the reasons."""
        problems: list[Problem] = []
        for name, state in states.items():
            node = self._nodes[name]
            mine = node.problems + (self._refused.get(name, []) if state == "run" else [])
            sources = (source for source, _ in node.inputs.values())
            if mine or (state == "run" and any(states[s] == "blocked" for s in sources)):
                states[name] = "blocked"
            problems += named(name, mine)
        if problems:
            served = self._states([name for name in targets if states[name] != "blocked"])
            for name in [n for n, s in states.items() if s != "blocked" and n not in served]:
                del states[name]
        return tuple(problems)

    def _shared(self, states: Mapping[str, State]) -> dict[str, str]:
        """Return steps whose key an earlier step has too, with that step."""
        first: dict[str, str] = {}
        same: dict[str, str] = {}
        for name, state in states.items():
            if state == "run":
                key = self._nodes[name].key
                if first.setdefault(key, name) != name:
                    same[name] = first[key]
        return same

    def _in_order(self, names: Sequence[str]) -> dict[str, Step]:
        maker = {self._nodes[name].key: name for name in names}
        models = {
            name: self._models(name) for name in names if self._nodes[name].node.spec.costs.models
        }
        weights = {name: _weights(found) for name, found in models.items()}
        tasks = []
        for name in names:
            node = self._nodes[name]
            after = [maker[key] for key, _ in node.sources.values() if key in maker]
            phase = node.node.spec.costs.phase
            tasks.append(Task(name, after, weights.get(name, ()), phase))
        order = ordered(tasks)
        by_weights = {weights_identity(m): m for f in models.values() for m in f.values()}
        released = last_uses(order, weights)
        return {
            name: self._running(
                name,
                models.get(name, {}),
                tuple(by_weights[w] for w in released.get(name, ()) if w in by_weights),
            )
            for name in order
        }

    def _running(self, name: str, models: Mapping[str, Model], gone: tuple[Model, ...]) -> Step:
        step = replace(self._sketch(name, models), releases=gone)
        expected = self._expected(step)
        if not (step.spec.costs.models or step.spec.costs.phase):
            return replace(step, seconds=expected) if expected else step
        forecast = self._services.forecast(step)
        return replace(step, peaks=forecast.peaks, seconds=expected or forecast.seconds)

    def _sketch(self, name: str, models: Mapping[str, Model]) -> Step:
        node = self._nodes[name]
        return Step(
            name, node.node.spec, node.key, "run", node.params, node.sources, node.files,
            node.stamps, models, self._facts[name],
        )  # fmt: skip

    def _expected(self, step: Step) -> Range | None:
        if self._journal is None:
            return None
        return self._journal.history.expect(history_line(step, self._services.versions))

    def _step(self, name: str, states: Mapping[str, State], same: Mapping[str, str]) -> Step:
        node = self._nodes[name]
        state = states.get(name, "unneeded")
        shares = same.get(name, "")
        return Step(
            name, node.node.spec, node.key, "cached" if shares else state, node.params,
            node.sources, node.files, node.stamps, {}, self._facts[name], same_as=shares,
        )  # fmt: skip

    def _models(self, name: str) -> dict[str, Model]:
        node = self._nodes[name]
        found = {}
        for socket in node.node.spec.costs.models:
            if socket in node.inputs:
                model = known_facts.model_behind(self._nodes, *node.inputs[socket])
                if model is not None:
                    found[socket] = model
        return found

    def _summed(
        self, steps: tuple[Step, ...], targets: tuple[str, ...], problems: tuple[Problem, ...]
    ) -> Plan:
        peaks, low, high, unknown = Peaks(), 0.0, 0.0, 0
        for step in steps:
            if step.state == "run":
                peaks = peaks.over(step.peaks)
                low, high = low + (step.seconds or (0, 0))[0], high + (step.seconds or (0, 0))[1]
                unknown += step.seconds is None
        seconds = (low, high) if high or not unknown else None
        return Plan(steps, targets, problems, peaks, seconds, unknown, self._flat, self._fresh)


def _default_targets(flat: FlatGraph) -> tuple[str, ...]:
    writing = tuple(name for name, node in flat.nodes.items() if node.spec.writes)
    if writing:
        return writing
    used = Counter(source for node in flat.nodes.values() for source, _ in node.inputs.values())
    return tuple(name for name in flat.nodes if name not in used)


def _weights(models: Mapping[str, Model]) -> tuple[str, ...]:
    # A step whose models cannot be told ahead still belongs to a phase of its own.
    return tuple(sorted({weights_identity(model) for model in models.values()})) or ("unknown",)
