"""Rendering shots: takes land on the board, the cut stays, failures stay alone, takes come back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aiprod_studio import graph
from aiprod_studio.app.film import filming
from aiprod_studio.app.places import shipped
from aiprod_studio.media import open_video
from aiprod_studio.sdk import Refusal
from aiprod_studio.story import sections
from aiprod_studio.story.edits import PickTake, RemoveTake, SetPanel, SetShot
from aiprod_studio.story.timing import too_much_said
from tests.app.film.film_samples import Project, board, nodes, project


def frames(path: Path) -> np.ndarray[Any, Any]:
    return np.stack(list(open_video(path).frames()))


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return project(tmp_path / "film")


def test_rendering_puts_takes_on_the_board_and_never_touches_the_cut(film: Project) -> None:
    cut = film.document.section("timeline")
    assert set(film.states().values()) == {"stale"}
    rendered = film.render()
    assert [shot.outcome for shot in rendered.shots] == ["rendered"] * 3
    assert film.states() == {"1A": "fresh", "1B": "fresh", "2A": "fresh"}
    assert film.document.section("timeline") == cut
    take = film.board.numbered("1B").take()
    assert take is not None
    assert (take.head, take.frames, take.tail, take.rate) == (2, 5, 2, 12)
    assert len(frames(film.media("1B"))) == 9
    recipe = take.recipe
    assert recipe.seed == 2 and recipe.cost["seconds"] >= 0 and "torch" in recipe.versions
    assert {name.split()[0] for name in recipe.files} == {"file", "model"}
    assert film.document.undo()
    assert set(film.states().values()) == {"stale"}


def test_one_changed_panel_renders_exactly_its_shot(film: Project) -> None:
    film.render()
    kept = film.board.numbered("1A").picked
    Image.new("RGB", (64, 48), (240, 240, 30)).save(film.path.parent / "c.png")
    assert film.states() == {"1A": "fresh", "1B": "fresh", "2A": "stale"}
    rendered = film.render()
    assert [shot.outcome for shot in rendered.shots] == ["fresh", "fresh", "rendered"]
    assert film.board.numbered("1A").picked == kept
    assert len(film.board.numbered("2A").takes) == 2
    assert film.render().edits == ()


def test_a_take_whose_film_was_deleted_is_rendered_again_frame_for_frame(film: Project) -> None:
    film.render(only=["shot-1"])
    media = film.media("1A")
    before = frames(media)
    media.unlink()
    state = filming.shots(film.document, film.ground)[0]
    assert state.state == "stale" and state.missing == (state.picked,)
    assert "is not there" in str(state.problems[-1])
    rendered = film.render(only=["shot-1"], fresh=True)
    assert rendered.shots[0].outcome == "restored" and rendered.edits == ()
    assert np.array_equal(frames(media), before)
    assert film.states()["1A"] == "fresh"


def test_an_older_take_comes_back_from_its_own_recipe_after_all_has_changed(film: Project) -> None:
    film.render(only=["shot-1"])
    first = film.board.numbered("1A").picked
    before = frames(film.media("1A"))
    film.media("1A").unlink()
    film.edit(SetShot("shot-1", {"prompt": "a white bird flies", "seed": 77}))
    film.render(only=["shot-1"])
    assert film.board.numbered("1A").picked != first
    film.edit(PickTake(first))
    film.edit(SetShot("shot-1", {"locked": True}))
    rendered = film.render(only=["shot-1"])
    assert rendered.shots[0].outcome == "restored"
    assert np.array_equal(frames(film.media("1A")), before)


def test_a_failed_shot_does_not_stop_the_others(film: Project) -> None:
    (film.path.parent / "b.png").write_bytes(b"no picture at all")
    film.edit(SetPanel("panel-3", {"image": "gone.png"}))
    rendered = film.render()
    assert [shot.outcome for shot in rendered.shots] == ["rendered", "failed", "failed"]
    said = [str(shot.problems[0]) for shot in rendered.shots[1:]]
    assert "b.png" in said[0] and "not a picture" in said[0]
    assert "'gone.png' does not exist" in said[1]
    assert film.states() == {"1A": "fresh", "1B": "stale", "2A": "stale"}


def test_a_locked_shot_is_left_alone(film: Project) -> None:
    film.edit(SetShot("shot-2", {"locked": True}))
    rendered = film.render(fresh=True, only=["shot-2"])
    assert rendered.shots[0].outcome == "locked" and rendered.edits == ()


def test_one_more_take_gets_a_seed_of_its_own_and_picking_it_keeps_the_shot_fresh(
    film: Project,
) -> None:
    film.edit(SetShot("shot-1", {"seed": None}))
    film.render(only=["shot-1"])
    seed = filming.next_seed(film.document, "shot-1", film.ground)
    assert seed == 1
    film.render(only=["shot-1"], seed=seed)
    shot = film.board.numbered("1A")
    assert [take.recipe.seed for take in shot.takes] == [0, 1]
    assert shot.picked == shot.takes[1].name
    assert film.states()["1A"] == "fresh"
    film.edit(PickTake(shot.takes[0].name))
    assert film.states()["1A"] == "fresh"
    film.edit(SetShot("shot-1", {"seed": 1}))
    assert film.states()["1A"] == "stale"


def test_a_take_that_was_removed_is_recorded_again_without_new_work(film: Project) -> None:
    film.render(only=["shot-1"])
    taken = film.board.numbered("1A").takes[0]
    film.edit(SetShot("shot-1", {"seed": 5}))
    film.render(only=["shot-1"])
    film.edit(RemoveTake(taken.name))
    film.edit(SetShot("shot-1", {"seed": 1}))
    film.render(only=["shot-1"])
    again = film.board.numbered("1A").take()
    assert again is not None and again.recipe.digest == taken.recipe.digest
    assert again.media == taken.media


def test_a_long_shot_comes_out_whole_without_a_seam(tmp_path: Path) -> None:
    film = project(tmp_path / "film", board(frames=30), nodes(window=13, overlap=5))
    film.render(only=["shot-1"])
    take = film.board.numbered("1A").take()
    assert take is not None and take.head + take.frames + take.tail >= 19
    shown = frames(film.media("1A")).astype(float)
    steps = np.abs(np.diff(shown, axis=0)).mean(axis=(1, 2, 3))
    assert steps.max() < 4 * np.median(steps) + 12, "a window begins with a jump"


def test_takes_survive_saving_and_opening(film: Project) -> None:
    film.render(only=["shot-1"])
    film.save()
    loaded = graph.load(film.path).document
    assert loaded is not None
    assert filming.board_of(loaded) == film.board


def test_shots_are_named_by_number_and_unknown_ones_are_said_together(film: Project) -> None:
    assert filming.shots_named(film.board, ["2a", "shot-1"]) == ("shot-1", "shot-3")
    with pytest.raises(Refusal, match="no shot numbered '9Z'"):
        filming.shots_named(film.board, ["1A", "9Z"])


def test_a_job_for_the_window_writes_where_the_takes_lie(film: Project) -> None:
    frozen = filming.freeze(film.document, film.board, "shot-1", film.ground)
    job = filming.job_of(frozen, film.path, film.ground)
    assert job.origin == "shot:shot-1" and job.targets == ("take",)
    assert job.output == film.ground.takes


Program = Callable[..., Any]


def test_the_command_line_renders_records_and_exports(film: Project, program: Program) -> None:
    ran = program("--run", film.path, "--device", "cpu")
    assert ran.code == 0, ran.err
    assert ran.files == ["film.mp4"]
    assert "1A: rendered" in ran.out and "wrote" in ran.out
    saved = graph.load(film.path).document
    assert saved is not None
    assert all(shot.picked for _, shot in filming.board_of(saved).shots())
    again = program("--run", film.path, "--json")
    report = again.events[-1]
    assert [shot["outcome"] for shot in report["shots"]] == ["fresh"] * 3
    listed = program("story", film.path, "--json").events[0]
    assert [(s["number"], s["state"], len(s["takes"])) for s in listed["shots"]] == [
        ("1A", "fresh", 1), ("1B", "fresh", 1), ("2A", "fresh", 1),
    ]  # fmt: skip


def test_exports_alone_render_nothing(film: Project, program: Program) -> None:
    ran = program("--run", film.path, "--animatic", "--pdf", "--otio")
    assert ran.code == 0, ran.err
    assert ran.files == ["film.otio", "film_animatic.mp4", "film_board.pdf"]
    assert len(frames(ran.output / "film_animatic.mp4")) == 30
    assert not film.ground.takes.exists()


def test_film_options_for_a_file_without_shots_are_refused(
    workflow: Callable[[Any], Path], program: Program
) -> None:
    path = workflow({"note": {"type": "flow.note"}})
    ran = program("--run", path, "--animatic")
    assert ran.code == 2 and "has no storyboard with shots" in ran.err
    ran = program("--run", project(path.parent / "f").path, "--shots", "7Q")
    assert ran.code == 2 and "no shot numbered '7Q'" in ran.err


TEMPLATE = shipped("workflows") / "storyboard_to_film.json"


def test_the_template_has_a_board_of_eight_panels_with_words_sound_and_a_cut() -> None:
    document = graph.load(TEMPLATE).document
    assert document is not None
    board, board_problems = sections.parse_board(document.extra["story"])
    cut, cut_problems = sections.parse_cut(document.extra["timeline"])
    assert (board_problems, cut_problems, too_much_said(board)) == ((), (), ())
    assert len(board.scenes) == 2 and len(list(board.panels())) == 8
    assert any(panel.dialogue for _, panel in board.panels())
    assert {track.kind for track in cut.tracks} == {"video", "audio", "title"}
    assert cut.frames == sum(shot.length for _, shot in board.shots())
    folder = TEMPLATE.parent
    assert all((folder / panel.image).is_file() for _, panel in board.panels())
    assert sum(path.stat().st_size for path in (folder / "../resources/boards").rglob("*")) < 2e6


@pytest.mark.slow
def test_the_template_renders_a_shot_and_exports_the_film(program: Program) -> None:
    arguments = ("--run", TEMPLATE, "--shots", "1A", "--set", "sampler.steps=2")
    ran = program(*arguments)
    assert ran.code == 0, ran.err
    assert ran.files == ["storyboard_to_film.assets", "storyboard_to_film.mp4"]
    assert "is not written to" in ran.out
    film = open_video(ran.output / "storyboard_to_film.mp4")
    assert (film.frame_count, film.width, film.height) == (304, 256, 192)
    assert film.audio is not None and film.audio.sample_count > 12 * film.audio.sample_rate
    assert not graph.assets_folder(TEMPLATE).exists()


def test_a_film_saved_elsewhere_takes_its_files_along_and_stays_fresh(
    film: Project, tmp_path: Path
) -> None:
    from aiprod_studio.app.session.files import bring_along

    film.render(only=["shot-1"])
    new = tmp_path / "elsewhere"
    path = new / "other.json"
    changes = bring_along(
        film.document, film.ground.specs, film.path.parent, new, graph.assets_folder(path)
    )
    if changes:
        film.document.do(*changes)
    film.path = path
    film.save()
    assert film.states()["1A"] == "fresh"
    assert film.media("1A").is_file() and film.media("1A").is_relative_to(new)
