"""Failures that are known: each with the reason why it may fail, until some day."""

from __future__ import annotations

import datetime
import re
from fnmatch import fnmatchcase

import msgspec

from snn_rtl.run.yaml_places import Section


class KnownFailure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A failure that does not make a session red.

    Attributes:
        test: pattern of run names, as in a shell.
        message: expression that the failure's message must hold.
        reason: why it fails.
        expires: the last day on which it is excused.
    """

    test: str
    message: str
    reason: str
    expires: datetime.date

    def excuses(self, run: str, message: str) -> bool:
        """Return whether it covers a failure."""
        return fnmatchcase(run, self.test) and bool(re.search(self.message, message))


def parse(section: Section, today: datetime.date) -> KnownFailure:
    """Return an entry of a list.

    Raises:
        InputError: it lacks something, or its day has passed.
    """
    section.only("test", "message", "reason", "expires")
    section.need("test", "message", "reason", "expires")
    expires = section.date("expires")
    if expires < today:
        section.fail("expires", f"{expires} has passed: mend the failure, or say anew why not")
    message = section.text("message")
    try:
        re.compile(message)
    except re.error as error:
        section.fail("message", f"is no regular expression: {error}")
    return KnownFailure(
        test=section.text("test"), message=message, reason=section.text("reason"), expires=expires
    )
