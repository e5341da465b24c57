"""What a results file says of a mutant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

KILLED: Final = "killed"
SURVIVED: Final = "survived"
TIMEOUT: Final = "timeout"
EQUIVALENT: Final = "equivalent"
ERROR: Final = "error"
VERDICTS: Final = (KILLED, TIMEOUT, EQUIVALENT, SURVIVED, ERROR)
"""A failed test, a test out of time, proven to change nothing, not noticed, no verdict at all."""

# Exceptions that mean that simulated time ran out.
_LATE: Final = ("SimTimeoutError", "TimeoutError")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        state: one of VERDICTS.
        test: that killed it.
        message: of the test, or what went wrong.
        cpu_s: what it took.
    """

    state: str
    test: str = ""
    message: str = ""
    cpu_s: float = 0.0

    @property
    def killed(self) -> bool:
        """A test noticed it."""
        return self.state in (KILLED, TIMEOUT)


def test_times(results: Path) -> dict[str, float]:
    """Return the tests of a results file with their seconds.

    Raises:
        OSError: there is no file.
        ElementTree.ParseError: it is damaged.
    """
    return {
        f"{case.get('classname')}.{case.get('name')}": float(case.get("time", 0))
        for case in ElementTree.parse(results).iter("testcase")
    }


def read_verdict(results: Path, *, cpu_s: float) -> Verdict:
    """Judge a mutant by a results file alone; without one, or without a test, by nothing."""
    try:
        cases = list(ElementTree.parse(results).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return Verdict(state=ERROR, message="no results: the simulation died", cpu_s=cpu_s)
    for case in cases:
        for node in case:
            if node.tag not in ("failure", "error"):
                continue
            kind = node.get("error_type") or node.get("type") or ""
            text = node.get("error_msg") or node.get("message") or (node.text or "").strip()
            late = kind.rsplit(".", 1)[-1] in _LATE
            return Verdict(
                state=TIMEOUT if late else KILLED,
                test=case.get("name", ""),
                message=f"{kind.rsplit('.', 1)[-1]}: {text.partition(chr(10))[0]}",
                cpu_s=cpu_s,
            )
    if not any(all(node.tag != "skipped" for node in case) for case in cases):
        return Verdict(state=ERROR, message="no test ran", cpu_s=cpu_s)
    return Verdict(state=SURVIVED, cpu_s=cpu_s)
