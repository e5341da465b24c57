"""What unit tests share, without a simulator."""

from __future__ import annotations

import pytest

from snn_rtl.tb.unit.bench import rounds


def test_rounds_go_on_until_enough_was_met() -> None:
    met: list[int] = []
    for number in rounds(3, lambda: len(met) > 7):
        met.append(number)
    assert met == list(range(8))


def test_rounds_are_at_least_so_many() -> None:
    assert list(rounds(3, lambda: True)) == [0, 1, 2]


def test_rounds_that_meet_nothing_fail() -> None:
    done = 0
    with pytest.raises(AssertionError, match="not met in 60 rounds"):
        for _ in rounds(3, lambda: False):
            done += 1
    assert done == 60
