"""Small pictures for a page, as PNG in data URLs."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST_PIXELS: Final = 64
_GREY, _RGB = 0, 2


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG file.

    Args:
        pixels: (H, W) grey, or (H, W, 3) red, green, blue.
    """
    height, width = pixels.shape[:2]
    kind = _GREY if pixels.ndim == 2 else _RGB
    # Every line begins with its filter: 0, none.
    lines = np.zeros((height, 1 + pixels[0].size), dtype=np.uint8)
    lines[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def image_url(image: NDArray[np.uint8], white: int) -> str:
    """Return an image as a data URL.

    Args:
        image: (C, H, W); three channels are colours, of any other number the mean is shown.
        white: value of the brightest pixel.
    """
    step = -(-max(image.shape[1:]) // _MOST_PIXELS)
    scaled = image[:, ::step, ::step].astype(np.float64) * (255 / max(1, white))
    shown = scaled.transpose(1, 2, 0) if len(image) == 3 else scaled.mean(axis=0)
    data = png(np.clip(np.rint(shown), 0, 255).astype(np.uint8))
    return "data:image/png;base64," + base64.b64encode(data).decode()
