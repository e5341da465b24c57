"""UVM tests of a machine whose streams are played: layers that pass, and files that are spoiled.

Option "spoil" names what is done to a file; "" for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pyuvm

from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.machine.settings import EnvSettings
from snn_rtl.tb.common.players import files
from snn_rtl.tb.common.randomness import generator

_MACHINE: Final = EnvSettings.from_env().design
_BASE: Final[Any] = getattr(
    import_module(f"snn_rtl.tb.{_MACHINE.name}.base_test"), f"{_MACHINE.name.capitalize()}Test"
)

Edit = Callable[[list[bytes]], list[bytes]]


def _edit(number: int, change: Callable[[bytes], bytes]) -> Edit:
    """Change one of the pieces of a file."""
    return lambda pieces: [change(p) if i == number else p for i, p in enumerate(pieces)]


def _other_digit(line: bytes) -> bytes:
    """Flip the lowest bit of a recorded beat."""
    return line[:-2] + f"{int(line[-2:-1], 16) ^ 1:x}\n".encode()


LINES: Final[Mapping[str, Edit]] = {
    "corrupt": _edit(4, _other_digit),
    "missing": lambda lines: lines[:2] + lines[3:],
    "early_last": _edit(1, lambda line: b"0b1" + line[3:]),
    "unknown": _edit(3, lambda line: line[:-2] + b"x\n"),
    "cut": lambda lines: [*lines[:-1], lines[-1][:-1]],
}
"""What is done to the lines that the recorder wrote."""

RECORDS: Final[Mapping[str, Edit]] = {
    "truncated": lambda records: [*records[:-1], records[-1][:-1]],
    "starving": lambda records: records[:-1],
    "idle": _edit(1, lambda record: b"\x09" + record[1:]),
    "too_many": lambda records: [*records, records[-1]],
}
"""What is done to the records of the spike stream before they are played."""


@pyuvm.test()
class Layers(_BASE):  # type: ignore[misc]
    """A few random layers, one after the other."""

    async def body(self) -> None:
        """Spoil what is asked for, and run."""
        self.spoil(self.settings.options["spoil"])
        rng = generator("played")
        for _ in range(self.settings.options["layers"]):
            await run_layer(self.env, self.random_job(rng, (2, 2, 2)))

    def spoil(self, what: str) -> None:
        """Put a change between the files and those who read them."""
        read, write = files.read_beats, files.write_beats

        def read_spoiled(path: Path) -> list[Beat]:
            path.write_bytes(b"".join(LINES[what](path.read_bytes().splitlines(keepends=True))))
            return read(path)

        def write_spoiled(path: Path, packets: Any, width: int, gaps: Any) -> None:
            write(path, packets, width, gaps)
            if path.stem == "spikes":
                data, size = path.read_bytes(), (width + 7) // 8 + 2
                records = [data[i : i + size] for i in range(0, len(data), size)]
                path.write_bytes(b"".join(RECORDS[what](records)))

        if what in LINES:
            files.read_beats = read_spoiled
        elif what:
            assert what in RECORDS
            files.write_beats = write_spoiled
