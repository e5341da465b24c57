"""Base scoreboard: counts what it checked, keeps what it found, and fails when it saw nothing."""

from __future__ import annotations

from pyuvm import uvm_component


class CheckFailure(AssertionError):
    """A check failed."""


class BaseScoreboard(uvm_component):  # type: ignore[misc]
    """Counts checks and collects failures; the first failure ends the test by default.

    Attributes:
        checks: values compared.
        failures: messages, first first.
        stop_at_first: raise at once instead of at the end.
    """

    def build_phase(self) -> None:
        """Start with nothing seen."""
        self.checks = 0
        self.failures: list[str] = []
        self.stop_at_first = True

    def fail(self, message: str) -> None:
        """Record a failure.

        Raises:
            CheckFailure: at once, if stop_at_first is set.
        """
        self.failures.append(message)
        self.logger.error(message)
        if self.stop_at_first:
            raise CheckFailure(message)

    def equal(self, what: str, got: object, want: object) -> None:
        """Check one value."""
        self.checks += 1
        if got != want:
            self.fail(f"{what}: got {got}, expected {want}")

    def check_phase(self) -> None:
        """Fail a test that failed or checked nothing."""
        if self.failures:
            raise CheckFailure(f"{len(self.failures)} failures, first: {self.failures[0]}")
        if not self.checks:
            raise CheckFailure(f"{self.get_full_name()} checked nothing")
