"""What there is to prove: modules, their tasks, and the broken variants that must be refuted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from snn_rtl.formal.sbyfile import SbyTask, read_sby
from snn_rtl.models.errors import InputError
from snn_rtl.run.places import ROOT

VARIANTS: Final = "broken.yaml"
BOUNDED: Final = "bounded.yaml"

_KEYS: Final = ("name", "property", "task", "file", "old", "new")


@dataclass(frozen=True, kw_only=True)
class Variant:
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


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: {error}") from None


def _variants(path: Path) -> list[Variant]:
    entries = _load(path) or []
    if not isinstance(entries, list):
        raise InputError(f"{path}: not a list")
    found: list[Variant] = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or set(entry) != set(_KEYS):
            raise InputError(f"{path}: entry {number} needs exactly {', '.join(_KEYS)}")
        if not all(isinstance(entry[key], str) for key in _KEYS):
            raise InputError(f"{path}: entry {number}: every value must be text")
        found.append(Variant(**entry))
    names = [variant.name for variant in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path}: two variants are called {name}")
        if not name.replace("_", "").isalnum():
            raise InputError(f"{path}: {name!r:.60} is no name")
    return found


def _bounded(path: Path) -> dict[str, str]:
    entries = _load(path) or {}
    if not isinstance(entries, dict) or not all(
        isinstance(text, str) and text.strip() for pair in entries.items() for text in pair
    ):
        raise InputError(f"{path}: not a map from properties to reasons")
    return entries


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
