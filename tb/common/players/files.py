"""The files of players and recorder: beats with the idle cycles before them, pauses, lines.

Formats as snn_beat_player.v and snn_beat_recorder.v have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.scoreboard import CheckFailure


def _data(beat: Beat, size: int) -> bytes:
    assert beat.data is not None, "only a monitor may leave data out"
    return beat.data.to_bytes(size, "big")


def write_beats(
    path: Path, packets: Iterable[Sequence[Beat]], width: int, gaps: Iterator[int]
) -> None:
    """Write the file of a player.

    Args:
        path: of the file.
        packets: what it plays.
        width: bits of a beat.
        gaps: idle cycles before each beat, 0 to 255.
    """
    size = (width + 7) // 8
    # A layer repeats its packets, the same list again: it is put together once.
    known: dict[int, list[tuple[int, bytes]]] = {}
    records = []
    for packet in packets:
        if id(packet) not in known:
            known[id(packet)] = [(int(beat.last), _data(beat, size)) for beat in packet]
        for last, data in known[id(packet)]:
            records.append(bytes((next(gaps), last)))
            records.append(data)
    path.write_bytes(b"".join(records))


def write_pauses(path: Path, gaps: Iterator[int], beats: int) -> None:
    """Write the pauses of a recorder: cycles before each beat, 0 to 255."""
    path.write_bytes(bytes(next(gaps) for _ in range(beats)))


def read_beats(path: Path) -> list[Beat]:
    """Return what a recorder wrote.

    Raises:
        CheckFailure: a line that is no beat, such as one with X or one cut short.
    """
    beats = []
    lines = path.read_text().split("\n")
    whole, rest = lines[:-1], lines[-1]
    for number, line in enumerate(chain(whole, [rest] if rest else []), 1):
        try:
            last, data = line.split(" ")
            if number > len(whole) or last not in ("0b0", "0b1"):
                raise ValueError(line)
            beats.append(Beat(int(data, 16), last == "0b1"))
        except ValueError:
            raise CheckFailure(f"{path.name}: line {number} is no beat: {line[:40]!r}") from None
    return beats
