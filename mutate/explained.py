"""mutate/explained.yaml: why survivors are not worth a check, each with its reason.

A mutation is named by its change and its source text, not by a line number, so that an entry
outlives lines that move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from snn_rtl.run.records import Text, read_yaml


@dataclass(frozen=True, kw_only=True)
class Explained:
    """The reasons of a file.

    Attributes:
        reasons: module to key of a mutation to reason.
    """

    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def reason(self, module: str, key: str) -> str:
        """Return the reason for a survivor, empty if there is none."""
        return self.reasons.get(module, {}).get(key, "")

    def stale(
        self, module: str, planted: Iterable[str], killed: Iterable[str], *, complete: bool
    ) -> list[str]:
        """Return what no longer explains a survivor.

        An entry for what is proven equivalent is not stale: a proof may need more time than the
        next call has.

        Args:
            module: that was run.
            planted: keys of its mutations.
            killed: those that tests noticed, wherever they occur.
            complete: the run had the mutations that the file is kept for, so that one which was not
                among them is gone.
        """
        known, dead = set(planted), set(killed)
        return [
            f"{module}: {key}: {'is noticed now' if key in dead else 'there is no such mutation'}"
            for key in self.reasons.get(module, {})
            if key in dead or (complete and key not in known)
        ]


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    module: str
    mutations: Annotated[list[str], msgspec.Meta(min_length=1)]
    reason: Text


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    explained: list[_Entry]


def load_explained(path: Path, modules: Iterable[str]) -> Explained:
    """Read the file.

    Raises:
        InputError: it cannot be read, or an entry is malformed, doubled or without a reason.
    """
    document = read_yaml(path, _File)
    known = set(modules)
    reasons: dict[str, dict[str, str]] = {}
    for number, entry in enumerate(document.value.explained):
        place = ("explained", number)
        if entry.module not in known:
            document.fail(f"there is no module {entry.module!r:.60}", *place, "module")
        for at, mutation in enumerate(entry.mutations):
            key = " ".join(mutation.split())
            if key in reasons.setdefault(entry.module, {}):
                document.fail(f"{key!r} has a reason already", *place, "mutations", at)
            reasons[entry.module][key] = " ".join(entry.reason.split())
    return Explained(reasons=reasons)
