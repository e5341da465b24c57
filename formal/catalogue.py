"""What there is to prove: modules, their tasks, and the broken variants that must be refuted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from snn_rtl.formal.sbyfile import SbyTask, read_sby
from snn_rtl.models.errors import InputError
from snn_rtl.run.places import ROOT
from snn_rtl.run.records import Text, read_yaml

VARIANTS: Final = "broken.yaml"
BOUNDED: Final = "bounded.yaml"


class Variant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A broken variant of the sources.

    Attributes:
        name: of it.
        property: the assertion that must refute it.
        task: the task in which it must fail.
        file: what is edited, from the root.
        old: text that is in the file exactly once.
        new: what it becomes.
    """

    name: str
    property: str
    task: str
    file: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One call of SymbiYosys.

    Attributes:
        module: whose proof it is.
        sby: the task file.
        task: which task of it.
        sources: files that it reads, by their path from the root, edited where it is a variant.
        variant: what was edited; None for the module as it is.
    """

    module: str
    sby: Path
    task: SbyTask
    sources: dict[str, bytes] = field(repr=False)
    variant: Variant | None = None

    @property
    def name(self) -> str:
        """What it is called: module/task, or module/task:variant."""
        suffix = f":{self.variant.name}" if self.variant else ""
        return f"{self.module}/{self.task.name}{suffix}"

    @property
    def kind(self) -> str:
        """What it does: the task's mode, or "broken"."""
        return "broken" if self.variant else self.task.mode


@dataclass(frozen=True, kw_only=True)
class Module:
    """The proof of one module.

    Attributes:
        name: of the module.
        jobs: tasks, then variants.
        bounded: properties that hold up to a depth only, each with the reason.
    """

    name: str
    jobs: tuple[Job, ...]
    bounded: dict[str, str]


def _variants(path: Path) -> list[Variant]:
    if not path.is_file():
        return []
    document = read_yaml(path, list[Variant])
    names = [variant.name for variant in document.value]
    for at, name in enumerate(names):
        if name in names[:at]:
            document.fail(f"two variants are called {name}", at, "name")
        if not name.replace("_", "").isalnum():
            document.fail(f"{name!r:.60} is no name", at, "name")
    return document.value


def _bounded(path: Path) -> dict[str, str]:
    return read_yaml(path, dict[str, Text]).value if path.is_file() else {}


def _read_sources(task: SbyTask, folder: Path, root: Path, sby: Path) -> dict[str, bytes]:
    """Return the contents of what a task reads, by path from the root."""
    found = {}
    for name in task.sources:
        path = (folder / name).resolve()
        if not path.is_relative_to(root):
            raise InputError(f"{sby}: {name} is outside the project")
        try:
            found[path.relative_to(root).as_posix()] = path.read_bytes()
        except OSError as error:
            raise InputError(f"{sby}: {name}: {error.strerror}") from None
    return found


def edit(sources: dict[str, bytes], variant: Variant, where: Path) -> dict[str, bytes]:
    """Return sources with a variant's edit.

    Raises:
        InputError: its file is not among them, or the old text is not in it exactly once.
    """
    if variant.file not in sources:
        raise InputError(f"{where}: {variant.name}: task {variant.task} reads no {variant.file}")
    old = variant.old.strip("\n").encode()
    count = sources[variant.file].count(old)
    if count != 1:
        raise InputError(
            f"{where}: {variant.name}: the old text is {count} times in {variant.file}, not once"
        )
    edited = sources[variant.file].replace(old, variant.new.strip("\n").encode())
    return {**sources, variant.file: edited}


def read_module(folder: Path, root: Path) -> Module:
    """Return the proof in a folder.

    Raises:
        InputError: something in it is not as it has to be.
    """
    name = folder.name
    sby = folder / f"{name}.sby"
    jobs = [
        Job(module=name, sby=sby, task=task, sources=_read_sources(task, folder, root, sby))
        for task in read_sby(sby)
    ]
    plain = {job.task.name: job for job in jobs}
    where = folder / VARIANTS
    for variant in _variants(where):
        job = plain.get(variant.task)
        if job is None:
            raise InputError(f"{where}: {variant.name}: there is no task {variant.task}")
        sources = edit(job.sources, variant, where)
        jobs.append(Job(module=name, sby=sby, task=job.task, sources=sources, variant=variant))
    return Module(name=name, jobs=tuple(jobs), bounded=_bounded(folder / BOUNDED))


def read_all(root: Path = ROOT) -> list[Module]:
    """Return all proofs below a root's formal/ by name.

    Raises:
        InputError: there are none, or one is not as it has to be.
    """
    folders = sorted(path.parent for path in (root / "formal" / "proofs").glob("*/*.sby"))
    if not folders:
        raise InputError(f"no proofs below {root / 'formal'}")
    return [read_module(folder, root) for folder in dict.fromkeys(folders)]
