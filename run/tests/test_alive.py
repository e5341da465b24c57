"""A log shows that work goes on, and a terminal is left to its spinner."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest
from rich.console import Console

from snn_rtl.run import alive
from snn_rtl.run.alive import Bars, working
from snn_rtl.run.board import Board


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setattr(alive, "FIRST_S", 0.02)
    monkeypatch.setattr(alive, "EVERY_S", 0.03)
    return Console(file=io.StringIO(), width=100)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_step_in_a_log_has_lines_while_it_lasts(console: Console) -> None:
    with working(console, "building [x] for icarus"):
        wait_for(lambda: text_of(console).count("\n") >= 2)
    said = text_of(console)
    assert said.startswith("building [x] for icarus: 0 s ...\nbuilding [x] for icarus: ")
    time.sleep(0.1)
    assert text_of(console) == said


def test_a_short_step_has_no_line(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alive, "FIRST_S", 60.0)
    with working(console, "building"):
        pass
    assert text_of(console) == ""


def test_a_terminal_has_a_spinner_and_no_lines(console: Console) -> None:
    screen = Console(file=io.StringIO(), width=100, force_terminal=True)
    with working(screen, "building"):
        wait_for(lambda: "building" in text_of(screen))
        time.sleep(0.1)
    assert "building: " not in text_of(screen)


def test_bars_in_a_log_say_how_far_they_are(console: Console) -> None:
    with Bars("{task.description}", console=console) as bars:
        first = bars.add_task("mapping", total=4)
        bars.add_task("timing", total=4)
        bars.update(first, completed=3)
        wait_for(lambda: "mapping 3 of 4, timing 0 of 4, 0 s ...\n" in text_of(console))
        bars.update(first, completed=4)
        wait_for(lambda: "\ntiming 0 of 4, " in text_of(console))


def test_a_board_in_a_log_names_what_is_under_way(console: Console) -> None:
    with Board(console, "runs", 3) as board:
        board.begin("first")
        board.finished("second", "2 s")
        wait_for(lambda: "1 of 3 runs, 0 s ... first (0 s)\n" in text_of(console))


def test_an_error_ends_the_lines(console: Console) -> None:
    with pytest.raises(ValueError, match="no"), working(console, "building"):
        raise ValueError("no")
    said = text_of(console)
    time.sleep(0.1)
    assert text_of(console) == said
