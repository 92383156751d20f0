"""Write ``test/golden/decode.json``: small picture files of every kind, and the grey levels Python takes from them.

``python web/golden_decode.py``.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from vinchar.imaging import load
from vinchar.pixels import ImageError

WIDTH, HEIGHT = 37, 22  # odd, and other than each other


def picture() -> Image.Image:
    """Return a picture in soft colours: browsers part from Pillow where a colour is at the end of what there is."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    planes = [60 + 4 * columns, 200 - 5 * rows, 90 + 2 * columns + 2 * rows]
    return Image.fromarray(np.stack(planes, 2).astype(np.uint8))


def files() -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of files."""

    def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
        content = io.BytesIO()
        image.save(content, kind, **how)
        return content.getvalue()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rgb = picture()
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        yield f"orientation {orientation}", saved(rgb, "JPEG", exif=exif, quality=90)
    yield "no subsampling", saved(rgb, "JPEG", subsampling=0, quality=90)
    yield "progressive", saved(rgb, "JPEG", progressive=True, quality=90)
    yield "grey JPEG", saved(rgb.convert("L"), "JPEG", quality=90)
    yield "PNG", saved(rgb, "PNG")
    yield "palette", saved(rgb.quantize(16), "PNG")
    yield "GIF", saved(rgb.quantize(16), "GIF")
    yield "BMP", saved(rgb, "BMP")
    yield "WebP", saved(rgb, "WEBP", lossless=True)
    glass = rgb.convert("RGBA")
    glass.putalpha(Image.fromarray(np.linspace(0, 255, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype(np.uint8)))
    yield "half transparent", saved(glass, "PNG")
    glass.putalpha(0)
    yield "opacity never filled in", saved(glass, "PNG")
    yield "truncated", saved(rgb, "JPEG", quality=90)[:700]
    yield "too large", b"\x89PNG\r\n\x1a\n" + b"".join(map(chunk, (b"IHDR", b"IDAT", b"IEND"), (header, b"\0", b"")))
    yield "broken", b"\x89PNG\r\n\x1a\n" + bytes(100)
    yield "text", b"no picture at all"
    yield "empty", b""
    yield "camera raw", b"II*\0" + bytes(4) + b"CR" + bytes(100)
    yield "video", b"\0\0\0\x20ftypisom" + bytes(100)
    yield "too small", saved(rgb.resize((7, 20)), "PNG")


def expected(content: bytes) -> dict[str, Any]:
    """Return the grey levels that Python takes from a file, or the code of its refusal."""
    try:
        gray = load(content)
    except ImageError as error:
        return {"code": error.code}
    return {"width": gray.shape[1], "height": gray.shape[0], "gray": gray.ravel()}


def cases() -> list[dict[str, Any]]:
    """Return the files, and what is taken from each."""
    return [{"name": name, "file": np.frombuffer(content, np.uint8), **expected(content)} for name, content in files()]
