"""What a file is, by how it begins: the types of pictures and videos, those that are read and those that are not."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 1024  # bytes at the start of a file by which its type is told


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file: its name, its media type, the endings of its files, a pattern of the bytes it begins with.

    ``header``: module and class that read its header, of Pillow or made for it. ``refusal``: why it is not read as a
    picture, or empty. ``format``: of a video, what FFmpeg calls the format.
    """

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    start: bytes
    header: str = ""
    refusal: str = ""
    format: str = ""


_NO_JPEG_2000 = "JPEG 2000 and JPEG XL are not read: save the picture as JPEG or PNG"
_NO_VIDEO = (
    "it is a video, which is read by itself, from a file or its bytes: by inference.py, vinchar.read or Reader.read; "
    "in place of a picture send one of its frames"
)
RAW = FileType(
    "camera raw",
    "application/octet-stream",
    (
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".erf", ".iiq", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2",
        ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    ),
    rb"II\*\0....CR|....ftypcrx |II....HEAPCCDR|FUJIFILMCCD-RAW|IIR[OS]\x08\0|MMOR|IIU\0|FOVb|\0MRM",
    refusal="camera raw is not read: develop it, that is, let the camera or its program save it as JPEG",
)  # fmt: skip
DNG = FileType(
    "DNG",
    "image/x-adobe-dng",
    (".dng",),
    rb"(?!)",  # it begins as any TIFF does
    refusal=(
        "a DNG is camera raw in a TIFF, which is not read, nor is the small preview in it: "
        "develop it, that is, let a program for raw pictures save it as JPEG"
    ),
)
TIFF = FileType("TIFF", "image/tiff", (".tif", ".tiff"), rb"II[*+]\0|MM\0[*+]", "PIL.TiffImagePlugin.TiffImageFile")
PDF = FileType("PDF", "application/pdf", (".pdf",), rb".{0,1000}?%PDF-")
TYPES = (  # the first whose start fits
    FileType(
        "JPEG",
        "image/jpeg",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        rb"\xff\xd8\xff",
        "PIL.JpegImagePlugin.JpegImageFile",
    ),
    FileType("PNG", "image/png", (".png",), rb"\x89PNG\r\n\x1a\n", "PIL.PngImagePlugin.PngImageFile"),
    RAW,
    DNG,
    TIFF,
    FileType("WEBP", "image/webp", (".webp",), rb"RIFF....WEBP", "PIL.WebPImagePlugin.WebPImageFile"),
    FileType("GIF", "image/gif", (".gif",), rb"GIF8[79]a", "PIL.GifImagePlugin.GifImageFile"),
    # Text may begin with BM too.
    FileType("BMP", "image/bmp", (".bmp", ".dib"), rb"BM....\0\0\0\0", "PIL.BmpImagePlugin.BmpImageFile"),
    FileType(
        "AVIF",
        "image/avif",
        (".avif", ".avifs"),
        rb"....ftyp(?:avi[fs]|(?:mif1|msf1)....(?:....){0,9}?avi[fs])",
        "PIL.AvifImagePlugin.AvifImageFile",
    ),
    FileType(
        "HEIF",
        "image/heic",
        (".heic", ".heif", ".hif", ".heics", ".heifs"),
        rb"....ftyp(?:he[iv][cmsx]|mif1|msf1)",
        "pi_heif.HeifImageFile",
    ),
    FileType(
        "JPEG 2000",
        "image/jp2",
        (".jp2", ".j2k", ".jpf", ".jpx"),
        rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
        refusal=_NO_JPEG_2000,
    ),
    FileType("JPEG XL", "image/jxl", (".jxl",), rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n", refusal=_NO_JPEG_2000),
    PDF,
    FileType(
        "MP4",
        "video/mp4",
        (".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2"),
        rb"....(?:ftyp|moov|mdat|wide|free|skip)",
        refusal=_NO_VIDEO,
        format="mov",
    ),
    FileType(
        "Matroska",
        "video/x-matroska",
        (".mkv", ".webm"),
        rb"\x1a\x45\xdf\xa3",
        refusal=_NO_VIDEO,
        format="matroska",
    ),
    FileType("AVI", "video/x-msvideo", (".avi",), rb"RIFF....AVI ", refusal=_NO_VIDEO, format="avi"),
    FileType(
        "MPEG-TS",
        "video/mp2t",
        (".mts", ".m2ts"),  # a .ts is a program in TypeScript more often
        rb"G.{187}G.{187}G|.{4}G.{191}G.{191}G",
        refusal=_NO_VIDEO,
        format="mpegts",
    ),
)
SUFFIXES = frozenset(suffix for one in TYPES for suffix in one.suffixes)
_STARTS = [(re.compile(one.start, re.DOTALL), one) for one in TYPES]


def type_of(head: bytes, suffix: str = "") -> FileType | None:
    """Return the type of a file by its first ``HEAD`` bytes and, for camera raw, the ending of its name, if any."""
    found = next((one for start, one in _STARTS if start.match(head)), None)
    if found in (None, TIFF):  # camera raw is often a TIFF, and begins in many ways
        return next((one for one in (RAW, DNG) if suffix.lower() in one.suffixes), found)
    return found
