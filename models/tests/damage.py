"""Makes damaged workload files of sound ones, and says how they are refused."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.workload import load

Members = dict[str, bytes]
Json = dict[str, Any]


def npy(array: np.ndarray[Any, Any], **fields: Any) -> bytes:
    """Return an array as a .npy file, with fields of its header replaced."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    if not fields:
        return buffer.getvalue()
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape, **fields}
    return header_of(repr(header)) + array.tobytes()


def header_of(text: str, version: int = 1) -> bytes:
    """Return a .npy header of the given text."""
    length = struct.pack("<H" if version == 1 else "<I", len(text) + 1)
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + b"\n"


def members_of(path: Path) -> Members:
    """Read all members of a file."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def write(path: Path, members: Members, method: int = zipfile.ZIP_DEFLATED) -> None:
    """Write members to a file."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def reason(path: Path) -> str:
    """Return why a file is refused: one line that begins with its name."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as error:
            load(path)
    text = str(error.value)
    assert text.startswith(f"{path}: ")
    assert text.isprintable()
    assert len(text) < len(str(path)) + 400
    return text.removeprefix(f"{path}: ")


def set_manifest(members: Members, text: str) -> None:
    """Replace the manifest's text."""
    members["manifest.npy"] = npy(np.array(text))


def at(*path: str | int, to: Any) -> Callable[[Json], None]:
    """Return a change of a manifest: the value at a path."""

    def change(manifest: Any) -> None:
        for key in path[:-1]:
            manifest = manifest[key]
        manifest[path[-1]] = to

    return change


def without(*path: str | int) -> Callable[[Json], None]:
    """Return a change of a manifest: the value at a path is removed."""

    def change(manifest: Any) -> None:
        for key in path[:-1]:
            manifest = manifest[key]
        del manifest[path[-1]]

    return change


def change_manifest(path: Path, change: Callable[[Json], None]) -> None:
    """Change the manifest of a file."""
    members = members_of(path)
    manifest = json.loads(np.load(io.BytesIO(members["manifest.npy"])).item())
    change(manifest)
    set_manifest(members, json.dumps(manifest))
    write(path, members)
