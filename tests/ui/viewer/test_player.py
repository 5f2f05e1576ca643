"""The transport: what is due when, J K L, loop, range, drops, and a decoder that is too slow."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest

from aiprod_studio.sdk import Failed, Refusal
from aiprod_studio.ui.viewer.decoder import Decoder
from aiprod_studio.ui.viewer.player import Player
from aiprod_studio.ui.viewer.source import ArrayFrames, VideoFrames

from .conftest import Clock, film


def ready(qtbot, player: Player, *frames: int) -> None:
    qtbot.waitUntil(lambda: set(frames) <= set(player.cached()), timeout=30_000)


def tick(qtbot, player: Player) -> None:
    """Let the player look at the clock, if it does."""
    if player.playing:
        with qtbot.waitSignal(player._timer.timeout, timeout=30_000):
            pass


def go_on(qtbot, player: Player, clock: Clock, seconds: float) -> None:
    """Let time pass, in pieces as a display would."""
    for _ in range(round(seconds * 24)):
        clock.now += 1 / 24
        ready(qtbot, player, player.index)
        tick(qtbot, player)
        tick(qtbot, player)


def test_the_first_frame_is_shown_without_playing(qtbot, source, clock) -> None:
    player = Player(clock=clock)
    seen: list[tuple[int, np.ndarray]] = []
    player.frame_ready.connect(lambda index, frame: seen.append((index, frame)))
    player.set_source(source)
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen[0][0] == 0
    np.testing.assert_array_equal(seen[0][1], film()[0])
    player.close()


def test_a_second_of_time_is_the_frame_rate_in_frames(qtbot, player, clock) -> None:
    player.play()
    go_on(qtbot, player, clock, 1.0)
    assert player.index == 24
    assert player.dropped == 0


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25)])
def test_an_hour_does_not_drift_from_its_rational_rate(qtbot, clock, rate) -> None:
    class Long(ArrayFrames):
        count = 200_000
        size = (4, 4)

        def frame(self, index: int) -> np.ndarray:
            return np.zeros((4, 4, 3), np.uint8)

    player = Player(Long(np.zeros((1, 4, 4, 3), np.uint8), rate), clock=clock)
    player.play()
    ready(qtbot, player, 1)
    clock.now += 3600
    wanted = int(3600 * rate)
    player.reading.want(wanted, 1)  # as if it had been read ahead
    ready(qtbot, player, wanted)
    qtbot.waitUntil(lambda: player.index == wanted, timeout=30_000)
    player.close()


def test_it_begins_again_at_the_end_or_stops_there(qtbot, player, clock) -> None:
    player.seek(46)
    player.play()
    go_on(qtbot, player, clock, 4 / 24)
    assert player.playing
    assert player.index < 10
    player.set_loop(False)
    player.seek(46)
    go_on(qtbot, player, clock, 4 / 24)
    assert not player.playing
    assert player.index == 47


def test_l_plays_faster_each_time_and_j_turns_round(player) -> None:
    player.seek(20)
    speeds = []
    for key in (player.forward, player.forward, player.forward, player.backward, player.backward):
        key()
        speeds.append(player.speed)
    assert speeds == [1, 2, 4, -1, -2]
    player.toggle()
    assert player.speed == 0


def test_backwards_time_goes_back(qtbot, player, clock) -> None:
    player.seek(30)
    ready(qtbot, player, 30)
    player.backward()
    go_on(qtbot, player, clock, 0.5)
    assert player.index == 18


def test_a_step_pauses_and_stays_inside(player) -> None:
    player.play()
    player.step(1)
    assert (player.index, player.playing) == (1, False)
    player.step(-5)
    assert player.index == 0
    player.step(1000)
    assert player.index == 47


def test_only_the_range_is_played(qtbot, player, clock) -> None:
    player.seek(10)
    player.mark_in()
    player.seek(14)
    player.mark_out()
    assert player.range == (10, 14)
    player.play()
    seen = set()
    for _ in range(12):
        go_on(qtbot, player, clock, 1 / 24)
        seen.add(player.index)
    assert seen == {10, 11, 12, 13, 14}
    player.set_range(None, None)
    assert player.range == (0, 47)


def test_frames_that_come_too_late_are_dropped_and_counted(qtbot, player, clock) -> None:
    player.play()
    ready(qtbot, player, *range(10))
    clock.now += 5 / 24
    qtbot.waitUntil(lambda: player.index == 5, timeout=30_000)
    assert player.dropped == 4


def test_the_clock_waits_for_a_slow_decoder(qtbot, clock) -> None:
    gate = threading.Event()

    class Slow(ArrayFrames):
        def frame(self, index: int) -> np.ndarray:
            if index > 0:
                gate.wait(30)
            return super().frame(index)

    player = Player(Slow(film()), clock=clock)
    ready(qtbot, player, 0)
    player.play()
    clock.now += 1.0
    tick(qtbot, player)
    assert player.index == 0  # nothing is there, so nothing is skipped
    gate.set()
    ready(qtbot, player, 3)
    clock.now += 2 / 24
    qtbot.waitUntil(lambda: 1 <= player.index <= 3, timeout=30_000)
    player.close()


def test_a_frame_that_cannot_be_read_is_said_and_stops(qtbot, clock) -> None:
    class Broken(ArrayFrames):
        def frame(self, index: int) -> np.ndarray:
            raise Refusal(Failed("file a.mp4", "it is cut short", "Render it again."))

    player = Player(clock=clock)
    said = []
    player.failed.connect(said.append)
    player.set_source(Broken(film()))
    qtbot.waitUntil(lambda: bool(said))
    assert "cut short" in str(said[0])
    player.close()


def test_memory_has_a_limit(qtbot) -> None:
    decoder = Decoder(ArrayFrames(film(count=40)), kept_bytes=10 * 64 * 36 * 3)
    for index in range(30):
        decoder.want(index, 0)
        qtbot.waitUntil(lambda i=index: decoder.get(i) is not None, timeout=30_000)
    assert len(decoder.cached()) == 10
    assert decoder.get(0) is None
    decoder.close(wait=True)


def test_another_source_keeps_the_place_and_goes_on(qtbot, player, source) -> None:
    player.seek(12)
    player.play()
    player.set_source(ArrayFrames(film(count=20)), keep=True)
    assert (player.index, player.speed) == (12, 1)
    player.set_source(ArrayFrames(film(count=5)))
    assert (player.index, player.speed) == (0, 0)


class Counted:
    """A video of the kit that says how often it was opened."""

    width, height, frame_count, rate, audio = 64, 36, 48, Fraction(24), None

    def __init__(self) -> None:
        self.opened: list[int] = []
        self.shut = 0

    def frames(self, start: int = 0, stop: int | None = None):
        self.opened.append(start)
        try:
            yield from film()[start:stop]
        finally:
            self.shut += 1


def test_reading_on_opens_a_video_once_and_going_back_again() -> None:
    video = Counted()
    frames = VideoFrames(video)
    for index in (0, 1, 2, 10, 11):
        assert frames.frame(index)[0, 0, 0] == index
    assert video.opened == [0]
    assert frames.frame(3)[0, 0, 0] == 3
    assert frames.frame(40)[0, 0, 0] == 40
    assert video.opened == [0, 3, 40]
    frames.close()
    assert video.shut == 3


def test_a_frame_in_memory_is_given_at_once(qtbot, player) -> None:
    ready(qtbot, player, *range(20))
    given: list[int] = []
    player.frame_ready.connect(lambda index, _: given.append(index))
    for index in (3, 19, 0, 7):
        player.seek(index)
    assert given == [3, 19, 0, 7]
