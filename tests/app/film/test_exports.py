"""Films, animatics, cuts and boards as files: what is in them, and what is refused in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aiprod_studio import graph
from aiprod_studio.app.film import exporting
from aiprod_studio.app.film.board_pdf import LAYOUTS, BoardSettings, export_board
from aiprod_studio.app.film.exporting import FilmSettings
from aiprod_studio.graph.commands import SetSection
from aiprod_studio.media import extract, open_video
from aiprod_studio.sdk import Cancelled, Refusal
from aiprod_studio.story import sections
from aiprod_studio.story.board import Panel, Scene, Shot
from aiprod_studio.story.edits import SetPanel
from tests.app.film.film_samples import Project, board, project


@pytest.fixture
def film(tmp_path: Path) -> Project:
    return project(tmp_path / "film")


def colours(path: Path) -> list[list[int]]:
    return [frame[24, 32].tolist() for frame in open_video(path).frames()]


def near(found: list[int], wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 14


def test_the_animatic_shows_each_panel_for_its_time(film: Project, tmp_path: Path) -> None:
    film.edit(SetPanel("panel-2", {"frames": 4, "dialogue": "Go."}))
    path = tmp_path / "animatic.mp4"
    assert exporting.export_animatic(film.document, film.ground, path) == ()
    shown = colours(path)
    assert len(shown) == 24
    assert near(shown[0], (200, 60, 40)) and near(shown[23], (40, 80, 200))
    assert near(shown[10], (60, 160, 60)) and near(shown[13], (60, 160, 60))
    words = list(open_video(path).frames())[11][40:46].std()
    assert words > 5, "the dialogue is written below"


def test_a_film_before_any_take_shows_its_panels_and_holds_its_document(
    film: Project, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    exporting.export_film(film.document, film.ground, path)
    assert len(colours(path)) == 30
    assert graph.loads(extract(path)).document is not None


@pytest.mark.parametrize(("format", "suffix"), [("prores_422", ".mov"), ("webm", ".webm")])
def test_films_in_other_formats_and_shapes(
    film: Project, tmp_path: Path, format: str, suffix: str
) -> None:
    path = tmp_path / f"film{suffix}"
    assert exporting.film_suffix(format) == suffix
    settings = FilmSettings(format, (96, 40), start=5, stop=15)
    exporting.export_film(film.document, film.ground, path, settings)
    video = open_video(path)
    assert (video.width, video.height, video.frame_count) == (96, 40, 10)
    first = next(iter(video.frames()))
    assert first[20, 2].max() < 20 and near(first[20, 48].tolist(), (200, 60, 40)), "bars beside"


def test_a_film_can_fill_another_shape_instead(film: Project, tmp_path: Path) -> None:
    settings = FilmSettings("png", (96, 40), "crop", stop=2)
    exporting.export_film(film.document, film.ground, tmp_path / "pictures", settings)
    from PIL import Image

    pixels = np.asarray(Image.open(sorted((tmp_path / "pictures").glob("*.png"))[0]))
    assert pixels.shape == (40, 96, 3) and near(pixels[20, 2].tolist(), (200, 60, 40))


def test_a_stopped_export_leaves_no_file(film: Project, tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        exporting.export_film(film.document, film.ground, tmp_path / "film.mp4", check=stop)
    assert not list(tmp_path.glob("*.mp4*")) and not list(tmp_path.glob(".*"))


def test_a_range_outside_of_the_film_and_odd_sizes_are_refused(
    film: Project, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    with pytest.raises(Refusal, match="frames 40 to None do not lie in its 30"):
        exporting.export_film(film.document, film.ground, path, FilmSettings(start=40))
    with pytest.raises(Refusal, match="needs an even width"):
        exporting.export_film(film.document, film.ground, path, FilmSettings(size=(33, 32)))


def test_a_document_without_a_board_has_nothing_to_export(film: Project, tmp_path: Path) -> None:
    film.document.do(SetSection("story", {}), SetSection("timeline", {}))
    for export, suffix in ((exporting.export_film, ".mp4"), (exporting.export_animatic, ".mp4")):
        with pytest.raises(Refusal, match="there is nothing in it yet"):
            export(film.document, film.ground, tmp_path / f"x{suffix}")
    with pytest.raises(Refusal, match="it has no panels"):
        export_board(film.document, film.ground, tmp_path / "x.pdf")


def test_a_damaged_panel_is_said_and_the_rest_is_exported(film: Project, tmp_path: Path) -> None:
    (film.path.parent / "b.png").write_bytes(b"broken")
    problems = exporting.export_animatic(film.document, film.ground, tmp_path / "a.mp4")
    assert len(problems) == 1 and "b.png" in str(problems[0])
    assert near(colours(tmp_path / "a.mp4")[25], (40, 80, 200))
    said = export_board(film.document, film.ground, tmp_path / "a.pdf")
    assert len(said) == 1 and "b.png" in str(said[0])


def test_panels_of_mixed_shapes_are_shown_whole(film: Project, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 90), (60, 160, 60)).save(film.path.parent / "b.png")
    exporting.export_animatic(film.document, film.ground, tmp_path / "a.mp4")
    frame = list(open_video(tmp_path / "a.mp4").frames())[15]
    assert near(frame[24, 32].tolist(), (60, 160, 60)) and frame[24, 4].max() < 20


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_board_on_paper_says_what_was_chosen(
    film: Project, tmp_path: Path, layout: str
) -> None:
    words = {"dialogue": "ANNA: Здравствуй, мир!", "action": "She waves.", "notes": "secret"}
    film.edit(SetPanel("panel-1", words))
    path = tmp_path / "board.pdf"
    settings = BoardSettings(layout, ("duration", "dialogue", "action"), "Letter", landscape=False)
    assert export_board(film.document, film.ground, path, settings) == ()
    data = path.read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page\n") == (
        3 if layout == "1 panel" else 2
    )
    export_board(film.document, film.ground, path, settings)
    assert path.read_bytes() == data, "the same board gives the same file"


def test_unknown_layouts_and_fields_are_refused(film: Project, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="there is no layout 'heap'"):
        export_board(film.document, film.ground, tmp_path / "b.pdf", BoardSettings("heap"))
    odd = BoardSettings(fields=("mood",))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="there is no field 'mood'"):
        export_board(film.document, film.ground, tmp_path / "b.pdf", odd)


def test_a_cut_for_other_programs_names_the_files_and_says_what_it_drops(
    film: Project, tmp_path: Path
) -> None:
    said = exporting.export_cut(film.document, film.ground, tmp_path / "film.xml", "fcp_xml")
    assert said == exporting.cut_drops(film.document, "fcp_xml")
    text = (tmp_path / "film.xml").read_text()
    assert (film.path.parent / "a.png").as_uri() in text


def test_a_two_hour_timeline_is_read_and_composed_anywhere(film: Project, tmp_path: Path) -> None:
    panels = tuple(Panel(f"p{n}", f"{'abc'[n % 3]}.png", 72) for n in range(2400))
    shots = tuple(Shot(f"s{n}", f"L{n}", panels=(panel,)) for n, panel in enumerate(panels))
    long = replace(board(), scenes=(Scene("scene-1", "1", shots=shots),))
    film.document.do(SetSection("story", sections.dump_board(long)))
    film.document.do(SetSection("timeline", {}))
    settings = FilmSettings("png", (64, 48), start=172_000, stop=172_002)
    exporting.export_film(film.document, film.ground, tmp_path / "part", settings)
    assert len(list((tmp_path / "part").glob("*.png"))) == 2
