"""The table of what is under way: counts, lines, failures; no command around it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from snn_rtl.regressions.live import SessionBoard
from snn_rtl.regressions.tests.regress_helpers import record, spec
from snn_rtl.run.board import Board


def terminal(*, screen: bool = False) -> Console:
    return Console(file=io.StringIO(), force_terminal=screen, width=100, color_system=None)


def shown(board: Board) -> str:
    """Return what the table would show now."""
    console = terminal()
    console.print(board._render())
    file = console.file
    assert isinstance(file, io.StringIO)
    return " ".join(file.getvalue().split())


def printed(board: Board) -> str:
    file = board.console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_lines_and_counts() -> None:
    with Board(terminal(), "tasks", 4, done=1) as board:
        board.finished("one", "2.0 s")
        board.finished("two[0]", "FAILED", "it says [red]no[/red]")
        board.finished("three", "0.1 s", "it says no", excused=True)
        assert "4/4 1 failed" in shown(board)
    lines = [line.rstrip() for line in printed(board).splitlines()]
    start = lines.index("✓ one  2.0 s")
    assert lines[start + 1 : start + 5] == [
        "✗ two[0]  FAILED",
        "  it says [red]no[/red]",
        "x three  0.1 s",
        "  it says no",
    ]


def test_what_is_under_way() -> None:
    board = Board(terminal(), "tasks", 3)
    board.begin("one", "on [here]")
    board.tell("two", "1 mutant")
    board.tell("two", "2 mutants")
    assert "on [here] one" in shown(board)
    assert "2 mutants two" in shown(board)
    assert "1 mutant two" not in shown(board)
    board.end("one")
    board.finished("two", "")
    assert "one" not in shown(board)
    assert "two" not in shown(board)
    assert "1/3" in shown(board)


def test_many_under_way_are_cut() -> None:
    board = Board(terminal(), "tasks", 100)
    for index in range(100):
        board.begin(f"task {index}.")
    assert "task 0." in shown(board)
    assert "task 99." not in shown(board)


@pytest.mark.parametrize("screen", [False, True])
def test_session(screen: bool) -> None:
    """A log has every result; a screen only what failed, and what the failures say."""
    board = SessionBoard(terminal(screen=screen), 3, 0)
    board.workers = 2
    board.book(record(spec(seed=1)), excused=False)
    board.book(record(spec(seed=2), failure="bits [3] differ\nand more"), excused=False)
    board.book(record(spec(seed=3), failure="bits [4] differ"), excused=True)
    assert ("✓" in printed(board)) == (not screen)
    assert "  bits [3] differ\n" in printed(board)
    assert "and more" not in printed(board)
    table = shown(board)
    assert "3/3 1 failed" in table
    assert "2 workers" in table
    assert "differ" in table
