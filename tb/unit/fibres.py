"""What the unit tests of LoAS share: their cases, fibres, and fibres as beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest

from snn_rtl.run.simulators import SIMULATORS
from snn_rtl.tb.common.clock_reset import reset
from snn_rtl.tb.common.unit import run_unit
from snn_rtl.tb.unit.bench import Bench, pack

_FILE_LIST: Final = "rtl/loas/loas.f"
_LARGE: Final = "paper"
"""The case that is too large for Icarus."""


def cases(**sizes: Mapping[str, int]) -> pytest.MarkDecorator:
    """Run a test on both simulators with each of the named parameter sets, "paper" on one."""
    runs = [
        pytest.param(simulator, name, values, id=f"{name}-{simulator}")
        for name, values in sizes.items()
        for simulator in SIMULATORS
        if name != _LARGE or simulator == "verilator"
    ]
    return pytest.mark.parametrize(("simulator", "case", "sizes"), runs)


def run_case(
    request: pytest.FixtureRequest, simulator: str, case: str, sizes: Mapping[str, int]
) -> None:
    """Run the cocotb tests of the requesting file on its module with these parameters."""
    run_unit(request, simulator, sizes, label=case, file_list=_FILE_LIST)


async def reset_at_once(tb: Bench, **inputs: int) -> None:
    """Reset a module for a single cycle, as the machine's soft reset does, other inputs idle."""
    tb.drive(**inputs)
    await reset(tb.dut, cycles=1)


def random_word(rng: np.random.Generator, width: int) -> int:
    """Return a number of that many random bits."""
    return int.from_bytes(rng.bytes(-(-width // 8)), "little") & (1 << width) - 1


def ones(mask: int) -> list[int]:
    """Return the positions of the ones of a bitmask, lowest first."""
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


@dataclass(frozen=True)
class Fibre:
    """A chunk of a row of words or of a column of weights.

    Attributes:
        mask: bit j: there is an element at position j.
        values: the elements as bit patterns, in order of their positions.
    """

    mask: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Joined:
    """Fibres of a group of neighbours that come as one item.

    Attributes:
        group: number of the group.
        fibres: its fibres by their place in it, lowest first.
    """

    group: int
    fibres: dict[int, Fibre]

    @property
    def there(self) -> int:
        """Bit p: the fibre at place p is one of them."""
        return sum(1 << place for place in self.fibres)

    @property
    def values(self) -> list[int]:
        """Their elements behind one another."""
        return [value for fibre in self.fibres.values() for value in fibre.values]

    def mask(self, chunk: int) -> int:
        """Return their bitmasks side by side."""
        return sum(fibre.mask << place * chunk for place, fibre in self.fibres.items())


def join_fibres(fibres: Sequence[tuple[int, Fibre]], joined: int, chunk: int) -> list[Joined]:
    """Return the items that fibres, with their numbers, come as.

    Those of a group come as one if they have no more elements than a chunk; else the first one
    comes alone.
    """
    items = []
    left = list(fibres)
    while left:
        group = left[0][0] // joined
        same = [fibre for fibre in left if fibre[0] // joined == group]
        if sum(len(fibre.values) for _, fibre in same) > chunk:
            same = same[:1]
        items.append(Joined(group, {number % joined: fibre for number, fibre in same}))
        left = left[len(same) :]
    return items


def make_fibre(rng: np.random.Generator, mask: int, elem_w: int) -> Fibre:
    """Return a fibre with random elements that are not zero."""
    values = rng.integers(1, 1 << elem_w, mask.bit_count())
    return Fibre(mask, tuple(int(value) for value in values))


def random_mask(rng: np.random.Generator, width: int, density: float) -> int:
    """Return a bitmask in which each bit is one with that probability."""
    return pack((rng.random(width) < density).astype(int).tolist(), 1)


def random_fibres(rng: np.random.Generator, count: int, cols: int, elem_w: int) -> list[Fibre]:
    """Return the fibres of a tile: of any density, some empty; now and then all or none."""
    density, filled = rng.choice([0.02, 0.3, 0.7, 1.0]), rng.choice([0.0, 0.4, 0.8, 1.0])
    masks = [random_mask(rng, cols, density) if rng.random() < filled else 0 for _ in range(count)]
    return [make_fibre(rng, mask, elem_w) for mask in masks]


def counted_fibres(
    rng: np.random.Generator, counts: Sequence[int], cols: int, elem_w: int
) -> list[Fibre]:
    """Return fibres with these numbers of elements at random positions."""
    masks = [sum(1 << int(i) for i in rng.permutation(cols)[:count]) for count in counts]
    return [make_fibre(rng, mask, elem_w) for mask in masks]


def directed_counts(count: int, cols: int, beat_elems: int) -> dict[str, list[int]]:
    """Return numbers of elements that every reader must master, by name.

    Args:
        count: fibres of the tile.
        cols: positions of a fibre.
        beat_elems: elements of a value beat, not below cols.
    """
    last = count - 1
    half = beat_elems // 2

    def beats(extra: int) -> list[int]:
        """Return fibres whose sum is a beat and some elements; the others are empty."""
        left, counts = beat_elems + extra, []
        for _ in range(count):
            counts.append(min(cols, left, half + 1))
            left -= counts[-1]
        return counts

    return {
        "empty": [0] * count,
        "full": [cols] * count,
        "one_first": [1] + [0] * last,
        "one_last": [0] * last + [1],
        "one_each": [1] * count,
        "all_but_first": [0] + [cols] * last,
        "all_but_last": [cols] * last + [0],
        "every_other": [cols * (i % 2) for i in range(count)],
        "beat_exactly": beats(0),
        "beat_and_one": beats(1),
        "beat_less_one": beats(-1),
        "alternating": [cols if i % 2 else 1 for i in range(count)],
        "half_each": [cols // 2] * count,
        "half_and_one_more": [cols // 2 + i % 2 for i in range(count)],
    }


def mask_beats(
    rng: np.random.Generator, fibres: Sequence[Fibre], chunk: int, cols: int, beat_w: int
) -> list[int]:
    """Return the bitmasks of a tile as beats; bits that stand for nothing are random."""
    masks = beat_w // chunk
    count = -(-len(fibres) // masks) * masks
    words = [fibre.mask | random_word(rng, chunk) >> cols << cols for fibre in fibres]
    words += [random_word(rng, chunk) for _ in range(count - len(fibres))]
    return [pack(words[i : i + masks], chunk) for i in range(0, count, masks)]


def value_beats(
    rng: np.random.Generator, fibres: Sequence[Fibre], elem_w: int, beat_w: int
) -> list[int]:
    """Return the elements of a tile as beats; bits behind the last one are random."""
    elems = beat_w // elem_w
    values = [value for fibre in fibres for value in fibre.values]
    values += [random_word(rng, elem_w) for _ in range(-len(values) % elems)]
    return [pack(values[i : i + elems], elem_w) for i in range(0, len(values), elems)]
