"""Small charts of a metric over sessions, as SVG that stands in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 300
_HEIGHT: Final = 70
_EDGE: Final = 8


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A value of one session.

    Attributes:
        label: which session.
        value: of the metric.
        passed: the session's verdict.
    """

    label: str
    value: float
    passed: bool


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.2f}"


def chart(name: str, samples: Sequence[Sample]) -> str:
    """Return a line with a dot for each session; a red one's is red.

    Args:
        name: what the chart shows, for those who cannot see it.
        samples: the oldest first; at least one.
    """
    values = [sample.value for sample in samples]
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = (_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    flat = _HEIGHT / 2
    points = [
        (
            _EDGE + i * step if len(values) > 1 else _WIDTH / 2,
            _HEIGHT - _EDGE - (value - low) / spread * (_HEIGHT - 2 * _EDGE)
            if high > low
            else flat,
        )
        for i, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{"good" if s.passed else "bad"}">'
        f"<title>{escape(s.label)}: {_number(s.value)}</title></circle>"
        for (x, y), s in zip(points, samples, strict=True)
    )
    text = f"{name}: {_number(values[0])} to {_number(values[-1])} in {len(values)} sessions"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(text)}">'
        f'<polyline points="{line}"/>{dots}</svg>'
    )


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A metric over sessions.

    Attributes:
        name: of the metric.
        svg: its chart.
        last: the newest value.
        change: against the session before; empty without one.
    """

    name: str
    svg: str
    last: str
    change: str


def trend(name: str, samples: Sequence[Sample]) -> Trend:
    """Return a metric's trend; there is at least one sample, the newest one last."""
    values = [sample.value for sample in samples]
    change = ""
    if len(values) > 1:
        before, now = values[-2:]
        difference = now - before
        change = "unchanged" if not difference else f"{'+' * (difference > 0)}{_number(difference)}"
        if difference and before:
            change += f" ({100 * difference / before:+.2f} %)"
    return Trend(name=name, svg=chart(name, samples), last=_number(values[-1]), change=change)
