"""Which files a film names, and that moving them changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from aiprod_studio.story.board import Board, Panel, Scene, Shot
from aiprod_studio.story.files import files_named, with_files_moved
from aiprod_studio.story.sections import dump_board, dump_cut, parse_board, parse_cut
from aiprod_studio.story.takes import Recipe, Take
from tests.story.story_samples import board, cut

GRAPH = {"nodes": {"picture": {"type": "files.load_image", "params": {"file": "one.png"}},
                   "prompt": {"type": "text.prompt", "params": {"text": "one"}}}}  # fmt: skip


def film() -> Board:
    recipe = Recipe(GRAPH, 7, {"file one.png": "sha256:abc", "model starter": "def"})
    take = Take("take-1", "film.assets/takes/a.mov", 10, recipe=recipe)
    panel = Panel("panel-1", "one.png", sound="bell.wav", notes="one.png")
    shot = Shot("shot-1", "A", panels=(panel,), takes=(take,), comes_from="from.png")
    return Board(Fraction(24), scenes=(Scene("scene-1", "1", shots=(shot,)),))


def test_every_file_of_board_and_cut_is_found() -> None:
    found = {"one.png", "bell.wav", "from.png", "film.assets/takes/a.mov"}
    assert set(files_named(dump_board(film()))) == found
    sounds = {"sa.wav", "sb.wav", "sc.wav", "music.wav", "grain.mp4"}
    assert set(files_named(dump_cut(cut()))) == sounds
    assert files_named(None) == [] and files_named({"shots": 3}) == []


def test_moved_files_keep_takes_fresh_and_words_as_they_are() -> None:
    before = film()
    moved = {"one.png": "media/one.png", "bell.wav": "media/bell.wav"}
    after, problems = parse_board(with_files_moved(dump_board(before), moved))
    assert problems == ()
    shot = after.find_shot("shot-1")[1]
    panel, take = shot.panels[0], shot.takes[0]
    assert (panel.image, panel.sound, panel.notes) == ("media/one.png", "media/bell.wav", "one.png")
    graph = take.recipe.graph["nodes"]
    assert graph["picture"]["params"]["file"] == "media/one.png"
    assert graph["prompt"]["params"]["text"] == "one"
    assert take.recipe.digest == before.find_shot("shot-1")[1].takes[0].recipe.digest


def test_another_content_makes_another_digest_and_another_place_does_not() -> None:
    recipe = film().find_shot("shot-1")[1].takes[0].recipe
    other = replace(recipe, files={**recipe.files, "file one.png": "sha256:xyz"})
    assert other.digest != recipe.digest
    swapped = Recipe({"a": "x.png", "b": "y.png"}, 1, {"file x.png": "1", "file y.png": "2"})
    again = Recipe({"a": "y.png", "b": "x.png"}, 1, {"file y.png": "1", "file x.png": "2"})
    mixed = Recipe({"a": "y.png", "b": "x.png"}, 1, {"file x.png": "1", "file y.png": "2"})
    assert swapped.digest == again.digest != mixed.digest


def test_moving_nothing_changes_nothing() -> None:
    for section in (dump_board(board()), dump_cut(cut())):
        assert with_files_moved(section, {}) == section
    moved = parse_cut(with_files_moved(dump_cut(cut()), {"music.wav": "new/music.wav"}))[0]
    assert moved.find("music")[1].source.name == "new/music.wav"
    titles = parse_cut(with_files_moved(dump_cut(cut()), {"The End": "x"}))[0]
    assert titles.find("t")[1].source.name == "The End"
