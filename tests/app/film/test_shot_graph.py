"""A shot as a workflow of its own: what the board fills in, what is left out, what is refused."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from aiprod_studio import graph
from aiprod_studio.app.film import filming
from aiprod_studio.app.film.windows import windows_of
from aiprod_studio.graph.commands import SetParam
from aiprod_studio.sdk import Refusal
from aiprod_studio.story.edits import JoinShots, SetPanel, SetShot
from tests.app.film.film_samples import Project, board, nodes, project


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return project(tmp_path / "film")


def frozen_nodes(film: Project, shot: str = "shot-1", **more: Any) -> dict[str, Any]:
    frozen = filming.freeze(film.document, film.board, shot, film.ground, **more)
    found: dict[str, Any] = json.loads(graph.dumps(frozen.document))["nodes"]
    return found


def test_a_shots_words_length_seed_and_panel_are_values_of_a_plain_graph(film: Project) -> None:
    found = frozen_nodes(film, "shot-2")
    assert found["shot prompt"]["params"]["text"] == "a green car drives"
    assert found["sampler"]["params"]["seed"] == 2
    assert found["size"]["params"]["frames"] == 9  # 2 + 5 + 2 at 12 a second
    assert found["panels 1"]["params"] == {"frame": 2}
    assert found["panels picture 1"]["params"] == {"file": "b.png"}
    assert found["sampler"]["inputs"]["start"] == "panels 1.latents"
    assert not {"story.shot", "story.panels", "story.take"} & {n["type"] for n in found.values()}


def test_lengths_are_rounded_up_to_what_the_model_can_make(film: Project) -> None:
    film.edit(SetPanel("panel-1", {"frames": 14}))
    frozen = filming.freeze(film.document, film.board, "shot-1", film.ground)
    layout = frozen.layout
    assert (layout.head, layout.frames, layout.tail, layout.total) == (2, 7, 4, 13)


def test_another_seed_leaves_the_encoded_text_alone(film: Project) -> None:
    ground = film.ground
    keys = []
    for seed in (1, 2):
        frozen = filming.freeze(film.document, film.board, "shot-1", ground, seed)
        flat = graph.flatten(frozen.document, ground.specs)
        keys.append({name: (node.params, node.inputs) for name, node in flat.nodes.items()})
    changed = {name for name in keys[0] if keys[0][name] != keys[1][name]}
    assert changed == {"sampler"}


def test_what_does_not_lead_to_the_take_does_not_make_it_stale(film: Project) -> None:
    before = filming.digest_of(film.document, "shot-1", film.ground)
    film.document.do(SetParam("shot", "frames", 99))
    film.edit(SetPanel("panel-1", {"notes": "look at the light"}))
    assert filming.digest_of(film.document, "shot-1", film.ground) == before
    film.document.do(SetParam("sampler", "steps", 2))
    assert filming.digest_of(film.document, "shot-1", film.ground) != before


def test_a_changed_picture_changes_only_the_shots_that_show_it(film: Project) -> None:
    from PIL import Image

    before = {s.number: s.digest for s in filming.shots(film.document, film.ground)}
    Image.new("RGB", (64, 48), (250, 250, 10)).save(film.path.parent / "b.png")
    after = {s.number: s.digest for s in filming.shots(film.document, film.ground)}
    assert [number for number in before if before[number] != after[number]] == ["1B"]


def test_a_shot_may_set_parameters_of_its_graph(film: Project) -> None:
    film.edit(SetShot("shot-1", {"params": {"sampler.steps": 3}}))
    assert frozen_nodes(film)["sampler"]["params"]["steps"] == 3
    assert frozen_nodes(film, "shot-2")["sampler"]["params"]["steps"] == 1
    film.edit(SetShot("shot-1", {"params": {"smapler.steps": 3}}))
    with pytest.raises(Refusal, match=r"shot 1A: it sets 'smapler.steps'.*Did you mean 'sampler'"):
        frozen_nodes(film)
    film.edit(SetShot("shot-1", {"params": {"sampler.steps": 0}}))
    with pytest.raises(Refusal, match="0 is below the smallest value"):
        frozen_nodes(film)


def test_a_shot_renders_through_its_own_graph_in_a_file(film: Project, tmp_path: Path) -> None:
    inner = film.path.parent / "graphs"
    inner.mkdir()
    pin = {"image": "begin.image", "latents": "panels.latents", "vae": "model.vae"}
    own = {
        **nodes(),
        "begin": {"type": "files.load_image", "params": {"file": "../a.png"}},
        "first": {"type": "latents.first_frame", "inputs": pin},
    }
    own["sampler"]["inputs"]["start"] = "first.latents"
    raw = {"format": "aiprod-workflow", "version": 1, "nodes": own}
    (inner / "own.json").write_text(json.dumps(raw))
    film.edit(SetShot("shot-1", {"workflow": "graphs/own.json"}))
    assert frozen_nodes(film)["begin"]["params"]["file"] == "a.png"
    assert "begin" not in frozen_nodes(film, "shot-2")
    film.edit(SetShot("shot-1", {"workflow": "nowhere"}))
    with pytest.raises(Refusal, match="renders through 'nowhere', which is no sub-graph"):
        frozen_nodes(film)


def test_a_graph_without_a_shot_node_is_refused_with_the_remedy(tmp_path: Path) -> None:
    bare = {name: node for name, node in nodes().items() if name != "shot"}
    film = project(tmp_path / "film", graph_nodes=bare)
    state = filming.shots(film.document, film.ground)[0]
    assert state.state == "stale" and not state.renderable
    assert "has no Shot node" in str(state.problems[0])
    assert "Add the node Shot" in str(state.problems[0])


def test_a_shot_of_no_length_cannot_be_rendered_and_says_why(film: Project) -> None:
    made = board()
    scene = made.scenes[0]
    shot = scene.shots[0]
    empty = replace(shot, panels=(replace(shot.panels[0], frames=0),))
    made = replace(made, scenes=(replace(scene, shots=(empty, *scene.shots[1:])),))
    with pytest.raises(Refusal, match="shot 1A: it lasts no frame"):
        filming.freeze(film.document, made, "shot-1", film.ground)


def test_several_panels_are_pinned_where_they_begin(film: Project) -> None:
    film.edit(JoinShots("shot-1", "shot-2"))
    found = frozen_nodes(film)
    pins = {n["params"]["frame"] for n in found.values() if n["type"] == "latents.keyframe"}
    assert pins == {2, 7}
    assert found["panels 2"]["inputs"]["latents"] == "panels 1.latents"


@pytest.mark.parametrize("total", [9, 10, 49, 97, 241])
@pytest.mark.parametrize(("longest", "overlap", "step"), [(49, 9, 8), (25, 5, 4), (17, 1, 8)])
def test_windows_cover_the_shot_and_share_what_they_say(
    total: int, longest: int, overlap: int, step: int
) -> None:
    windows = windows_of(total, longest, overlap, step)
    assert windows[0].start == 0 and windows[-1].stop >= total
    if len(windows) > 1:
        assert all((w.frames - 1) % step == 0 and w.frames <= longest for w in windows)
    for before, after in pairwise(windows):
        assert before.stop - after.start == after.shared > 0
    owned = [frame for frame in range(total) for w in windows if w.owns(frame)]
    assert owned == list(range(total))


def test_a_long_shot_is_made_in_windows_that_carry_frames_over(tmp_path: Path) -> None:
    film = project(tmp_path / "film", board(frames=60), nodes(window=13, overlap=5))
    found = frozen_nodes(film)
    samplers = {name: node for name, node in found.items() if node["type"] == "sampling.dit"}
    assert len(samplers) == 4
    assert [n["params"]["seed"] for _, n in sorted(samplers.items())] == [1, 2, 3, 4]
    carried = found["window 2 frame 4"]
    assert carried["inputs"]["video"] == "decode.video" and carried["params"]["frame"] == -1
    pins = found["panels 1 window 2"], found["panels 2 window 2"]
    assert [p.get("params", {}).get("frame", 0) for p in pins] == [0, 4]
    assert found["take"]["inputs"]["video"] == "join 3.video"
    flat = graph.flatten(filming.workflow_of(film.document, "shot-1", film.ground),
                         film.ground.specs)  # fmt: skip
    assert len(flat.nodes) == len(found)
