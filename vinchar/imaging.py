"""Pictures from files, folders, bytes and arrays, as the stages want them: upright, 8 bit, opaque.

OpenCV decodes. What it does not do is done here: reasons that a person understands, limits checked before anything is
decoded, transparency, 16 bit, and silence (libpng and libjpeg print to standard error whatever OpenCV is told).
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
Image = NDArray[np.uint8]
Source = str | os.PathLike[str] | bytes | bytearray | memoryview | Pixels

MAX_PIXELS = 200_000_000
MAX_BYTES = 256 * 1024 * 1024
MIN_SIDE = 8
MAX_SIDE = 32_766  # cv2.remap takes no more
BACKGROUND = 128  # behind transparent pixels: dark and light glyphs both stand out from it

# HEIC and AVIF cannot be read, but who has a folder of them must be told so.
READABLE = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".gif"))
SUFFIXES = READABLE | {".heic", ".heif", ".avif"}

if "OPENCV_LOG_LEVEL" not in os.environ:  # its complaints about a broken picture come as an ImageError
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class ImageError(ValueError):
    """A picture that cannot be used; the message is the reason, one short sentence for people."""


class _Encoded(NamedTuple):
    """A picture file, not decoded yet; ``raw``: keep its transparency, for which OpenCV must not orient it."""

    data: bytes
    width: int
    height: int
    raw: bool = True
    orientation: int = 1


def load(source: Source, *, color: bool = False) -> Image:
    """Return a picture upright (EXIF), 8 bit and opaque, from a path, the bytes of a file, or an array.

    Returns uint8 (H, W), or (H, W, 3) BGR with ``color``, C-contiguous. Files: JPEG (also CMYK), PNG, BMP, WebP, TIFF,
    the first frame of a GIF. Transparent parts become mid grey; 16 bit is scaled by the bits in use. Arrays: uint8,
    uint16, bool, or float from 0 to 1, shaped (H, W), (H, W, 1), (H, W, 3) BGR or (H, W, 4) BGRA; the result may share
    their memory.

    Raises ``ImageError`` with the reason if the picture cannot be used, ``ValueError`` if the argument is none.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return _decode(bytes(source), color)
    if isinstance(source, str | os.PathLike):
        return _decode(_read(source), color)
    array = _checked(source)
    _check_size(array.shape[1], array.shape[0])
    return _opaque(_eight_bit(array), color)


def find_pictures(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the pictures among files and in folders, each once, in the order given, every folder's sorted by path.

    A file that is named is taken whatever it is called. In folders, at any depth, everything named like a picture is
    taken (``SUFFIXES``), a broken link and a folder too, so that nothing goes missing silently, and so is a folder that
    cannot be opened. Hidden entries are left out and links to folders are not followed.

    Raises ``FileNotFoundError`` with one sentence if a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
        name = os.fspath(path)
        if not os.path.lexists(name):
            raise FileNotFoundError(f"{name!r}: there is no such file or folder")
        found |= dict.fromkeys(_pictures_below(name) if os.path.isdir(name) else [Path(name)])
    return list(found)


def _pictures_below(folder: str) -> list[Path]:
    found: set[Path] = set()
    for parent, folders, files in os.walk(folder, onerror=lambda error: found.add(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        named = (name for name in folders + files if os.path.splitext(name)[1].lower() in SUFFIXES)
        found.update(Path(parent, name) for name in named if not name.startswith("."))
    return sorted(found)


def _read(path: str | os.PathLike[str]) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            may_open = os.access(path, os.R_OK | os.X_OK)
            raise ImageError("it is a folder, not a picture" if may_open else "it is a folder that may not be opened")
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device might never end
            raise ImageError("it is not an ordinary file")
        _check_bytes(status.st_size)
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise ImageError("it is a broken link" if os.path.islink(path) else "there is no such file") from None
    except OSError as error:
        raise ImageError(f"it cannot be read ({error.strerror or error})") from None


def _check_bytes(count: int) -> None:
    if count == 0:
        raise ImageError("the file is empty")
    if count > MAX_BYTES:
        raise ImageError(f"the file is too large: {count / 2**20:.0f} MB, at most {MAX_BYTES / 2**20:.0f} MB are read")


def _check_size(width: int, height: int) -> None:
    if width < MIN_SIDE or height < MIN_SIDE:
        raise ImageError(f"it is too small: {width} x {height} pixels, at least {MIN_SIDE} x {MIN_SIDE} are needed")
    if width * height > MAX_PIXELS:
        raise ImageError(f"it is too large: {width} x {height} pixels, at most {MAX_PIXELS // 10**6} million are read")
    if max(width, height) > MAX_SIDE:
        raise ImageError(f"it is too large: {width} x {height} pixels, at most {MAX_SIDE} a side are read")


def _checked(array: object) -> Pixels:
    if not isinstance(array, np.ndarray):
        raise ValueError(f"picture: got {type(array).__name__}, expected a path, bytes or an array")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise ValueError(f"picture: got an array of shape {array.shape}, expected (H, W) or (H, W, 1, 3 or 4)")
    if array.dtype not in (np.uint8, np.uint16, np.bool_) and array.dtype.kind != "f":
        raise ValueError(f"picture: got an array of {array.dtype}, expected uint8, uint16, bool, or float from 0 to 1")
    # Written so that a NaN, which compares false with everything, is refused as well.
    if array.dtype.kind == "f" and array.size and not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(f"picture: got floats from {array.min():g} to {array.max():g}, expected 0 to 1")
    return array


def _decode(data: bytes, color: bool) -> Image:
    _check_bytes(len(data))
    try:
        encoded = _inspect(data)
    except struct.error:
        raise ImageError("the picture is truncated: its end is missing") from None
    _check_size(encoded.width, encoded.height)
    wanted = cv2.IMREAD_COLOR if color else cv2.IMREAD_GRAYSCALE
    flags = cv2.IMREAD_UNCHANGED if encoded.raw else wanted | cv2.IMREAD_ANYDEPTH
    try:
        pixels = _checked(cv2.imdecode(np.frombuffer(encoded.data, np.uint8), flags))
    except (cv2.error, ValueError):
        raise ImageError("the picture is broken, or of a rare kind, and cannot be decoded") from None
    return _upright(_opaque(_eight_bit(pixels), color), encoded.orientation)


def _eight_bit(array: Pixels) -> Image:
    """Scale to uint8. A uint16 picture is taken to have as many bits as its largest value needs, at least 8."""
    if array.dtype.kind in "bf":
        return cast("Image", cv2.convertScaleAbs(np.ascontiguousarray(array, np.float32), alpha=255.0))
    if array.dtype == np.uint16:
        # 10, 12 and 14 bits in a 16-bit file are usual and would be all but black; opacity does not say how many.
        largest = int((array[..., :3] if array.ndim == 3 else array).max(initial=0))
        scaled = cv2.convertScaleAbs(np.ascontiguousarray(array), alpha=255 / (2 ** max(largest.bit_length(), 8) - 1))
        if array.ndim == 3 and array.shape[2] == 4:
            scaled[..., 3] = array[..., 3] >> 8
        return cast("Image", scaled)
    return cast("Image", array)


_CONVERSIONS = {(1, True): cv2.COLOR_GRAY2BGR, (3, False): cv2.COLOR_BGR2GRAY}  # channels, color
_CONVERSIONS |= {(4, True): cv2.COLOR_BGRA2BGR, (4, False): cv2.COLOR_BGRA2GRAY}


def _opaque(pixels: Image, color: bool) -> Image:
    """Return (H, W), or (H, W, 3) BGR with ``color``, of a grey, BGR or BGRA picture, over ``BACKGROUND``."""
    pixels = np.ascontiguousarray(pixels)
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    code = _CONVERSIONS.get((channels, color))
    plain = pixels if code is None else cv2.cvtColor(pixels, code)
    if channels < 4:
        return cast("Image", plain if color else plain.reshape(plain.shape[:2]))
    alpha = cv2.extractChannel(pixels, 3)
    if alpha.min() == 255 or alpha.max() == 0:  # opaque, or an opacity that somebody never filled in
        return cast("Image", plain)
    if color:
        alpha = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    shown = cv2.multiply(plain, alpha, scale=1 / 255)
    return cast("Image", cv2.addWeighted(shown, 1.0, alpha, -BACKGROUND / 255, BACKGROUND))


def _upright(pixels: Image, orientation: int) -> Image:
    """Turn and mirror a picture as its EXIF orientation asks for; other numbers than 2 to 8 leave it as it is."""
    if orientation in (5, 6, 7, 8):
        pixels = cast("Image", cv2.transpose(pixels))
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cast("Image", cv2.flip(pixels, flip))


def _inspect(data: bytes) -> _Encoded:
    """Find the format, size and completeness of a picture file. Raises ``struct.error`` where it ends too soon."""
    if data.startswith(b"\xff\xd8\xff"):
        return _inspect_jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return _inspect_png(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _Encoded(data, *struct.unpack_from("<HH", data, 6))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _inspect_webp(data)
    if data.startswith((b"II*\0", b"MM\0*")):
        tags = _tiff_tags(data)  # OpenCV orients a TIFF even when it is decoded as stored
        return _Encoded(data, tags.get(256, 0), tags.get(257, 0))
    if data.startswith(b"BM") and data[6:10] == bytes(4):  # reserved; text may begin with BM too
        old = struct.unpack_from("<I", data, 14)[0] == 12
        width, height = struct.unpack_from("<HH" if old else "<ii", data, 18)
        return _Encoded(data, abs(width), abs(height), raw=False)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"):
        raise ImageError("HEIC and AVIF are not supported: save the picture as JPEG or PNG")
    raise ImageError("it is not a picture (JPEG, PNG, BMP, WebP, TIFF or GIF)")


_JPEG_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)


def _inspect_jpeg(data: bytes) -> _Encoded:
    width, height, offset, marker = 0, 0, 2, 0
    while marker not in (0xD9, 0xDA) and (found := _JPEG_MARKER.search(data, offset)):
        marker, offset = found[1][0], found.end()
        if marker in _JPEG_FRAME:
            height, width = struct.unpack_from(">HH", data, offset + 3)
        if marker != 0x01 and not 0xD0 <= marker <= 0xD9:  # these have no length
            offset += struct.unpack_from(">H", data, offset)[0]
    # In a scan ff is always followed by 00 or a restart marker, so ff d9 can only be the end. What comes after it (a
    # second picture, a video, a maker's own data) is of no interest.
    if marker != 0xDA or data.find(b"\xff\xd9", offset) <= offset:
        raise ImageError("the JPEG is truncated: its end is missing")
    return _Encoded(data, width, height, raw=False)


def _inspect_png(data: bytes) -> _Encoded:
    """Keep only the chunks that make the picture: libpng complains about others. EXIF goes too, and is heeded here."""
    width, height, _, kind = struct.unpack_from(">IIBB", data, 16)
    view, orientation, alpha = memoryview(data), 1, kind in (4, 6)
    kept, offset, name = [view[:8]], 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, offset)
        start, offset = offset, offset + 12 + length
        if name == b"eXIf":
            orientation = _orientation(data[start + 8 : offset - 4])
        if name not in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            continue
        if zlib.crc32(view[start + 4 : offset - 4]) != struct.unpack_from(">I", data, offset - 4)[0]:
            raise ImageError("the PNG is broken: a checksum is wrong")
        alpha |= name == b"tRNS"
        kept.append(view[start:offset])
    return _Encoded(b"".join(kept), width, height, alpha, orientation)


def _inspect_webp(data: bytes) -> _Encoded:
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    if end > len(data) + 1:  # some leave out the last padding byte
        raise ImageError("the WebP is truncated: its end is missing")
    width, height, orientation, offset = 0, 0, 1, 12
    while offset + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, offset)
        chunk = data[offset + 8 : offset + 8 + length]
        offset += 8 + length + length % 2
        if name == b"EXIF":
            orientation = _orientation(chunk.removeprefix(b"Exif\0\0"))
        elif width == 0 and name == b"VP8X":
            width, height = (int.from_bytes(chunk[at : at + 3], "little") + 1 for at in (4, 7))
        elif width == 0 and name == b"VP8 ":
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", chunk, 6))
        elif width == 0 and name == b"VP8L":
            bits = struct.unpack_from("<I", chunk, 1)[0]
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _Encoded(data, width, height, orientation=orientation)


def _orientation(exif: bytes) -> int:
    """Return the orientation in an EXIF block; 1, upright, if there is none."""
    try:
        return _tiff_tags(exif).get(274, 1)
    except struct.error:
        return 1


def _tiff_tags(data: bytes) -> dict[int, int]:
    """Return the tags of the first directory of a TIFF or EXIF block that hold one integer."""
    order = "<" if data[:2] == b"II" else ">"
    (offset,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, offset)
    entries = (struct.unpack_from(f"{order}HHI4s", data, offset + 2 + 12 * index) for index in range(count))
    codes = {1: "B", 3: "H", 4: "I"}
    numbers = [(tag, codes[kind], value) for tag, kind, size, value in entries if size == 1 and kind in codes]
    return {tag: struct.unpack_from(order + code, value)[0] for tag, code, value in numbers}
