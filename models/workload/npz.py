"""Reading and writing .npz files without trusting them.

A file from somewhere else may be damaged or made to do harm. So no array is unpickled, no
size is believed before it is compared with the one expected, and nothing is decompressed
beyond it.
"""

from __future__ import annotations

import ast
import io
import math
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from snn_rtl.models.errors import InputError

MAX_FILE_BYTES: Final = 1 << 30
MAX_MEMBERS: Final = 8192
MAX_TEXT_BYTES: Final = 4 << 20
_MAX_HEADER: Final = 1024
_PREFIX: Final = {1: (10, "<H"), 2: (12, "<I"), 3: (12, "<I")}
_MEMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*(/[A-Za-z0-9][A-Za-z0-9_.\-]*)?\.npy")
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class NpzReader:
    """An open .npz file; a context manager.

    Raises:
        InputError: from the constructor and every reading method: the file cannot be used. The
            message says why; the caller adds the file's name.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file and check its directory."""
        try:
            status = Path(path).stat()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a usable file name"
            raise InputError(f"cannot be read: {reason}") from None
        if not stat.S_ISREG(status.st_mode):
            raise InputError("is not a regular file")
        if status.st_size > MAX_FILE_BYTES:
            raise InputError(f"is larger than {MAX_FILE_BYTES} bytes")
        try:
            self._zip = zipfile.ZipFile(path)
        except PermissionError:
            raise InputError("cannot be read: Permission denied") from None
        except _DAMAGE:
            raise InputError("is not a readable .npz (zip) file, or is truncated") from None
        try:
            self._members = self._directory()
        except InputError:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        """Return the reader."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._zip.close()

    def names(self) -> list[str]:
        """Return the names of all arrays."""
        return list(self._members)

    def text(self, name: str) -> str:
        """Read a string stored as an array without dimensions."""
        raw = self._raw(name, MAX_TEXT_BYTES)
        descr, _, shape, start = self._header(name, raw)
        match = re.fullmatch(r"([<>])U(\d{1,8})", descr)
        if match is None or shape != ():
            raise InputError(f"array {name!r} is not a string (type {descr}, shape {_show(shape)})")
        data = raw[start:]
        if len(data) != 4 * int(match[2]):
            raise InputError(f"array {name!r} holds {len(data)} bytes, not what its header says")
        try:
            text = data.decode("utf-32-le" if match[1] == "<" else "utf-32-be")
        except UnicodeDecodeError:
            raise InputError(f"array {name!r} is not valid text") from None
        return text.rstrip("\0")

    def array(self, name: str, dtype: type[np.generic], shape: tuple[int, ...]) -> NDArray[Any]:
        """Read an array of a known type and shape.

        Args:
            name: its name in the file.
            dtype: the type it must have, in either byte order.
            shape: the shape it must have.

        Returns:
            The array, in C order, native bytes, writable.
        """
        kind = np.dtype(dtype)
        size = math.prod(shape) * kind.itemsize
        raw = self._raw(name, size)
        descr, fortran, found, start = self._header(name, raw)
        stored = kind if descr == kind.str else kind.newbyteorder()
        if descr != stored.str:
            raise InputError(f"array {name!r} has type {descr}, not {kind.name}")
        if found != shape:
            raise InputError(f"array {name!r} has shape {_show(found)}, not {_show(shape)}")
        if len(raw) - start != size:
            raise InputError(f"array {name!r} holds {len(raw) - start} bytes of data, not {size}")
        flat = np.frombuffer(raw, stored, offset=start)
        return np.array(flat.reshape(shape, order="F" if fortran else "C"), kind, order="C")

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise InputError(f"holds {len(infos)} arrays, more than {MAX_MEMBERS}")
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            # orig_filename: zipfile itself cuts a name at a NUL
            if not _MEMBER.fullmatch(info.orig_filename):
                raise InputError(f"holds a member with an illegal name: {info.orig_filename!r:.80}")
            name = info.filename.removesuffix(".npy")
            if name in members:
                raise InputError(f"holds array {name!r} twice")
            members[name] = info
        return members

    def _raw(self, name: str, data_bytes: int) -> bytes:
        info = self._members.get(name)
        if info is None:
            raise InputError(f"array {name!r} is missing")
        if info.file_size > data_bytes + _MAX_HEADER:
            raise InputError(
                f"array {name!r} claims {info.file_size} bytes, expected at most "
                f"{data_bytes} and a header"
            )
        # zipfile bounds what it decompresses in these two methods only
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"array {name!r} is compressed by an unsupported method")
        try:
            with self._zip.open(info) as member:
                # reaching the declared size is what checks the CRC
                return member.read(info.file_size)
        except _DAMAGE:
            raise InputError(f"array {name!r} is damaged or truncated") from None

    def _header(self, name: str, raw: bytes) -> tuple[str, bool, tuple[int, ...], int]:
        """Return type, Fortran order, shape and start of the data.

        NumPy's own reader builds whatever type the header names; this one takes plain
        types only.
        """
        try:
            if raw[:6] != b"\x93NUMPY":
                raise ValueError
            length_at_end, code = _PREFIX[raw[6]]
            (length,) = struct.unpack(code, raw[8:length_at_end])
            start = length_at_end + length
            if start > min(len(raw), _MAX_HEADER):
                raise ValueError
            fields = ast.literal_eval(raw[length_at_end:start].decode("ascii").strip())
            descr, fortran, shape = fields["descr"], fields["fortran_order"], fields["shape"]
            sound = (
                len(fields) == len(("descr", "fortran_order", "shape"))
                and isinstance(descr, (str, list))
                and isinstance(fortran, bool)
                and isinstance(shape, tuple)
                and all(type(size) is int and size >= 0 for size in shape)
            )
        except (*_DAMAGE, SyntaxError, TypeError, KeyError, MemoryError):
            sound = False
        if not sound:
            raise InputError(f"array {name!r} has no valid .npy header")
        if not isinstance(descr, str):
            raise InputError(f"array {name!r} has a structured type")
        if "O" in descr:
            raise InputError(f"array {name!r} holds pickled objects, which are never loaded")
        return f"{descr:.40}", fortran, shape, start


def _show(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape)):.80})"


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to a compressed .npz; equal arrays give an equal file.

    Args:
        path: the file, replaced if it exists.
        arrays: name to array, of plain types.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        with zipfile.ZipFile(path, "w") as archive:
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, array, allow_pickle=False)
                info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, buffer.getvalue(), compresslevel=9)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
