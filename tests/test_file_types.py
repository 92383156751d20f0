"""Whatever a picture comes in reads as its PNG twin does, in every orientation; what is not read says what to do."""

from __future__ import annotations

import contextlib
import io
import struct
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import AvifImagePlugin, Image, features
from twins import ORIENTATIONS, VIN, differ, exif, label, stored

from vinchar.decoding import read_header
from vinchar.filetypes import SUFFIXES, TYPES, type_of
from vinchar.imaging import ImageError, find_pictures, load
from vinchar.reader import Reader
from vinchar.reading import Reading

FILES = Path(__file__).parent / "files"


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)  # type: ignore[arg-type]
    return buffer.getvalue()


def with_exif(kind: str, mode: str = "RGB", **how: object) -> Callable[[int], bytes]:
    """What makes files of a kind whose orientation EXIF says."""
    return lambda orientation: saved(stored(label(), orientation).convert(mode), kind, exif=exif(orientation), **how)


def deep(kind: str, bits: int) -> Callable[[int], bytes]:
    """What makes grey files of 16 bits a pixel, of which some are in use."""

    def made(orientation: int) -> bytes:
        grey = np.asarray(stored(label(), orientation).convert("L"), np.uint16)
        picture = Image.fromarray(((grey + 1) << (bits - 8)) - 1)
        return saved(picture, kind, exif=exif(orientation))

    return made


def scanned(orientation: int) -> bytes:
    """A PDF of the picture alone, put upright by the page."""
    made = pypdfium2.PdfDocument(saved(stored(label(), orientation), "PDF", resolution=150, quality=95))
    made[0].set_rotation({1: 0, 3: 180, 6: 90, 8: 270}[orientation])
    buffer = io.BytesIO()
    made.save(buffer)
    made.close()
    return buffer.getvalue()


EVERY = {  # each with the orientations it can have
    "JPEG": (with_exif("JPEG", quality=92), ORIENTATIONS),
    "progressive JPEG": (with_exif("JPEG", quality=92, progressive=True), ORIENTATIONS),
    "CMYK JPEG": (with_exif("JPEG", "CMYK", quality=95), ORIENTATIONS),
    "grey JPEG": (with_exif("JPEG", "L", quality=92), ORIENTATIONS),
    "MPO": (with_exif("MPO", quality=92), ORIENTATIONS),
    "WebP": (with_exif("WEBP", quality=90), ORIENTATIONS),
    "lossless WebP": (with_exif("WEBP", lossless=True), ORIENTATIONS),
    "AVIF": (with_exif("AVIF", quality=85), ORIENTATIONS),
    "grey AVIF": (with_exif("AVIF", "L", quality=85), ORIENTATIONS),
    "HEIC": (lambda orientation: (FILES / f"{orientation}.heic").read_bytes(), ORIENTATIONS),
    "TIFF": (with_exif("TIFF"), ORIENTATIONS),
    "LZW TIFF": (with_exif("TIFF", compression="tiff_lzw"), ORIENTATIONS),
    "deflated TIFF": (with_exif("TIFF", compression="tiff_adobe_deflate"), ORIENTATIONS),
    "JPEG TIFF": (with_exif("TIFF", compression="jpeg", quality=92), ORIENTATIONS),
    "big TIFF": (with_exif("TIFF", big_tiff=True), ORIENTATIONS),
    "fax TIFF": (with_exif("TIFF", "1", compression="group4"), ORIENTATIONS),
    "16 bit TIFF": (deep("TIFF", 16), ORIENTATIONS),
    "12 bit PNG": (deep("PNG", 12), ORIENTATIONS),
    "palette PNG": (with_exif("PNG", "P"), ORIENTATIONS),
    "GIF": (lambda _: saved(label(), "GIF"), [1]),
    "BMP": (lambda _: saved(label(), "BMP"), [1]),
    "PDF": (scanned, [1, 3, 6, 8]),
}  # fmt: skip
CASES = [pytest.param(make, one, id=f"{name} {one}") for name, (make, some) in EVERY.items() for one in some]


@cache
def reader() -> Reader:
    return Reader()


@cache
def twin() -> Reading:
    return reader().read(saved(label(), "PNG"))


@pytest.mark.parametrize(("make", "orientation"), CASES)
def test_every_file_reads_as_its_png_twin_does(make: Callable[[int], bytes], orientation: int) -> None:
    data = make(orientation)
    reading = reader().read(data)
    assert (reading.vin, reading.status, reading.kind) == (VIN, twin().status, twin().kind)
    assert reading.quad is not None
    assert np.abs(reading.quad - twin().quad).max() < 6  # in pixels of the upright picture; a fax is coarse
    header = read_header(data)
    assert (header.width, header.height) == label().size


@pytest.mark.parametrize(
    ("make", "orientation"), [case for case in CASES if "fax" not in str(case.id) and "palette" not in str(case.id)]
)
@pytest.mark.parametrize("color", [False, True])
def test_every_file_shows_what_its_png_twin_does(make: Callable[[int], bytes], orientation: int, color: bool) -> None:
    plain = saved(label(), "PNG")
    shown, expected = load(make(orientation), color=color), load(plain, color=color)
    if color and (shown[..., 0] == shown[..., 2]).all():  # it is kept in grey
        expected = np.repeat(load(plain)[..., None], 3, axis=2)
    assert differ(shown, expected) < 5


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG"])
def test_what_moves_reads_as_its_first_frame(kind: str) -> None:
    others = [label("WVWZZZ1JZ3W386752"), Image.new("RGB", label().size)]
    data = saved(label(), kind, save_all=True, append_images=others, duration=200)
    assert Image.open(io.BytesIO(data)).n_frames == 3  # type: ignore[attr-defined]
    assert reader().read(data).vin == VIN


# What is not read ----------------------------------------------------------------------------------------------------


def a_tiff(*tags: tuple[int, int, int]) -> bytes:
    """A TIFF, a grey picture of 64 x 64 pixels, with further tags: number, type and value of each."""
    pixels = bytes(range(64)) * 64
    entries = [
        (256, 3, 64),
        (257, 3, 64),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 3, 64),
    ]
    known = {tag: (tag, kind, value) for tag, kind, value in (*entries, (279, 4, len(pixels)), *tags)}
    ifd = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted(known.values()))
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + struct.pack("<H", len(known)) + ifd + bytes(4)


SUBFILE, PHOTOMETRIC, SUB_IFDS, DNG_VERSION = 254, 262, 330, 50706


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (a_tiff((DNG_VERSION, 1, 4), (SUBFILE, 4, 1)), "a.dng", "a DNG is camera raw in a TIFF, .* nor is the small"),
        (a_tiff((DNG_VERSION, 1, 4)), "a.tif", "a DNG is camera raw in a TIFF"),
        (a_tiff((SUBFILE, 4, 1), (SUB_IFDS, 4, 8)), "a", "camera raw is not read: develop it"),  # as NEF and ARW
        (a_tiff(), "a.NEF", "camera raw is not read"),
        (a_tiff(), "a.arw", "camera raw is not read"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(50), "a.jpg", "camera raw is not read"),  # CR2
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(50), "a", "camera raw is not read"),  # CR3
        (b"FUJIFILMCCD-RAW 0201" + bytes(50), "a", "camera raw is not read"),
        (b"IIRO\x08\0\0\0" + bytes(50), "a", "camera raw is not read"),
        (b"IIU\0\x18\0\0\0" + bytes(50), "a", "camera raw is not read"),
        (b"whatever a maker thinks of", "a.X3F", "camera raw is not read"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(50), "a", "JPEG 2000 and JPEG XL are not read: save the picture as JPEG"),
        (b"\xff\x4f\xff\x51" + bytes(50), "a.j2k", "JPEG 2000 and JPEG XL are not read"),
        (b"\xff\x0a" + bytes(50), "a.jxl", "JPEG 2000 and JPEG XL are not read"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(50), "a", "JPEG 2000 and JPEG XL are not read"),
    ],
)
def test_what_is_not_read_says_what_to_do(data: bytes, name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageError, match=said) as error:
        load(tmp_path / name)
    assert error.value.code == "unsupported-format"
    assert find_pictures(tmp_path / name).paths == (tmp_path / name,)


def test_a_picture_named_like_camera_raw_is_a_picture(tmp_path: Path) -> None:
    for number, kind in enumerate(("JPEG", "PNG")):
        (tmp_path / f"{number}.nef").write_bytes(saved(label(), kind))
        assert load(tmp_path / f"{number}.nef").shape == (64, 480)
    assert load(a_tiff()).shape == (64, 64)  # and a TIFF is one
    assert load(a_tiff((SUB_IFDS, 4, 8))).shape == (64, 64)  # with smaller copies of it below


def test_a_jpeg_2000_of_pillow_is_refused() -> None:
    assert features.check("jpg_2000")
    with pytest.raises(ImageError, match="JPEG 2000"):
        load(saved(label(), "JPEG2000"))


def test_files_named_like_any_type_are_found_in_folders(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        (tmp_path / f"a{suffix}").touch()
    assert len(find_pictures(tmp_path).paths) == len(SUFFIXES)
    assert {".heic", ".avif", ".pdf", ".tif", ".dng", ".cr3", ".jxl"} <= SUFFIXES


@pytest.mark.parametrize(
    ("module", "data", "package"),
    [("pi_heif", (FILES / "1.heic").read_bytes(), "pi-heif"), ("pypdfium2", scanned(1), "pypdfium2")],
)
def test_a_missing_extra_is_named(
    module: str, data: bytes, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # so it is as if it were not installed
    with pytest.raises(ImageError, match=rf"needs the package {package}: python3 -m pip install '.*\[formats\]'") as e:
        load(data)
    assert e.value.code == "unsupported-format"
    (tmp_path / "a.pdf").write_bytes(scanned(1))
    assert find_pictures(tmp_path).paths == (tmp_path / "a.pdf",)


def test_a_pillow_without_avif_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AvifImagePlugin, "SUPPORTED", False)
    with pytest.raises(ImageError, match="the Pillow that is installed reads no AVIF"):
        load(AVIF)


AVIF = saved(label(), "AVIF")


# Damage and bombs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [AVIF, (FILES / "6.heic").read_bytes()], ids=["AVIF", "HEIC"])
def test_damage_gives_pixels_or_a_reason(data: bytes) -> None:
    rng = np.random.default_rng(3)
    for share in (0.02, 0.1, 0.3, 0.7, 0.97):
        with pytest.raises(ImageError, match=r"truncated|broken"):
            load(data[: int(len(data) * share)])
    for _ in range(100):
        damaged = np.frombuffer(data, np.uint8).copy()
        places = rng.integers(4, len(data) if rng.random() < 0.5 else 600, rng.integers(1, 8))
        damaged[places] = rng.integers(0, 256, len(places))
        with contextlib.suppress(ImageError):
            assert load(damaged.tobytes()).ndim == 2


def sized(data: bytes, width: int, height: int) -> bytes:
    """The same HEIF or AVIF, whose header says another size."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


@pytest.mark.parametrize("data", [AVIF, (FILES / "1.heic").read_bytes()], ids=["AVIF", "HEIC"])
def test_a_size_in_the_header_is_not_believed_blindly(data: bytes) -> None:
    with pytest.raises(ImageError) as error:
        load(sized(data, 40_000, 40_000))
    assert error.value.code in ("too-many-pixels", "broken-picture")
    with pytest.raises(ImageError, match="too large: 16000 x 16000 pixels"):
        load(sized(data, 16_000, 16_000))


def test_a_heic_that_is_larger_than_its_header_says_is_not_decoded() -> None:
    with pytest.raises(ImageError):
        load(sized((FILES / "1.heic").read_bytes(), 24, 24))


def test_the_types_are_told_apart() -> None:
    names = [one.name for one in TYPES]
    assert len(names) == len(set(names))
    for name, (make, _) in EVERY.items():
        found = type_of(make(1)[:1024])
        assert found is not None
        assert found.name.split()[0].lower().replace("heif", "heic") in name.lower().replace("mpo", "jpeg"), name
    mixed = b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif"
    assert type_of(mixed) is next(one for one in TYPES if one.name == "AVIF")
    assert type_of(mixed.replace(b"avif", b"heic")) is next(one for one in TYPES if one.name == "HEIF")
    film = type_of(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1")
    assert film is not None
    assert (film.name, film.format) == ("MP4", "mov")
