"""mutate/explained.yaml: why survivors are not worth a check, each with its reason.

A mutation is named by its change and its source text, not by a line number, so that an entry
outlives lines that move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from snn_rtl.models.errors import InputError

_KEYS: Final = ("module", "mutations", "reason")


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


def _entry(entry: Any, modules: Iterable[str]) -> tuple[str, list[str], str]:
    if not isinstance(entry, dict) or set(entry) != set(_KEYS):
        raise ValueError(f"it needs {', '.join(_KEYS)} and nothing else")
    module, keys, reason = (entry[key] for key in _KEYS)
    if module not in modules:
        raise ValueError(f"there is no module {module!r:.60}")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise ValueError("mutations is no list of texts")
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError("it has no reason")
    return module, [" ".join(key.split()) for key in keys], " ".join(reason.split())


def load_explained(path: Path, modules: Iterable[str]) -> Explained:
    """Read the file.

    Raises:
        InputError: it cannot be read, or an entry is malformed, doubled or without a reason.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: {' '.join(str(error).split())}") from None
    entries = content.get("explained") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise InputError(f"{path.name}: there is no list `explained`")
    known = tuple(modules)
    reasons: dict[str, dict[str, str]] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            module, keys, reason = _entry(entry, known)
            for key in keys:
                if key in reasons.setdefault(module, {}):
                    raise ValueError(f"{key!r} has a reason already")
                reasons[module][key] = reason
        except ValueError as error:
            raise InputError(f"{path.name}: entry {number}: {error}") from None
    return Explained(reasons=reasons)
