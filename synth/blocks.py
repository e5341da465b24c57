"""Which block of the paper a module belongs to, and what the paper says of the blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from snn_rtl.run.records import read_yaml
from snn_rtl.synth.elaborate import Hierarchy

FILE: Final = Path(__file__).parent / "blocks.yaml"
PARENT: Final = "parent"
"""A module of this block belongs to the block of whatever holds it."""


@dataclass(frozen=True)
class Block:
    """A block of the paper.

    Attributes:
        key: in the table.
        title: what people call it.
        area_mm2: as published; None where the paper does not list it.
        power_mw: likewise.
    """

    key: str
    title: str
    area_mm2: float | None
    power_mw: float | None


@dataclass(frozen=True)
class Blocks:
    """The blocks of a machine, and the block of each of its modules."""

    source: str
    blocks: Mapping[str, Block]
    modules: Mapping[str, str]

    def uncovered(self, names: Iterable[str]) -> list[str]:
        """Return the modules that have no block."""
        return sorted({name for name in names if name not in self.modules})

    def instances(self, hierarchy: Hierarchy) -> Counter[tuple[str, str]]:
        """Return how many instances of each module are in each block: (module's key, block).

        Raises:
            KeyError: a module has no block.
        """
        top = hierarchy.modules[hierarchy.top]
        own = self.modules[top.name]
        # Nothing holds the top; only a part of a machine can be such a module.
        found = Counter({(hierarchy.top, next(iter(self.blocks)) if own == PARENT else own): 1})
        # Parents come after their children: all instances of a module are known before its turn.
        for key in reversed(list(hierarchy.modules)):
            for block in self.blocks:
                count = found[key, block]
                if not count:
                    continue
                for child in hierarchy.modules[key].children.values():
                    own = self.modules[hierarchy.modules[child].name]
                    found[child, block if own == PARENT else own] += count
        return Counter({pair: count for pair, count in found.items() if count})


class _Block(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    area_mm2: float | None = None
    power_mw: float | None = None


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    blocks: dict[str, _Block]
    modules: dict[str, str]


def load_blocks(design: str, path: Path = FILE) -> Blocks:
    """Return the table of a machine.

    Raises:
        InputError: the file is damaged, has no such machine, or names a block that it does not
            have.
    """
    document = read_yaml(path, dict[str, _Table])
    table = document.value.get(design)
    if table is None:
        document.fail(f"there is no machine {design}")
    blocks = {
        key: Block(key, block.title, block.area_mm2, block.power_mw)
        for key, block in table.blocks.items()
    }
    for name, block in table.modules.items():
        if block not in blocks and block != PARENT:
            document.fail(f"there is no block {block!r}", design, "modules", name)
    return Blocks(table.source, blocks, table.modules)
