"""Signal lists for a waveform: the ports of the top and its instances; GTKWave and Surfer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ENDINGS: Final = (".vcd", ".fst")
"""Endings of waveforms."""

_STREAM: Final = re.compile(r"[sm]_axi(?:s_[a-z]+|l)(?=_)")
_VCD_SCOPE: Final = re.compile(r"\$scope \w+ (\S+) \$end")
_VCD_VAR: Final = re.compile(r"\$var \w+ (\d+) \S+ (\S+?)\s*(?:\[(-?\d+)(?::(-?\d+))?\])? \$end")
_VVP_SCOPE: Final = re.compile(
    r'^(S_\w+) \.scope (\w+), "([^"]+)" "[^"]*" \d+ \d+(?: \d+)*(?:, (?:\d+ )*\d*)?(.*);'
)
_VVP_PARENT: Final = re.compile(r"(S_\w+)")
_VVP_NET: Final = re.compile(r'\.(?:net|var)(?:/\w+)?\s+"([^"]+)", (-?\d+) (-?\d+)')


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A signal of a design.

    Attributes:
        scope: instance names from the top down.
        name: of the signal.
        bits: "[7:0]", or empty for a single bit.
    """

    scope: tuple[str, ...]
    name: str
    bits: str = ""

    @property
    def path(self) -> str:
        """Full name."""
        return ".".join((*self.scope, self.name))


def vcd_signals(path: Path) -> Iterator[Signal]:
    """Yield the signals that a VCD file declares."""
    scope: list[str] = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if "$enddefinitions" in line:
                return
            entered = _VCD_SCOPE.search(line)
            if entered:
                scope.append(entered[1])
            elif "$upscope" in line:
                scope.pop()
            found = _VCD_VAR.search(line)
            if found:
                _, name, high, low = found.groups()
                bits = "" if high is None else f"[{high}:{low}]" if low else f"[{high}]"
                yield Signal(scope=tuple(scope), name=name, bits=bits)


def vvp_signals(path: Path) -> Iterator[Signal]:
    """Yield the signals of a program of Icarus, which its waveforms show."""
    scopes: dict[str, tuple[str, ...]] = {}
    scope: tuple[str, ...] | None = None
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            entered = _VVP_SCOPE.match(line)
            if entered:
                key, kind, name, rest = entered.groups()
                parent = _VVP_PARENT.search(rest)
                above = scopes.get(parent[1], ()) if parent else ()
                scopes[key] = (*above, name)
                scope = scopes[key] if kind == "module" else None
            elif scope is not None:
                found = _VVP_NET.search(line)
                if found:
                    name, high, low = found.groups()
                    bits = "" if high == low == "0" else f"[{high}:{low}]"
                    yield Signal(scope=scope, name=name, bits=bits)


def groups(signals: Iterator[Signal], top: str) -> dict[str, list[Signal]]:
    """Return the signals worth showing by heading: streams of the top, then instances.

    Args:
        signals: all there are; wrappers around the top are passed over.
        top: name of the top module.
    """
    found: dict[str, list[Signal]] = {"clock and state": []}
    for signal in signals:
        if top not in signal.scope or signal.name.isupper():
            # Another module, or a parameter.
            continue
        below = signal.scope[signal.scope.index(top) + 1 :]
        if not below:
            stream = _STREAM.match(signal.name)
            heading = stream[0] if stream else "clock and state"
        elif len(below) == 1:
            heading = below[0]
        else:
            continue
        part = found.setdefault(heading, [])
        if signal not in part:
            part.append(signal)
    return {heading: part for heading, part in found.items() if part}


def gtkw(waveform: Path, found: dict[str, list[Signal]]) -> str:
    """Return a save file of GTKWave; the top's groups are open, those of instances closed."""
    lines = [f'[dumpfile] "{waveform.name}"', "[sst_expanded] 1"]
    for heading, signals in found.items():
        is_open = len(signals[0].scope) == min(len(s[0].scope) for s in found.values())
        begin, end = ("@800200", "@1000200") if is_open else ("@c00200", "@1401200")
        lines += [begin, f"-{heading}"]
        for signal in signals:
            lines += ["@28" if not signal.bits else "@22", f"{signal.path}{signal.bits}"]
        lines += [end, f"-{heading}"]
    return "\n".join(lines) + "\n"


def surfer(found: dict[str, list[Signal]]) -> str:
    """Return commands of Surfer."""
    lines = []
    for heading, signals in found.items():
        lines.append(f"divider_add {heading}")
        lines += [f"variable_add {signal.path}" for signal in signals]
    return "\n".join([*lines, "zoom_fit"]) + "\n"


def write_lists(folder: Path, build: Path, top: str) -> None:
    """Write signal lists beside each waveform below a folder.

    Args:
        folder: of a run.
        build: folder of its build.
        top: name of the top module, or of an instance instead.
    """
    for waveform in sorted(p for p in folder.rglob("*") if p.suffix in ENDINGS):
        program = build / "sim.vvp"
        signals = vvp_signals(program) if waveform.suffix == ".fst" else vcd_signals(waveform)
        found = groups(signals, top)
        waveform.with_suffix(".gtkw").write_text(gtkw(waveform, found))
        waveform.with_suffix(".sucl").write_text(surfer(found))
