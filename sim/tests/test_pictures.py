"""Small pictures are PNG files that hold the pixels."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import pytest

from snn_rtl.sim.pictures import image_url, png


def decoded(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """Return the header and the unpacked lines of a PNG file, its checksums checked."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, parts = 8, {}
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size)[0] == zlib.crc32(kind + content)
        parts[kind] = content
        at += 12 + size
    assert list(parts) == [b"IHDR", b"IDAT", b"IEND"]
    return struct.unpack(">IIBBBBB", parts[b"IHDR"]), zlib.decompress(parts[b"IDAT"])


def test_png_holds_the_pixels() -> None:
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert decoded(png(grey)) == ((3, 2, 8, 0, 0, 0, 0), bytes([0, 0, 1, 2, 0, 3, 4, 5]))
    colour = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    header, lines = decoded(png(colour))
    assert header == (2, 2, 8, 2, 0, 0, 0)
    assert lines == bytes([0, *range(6), 0, *range(6, 12)])


@pytest.mark.parametrize(
    ("shape", "size", "kind"),
    [
        ((1, 8, 8), (8, 8), 0),
        ((3, 5, 4), (4, 5), 2),
        ((2, 9, 8), (8, 9), 0),
        ((1, 300, 128), (26, 60), 0),
    ],
)
def test_image_url_fits_any_image(shape: tuple[int, ...], size: tuple[int, int], kind: int) -> None:
    image = np.full(shape, 16, np.uint8)
    url = image_url(image, white=16)
    header, lines = decoded(base64.b64decode(url.removeprefix("data:image/png;base64,")))
    assert header[:2] == size
    assert header[3] == kind
    assert set(lines) == {0, 255}
    assert image_url(np.zeros((1, 2, 2), np.uint8), white=0)
