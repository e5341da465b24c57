"""What the counters must count, by their descriptions in registers.yaml; shared by their tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from snn_rtl.models.prosperity.product_sparsity import decompose
from snn_rtl.tb.unit.bench import as_words, issue_order


@dataclass
class CycleReasons:
    """Gives each cycle of a layer its reason."""

    counting: bool = False
    stepped: bool = False

    def cycle(
        self,
        *,
        start: int = 0,
        input_taken: int = 0,
        layer_done: int = 0,
        step: int = 0,
        active: int = 0,
        desc_valid: int = 0,
        weight_valid: int = 0,
        wait_room: int = 0,
        detecting: int = 0,
    ) -> str | None:
        """Return the counter of this cycle beside CYCLES; None: the cycle is outside a layer."""
        counts = self.counting or bool(input_taken)
        if step:
            reason = "PROCESS"
        elif not self.stepped:
            reason = "FILL"
        elif not active:
            reason = "DRAIN"
        elif not desc_valid:
            reason = "WAIT_DETECT" if detecting else "WAIT_SPIKES"
        elif not weight_valid:
            reason = "WAIT_WEIGHTS"
        else:
            reason = "WAIT_RESULTS" if wait_room else "WAIT_OUTPUT"
        self.counting = counts and not layer_done and not start
        self.stepped = (self.stepped or bool(step)) and not start
        return reason if counts else None


REASONS = (
    "PROCESS",
    "FILL",
    "DRAIN",
    "WAIT_DETECT",
    "WAIT_SPIKES",
    "WAIT_WEIGHTS",
    "WAIT_OUTPUT",
    "WAIT_RESULTS",
)


def layer_events(rng: np.random.Generator) -> Iterator[dict[str, int]]:
    """Yield the machine's events of a random layer, cycle by cycle, in an order that can happen."""

    def pause() -> range:
        return range(rng.integers(6))

    def some(*names: str) -> dict[str, int]:
        return {name: int(rng.integers(2)) for name in names}

    yield {"start": 1}
    yield from ({"active": 1} for _ in pause())
    yield {"active": 1, "input_taken": 1}
    for _ in range(1 + rng.integers(8)):
        for _ in pause():
            waits = some("input_taken", "desc_valid", "weight_valid", "detecting")
            if waits["desc_valid"] and waits["weight_valid"]:
                waits |= some("wait_room")
            yield {"active": 1} | waits
        ready = {"active": 1, "step": 1, "desc_valid": 1, "weight_valid": 1}
        yield ready | some("input_taken", "detecting")
    yield from ({} for _ in pause())
    yield {"layer_done": 1}
    yield from ({} for _ in pause())


@dataclass(frozen=True)
class RowEvent:
    """A row descriptor as the pruner shows it, and what it adds to the counters."""

    pins: dict[str, int]
    counts: dict[str, int]


def row_events(
    rows: list[int],
    mode: str,
    bank: int,
    *,
    counted: bool,
    merge: np.random.Generator | None = None,
) -> list[RowEvent]:
    """Return the descriptors of a tile and what each one adds; nothing if it is not counted.

    The zero rows are added with the tile's last descriptor. With `merge`, which draws them, equal
    rows leave with the first one: some are dropped, others follow it and stand for no row, and so
    do empty issues.
    """
    dec = decompose(as_words(rows), mode)
    order = issue_order(rows, dense=mode == "dense")
    events = []
    for row in order or [-1]:
        last = row in (-1, order[-1] if order else -1)
        ones = int(dec.ones[row]) if order else 0
        pattern = int(dec.pattern[row]) if order else 0
        reuse = bool(order) and int(dec.prefix[row]) >= 0
        pins = {"last": last, "bank": bank, "reuse": reuse, "ones": ones, "pattern": pattern}
        pins |= {"none": 0, "twins": 0}
        counts = {
            "BIT_NNZ": ones,
            "RESIDUAL_NNZ": pattern.bit_count(),
            "EXACT_ROWS": int(reuse and pattern == 0),
            "PARTIAL_ROWS": int(reuse and pattern != 0),
            "ZERO_ROWS": rows.count(0) if last else 0,
        }
        if not counted:
            counts = dict.fromkeys(counts, 0)
        events.append(RowEvent({k: int(v) for k, v in pins.items()}, counts))
    if merge is not None:
        groups = [rows[row] if mode == "product" else row for row in order]
        events = merge_events(events, groups, merge)
    return events


def merge_events(
    events: list[RowEvent], groups: list[int], rng: np.random.Generator
) -> list[RowEvent]:
    """Return the descriptors of a tile whose rows of a group leave as one.

    Args:
        events: each row's own.
        groups: group of each row; none: the tile is empty.
        rng: draws which rows are dropped.
    """
    last = events[-1].pins["last"]
    zeros = {"ZERO_ROWS": events[-1].counts["ZERO_ROWS"]}
    nothing = dict.fromkeys(events[-1].counts, 0)
    empty = events[-1].pins | {"last": 0, "reuse": 0, "ones": 0, "pattern": 0, "none": 1}
    merged: list[RowEvent] = []
    for i, event in enumerate(events):
        if not groups:
            merged.append(RowEvent(empty, nothing))
        elif groups[i] not in groups[:i]:
            members = [e for e, group in zip(events, groups, strict=True) if group == groups[i]]
            counts = {name: sum(e.counts[name] for e in members) for name in nothing}
            pins = event.pins | {"last": 0, "twins": len(members) - 1}
            merged.append(RowEvent(pins, counts | {"ZERO_ROWS": 0}))
        elif rng.random() < 0.5:
            merged.append(RowEvent(event.pins | {"last": 0, "none": 1}, nothing))
        if rng.random() < 0.1:
            merged.append(RowEvent(empty, nothing))
    final = merged[-1]
    merged[-1] = RowEvent(final.pins | {"last": last}, final.counts | zeros)
    return merged
