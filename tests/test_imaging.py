"""Pictures of every kind come upright, 8 bit and opaque; bad ones say why; folders are searched whole."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from vinchar import imaging
from vinchar.imaging import ImageError, find_pictures, load

FORMATS = ["JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF"]


def scene() -> np.ndarray:
    """A small BGR picture whose every turn and mirror image looks different."""
    picture = np.full((40, 64, 3), 90, np.uint8)
    picture[:20, :16] = (30, 60, 200)
    picture[:8, 16:48] = 230
    return picture


def save(image: Any, kind: str, **options: Any) -> bytes:
    """Encode with Pillow: an image of its own, or a BGR or grey array."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(np.ascontiguousarray(image[..., ::-1]) if image.ndim == 3 else image)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(height: int = 200, width: int = 300) -> np.ndarray:
    rng = np.random.default_rng(5)
    return cv2.GaussianBlur(rng.integers(0, 256, (height, width, 3), np.uint8), (5, 5), 0)


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A hand-made 8-bit grey PNG with the given chunks after its header."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), *chunks, (b"IEND", b"")]
    body = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def close(a: np.ndarray, b: np.ndarray, tolerance: float = 2.0) -> bool:
    return a.shape == b.shape and float(np.abs(a.astype(float) - b).mean()) <= tolerance


# Formats -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("source", ["bytes", "str", "path", "memoryview"])
def test_every_format_from_every_source(kind: str, source: str, tmp_path: Path) -> None:
    data = save(scene(), kind)
    path = tmp_path / "picture"  # the name says nothing of the format
    path.write_bytes(data)
    given = {"bytes": data, "str": str(path), "path": path, "memoryview": memoryview(data)}[source]
    grey, color = load(given), load(given, color=True)
    assert grey.dtype == color.dtype == np.uint8
    assert grey.flags.c_contiguous
    assert color.flags.c_contiguous
    assert close(grey, cv2.cvtColor(scene(), cv2.COLOR_BGR2GRAY), 4)
    assert close(color, scene(), 8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "PNG alpha", "WEBP alpha", "TIFF alpha"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_respected(kind: str, orientation: int) -> None:
    kind, _, alpha = kind.partition(" ")
    picture = Image.fromarray(np.ascontiguousarray(scene()[..., ::-1]))
    if alpha:
        picture.putalpha(255)
        picture.putpixel((63, 39), (0, 0, 0, 0))  # so that the transparency is used
    exif = Image.Exif()
    exif[274] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    data = save(picture, kind, exif=exif, **options)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    assert close(load(data, color=True), np.asarray(upright)[..., ::-1], 2)
    assert close(load(data), np.asarray(upright.convert("L")), 2)


@pytest.mark.parametrize("orientation", [0, 9, 200])
def test_an_orientation_out_of_range_means_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    assert load(save(scene(), "PNG", exif=exif)).shape == (40, 64)


def test_grey_palette_and_one_bit_files() -> None:
    grey = cv2.cvtColor(scene(), cv2.COLOR_BGR2GRAY)
    for kind in ("JPEG", "PNG", "BMP", "TIFF"):
        assert close(load(save(grey, kind)), grey, 4)
        assert load(save(grey, kind), color=True).shape == (40, 64, 3)
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        assert close(load(save(Image.fromarray(grey).quantize(8), kind)), grey, 4)
    for kind in ("PNG", "BMP", "TIFF"):
        assert set(np.unique(load(save(Image.fromarray(grey > 128), kind)))) == {0, 255}


def test_cmyk_jpeg_has_the_colours_of_its_rgb_original() -> None:
    cmyk = save(Image.fromarray(np.ascontiguousarray(scene()[..., ::-1])).convert("CMYK"), "JPEG", quality=98)
    assert close(load(cmyk, color=True), scene(), 4)
    assert close(load(cmyk), cv2.cvtColor(scene(), cv2.COLOR_BGR2GRAY), 4)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_16_bit_is_scaled_by_the_bits_in_use(kind: str, bits: int) -> None:
    ramp = np.linspace(0, 2**bits - 1, 40 * 64).reshape(40, 64).astype(np.uint16)
    expected = ramp / (2**bits - 1) * 255
    assert close(load(save(ramp, kind)), expected, 0.6)
    assert close(load(ramp), expected, 0.6)


def test_a_dark_16_bit_picture_is_not_stretched_to_noise() -> None:
    assert load(np.full((20, 20), 3, np.uint16)).max() == 3


def test_16_bit_colour_with_alpha() -> None:
    picture = np.full((20, 30, 4), 4095, np.uint16)
    picture[..., 3] = 65535
    picture[:, 15:, 3] = 0
    picture[10:, 15:, 3] = 32768
    encoded = cv2.imencode(".png", picture)[1].tobytes()
    for grey in (load(encoded), load(picture)):
        assert (grey[:, :15] == 255).all()
        assert (grey[:10, 15:] == 128).all()
        assert (abs(grey[10:, 15:].astype(int) - 192) <= 1).all()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("ink", [0, 255])
def test_glyphs_on_nothing_stay_visible(kind: str, color: bool, ink: int) -> None:
    picture = np.full((20, 30, 4), (ink, ink, ink, 0), np.uint8)
    picture[5:15, 5:25, 3] = 255
    data = save(Image.fromarray(picture), kind, **({"lossless": True} if kind == "WEBP" else {}))
    got = load(data, color=color)
    assert (got[5:15, 5:25] == ink).all()
    assert (got[:5] == 128).all()


def test_half_transparent_and_palette_transparency() -> None:
    half = np.full((20, 20, 4), (200, 200, 200, 128), np.uint8)
    assert abs(int(load(half)[0, 0]) - 164) <= 1
    palette = Image.fromarray(np.repeat(np.arange(2, dtype=np.uint8), 200).reshape(20, 20))
    palette = palette.convert("P")
    palette.putpalette([0, 0, 0, 255, 255, 255])
    for kind in ("PNG", "GIF"):
        got = load(save(palette, kind, transparency=1))
        assert (got[:10] == 0).all()
        assert (got[10:] == 128).all()


def test_an_opacity_never_filled_in_is_ignored() -> None:
    picture = np.dstack([scene(), np.zeros((40, 64), np.uint8)])
    assert (load(picture, color=True) == scene()).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_many(kind: str) -> None:
    frames = [Image.fromarray(np.full((20, 30, 3), value, np.uint8)) for value in (10, 120, 250)]
    data = save(frames[0], kind, save_all=True, append_images=frames[1:])
    assert abs(int(load(data).max()) - 10) <= 2


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_bytes_after_the_end_of_a_jpeg_do_no_harm(options: dict[str, Any]) -> None:
    data = save(noise(), "JPEG", **options)
    for tail in (b"\0" * 500, b"\r\n", b"trailer \xff\xd8\xff\xe1 of a maker", data[:700]):
        assert (load(data + tail) == load(data)).all()


@pytest.mark.parametrize("marker", [b"\xff\x01", b"\xff\xd3"])
def test_jpeg_markers_without_a_length(marker: bytes) -> None:
    data = save(noise(), "JPEG")
    assert (load(data[:2] + marker + data[2:]) == load(data)).all()


def test_a_jpeg_with_a_thumbnail_and_fill_bytes_before_its_scan() -> None:
    data = save(noise(), "JPEG")
    thumbnail = save(noise(16, 16), "JPEG")
    segment = b"\xff\xff\xff\xe1" + struct.pack(">H", len(thumbnail) + 8) + b"Thumb\0" + thumbnail
    assert (load(data[:2] + segment + data[2:]) == load(data)).all()


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("size", [(9, 300), (300, 9), (257, 256)])
def test_webp_sizes_are_read_right(lossless: bool, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    data = save(noise(*size), "WEBP", lossless=lossless)
    monkeypatch.setattr(imaging, "MAX_PIXELS", size[0] * size[1])
    assert load(data).shape == size
    monkeypatch.setattr(imaging, "MAX_PIXELS", size[0] * size[1] - 1)
    with pytest.raises(ImageError, match=f"too large: {size[1]} x {size[0]} pixels"):
        load(data)


# Reasons -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
def test_truncated_files_are_refused(kind: str, share: float) -> None:
    data = save(noise(), kind)
    with pytest.raises(ImageError, match=r"truncated|broken"):
        load(data[: int(len(data) * share)])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("padding", [b"", b"\0" * 4096])
def test_a_jpeg_without_its_end_is_truncated(options: dict[str, Any], padding: bytes) -> None:
    data = save(noise(), "JPEG", **options)
    for length in (len(data) // 2, len(data) - 2):
        with pytest.raises(ImageError, match="JPEG is truncated"):
            load(data[:length] + padding)


def test_a_jpeg_without_a_scan_is_truncated() -> None:
    data = save(noise(), "JPEG")
    scan = data.index(b"\xff\xda")
    with pytest.raises(ImageError, match="truncated"):
        load(data[:scan] + b"\xff\xd9")
    with pytest.raises(ImageError, match="truncated"):
        load(data[: scan + 2 + struct.unpack_from(">H", data, scan + 2)[0]] + b"\xff\xd9")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("length", range(2, 64, 3))
def test_a_few_bytes_of_any_format_give_a_reason(kind: str, length: int) -> None:
    with pytest.raises(ImageError):
        load(save(scene(), kind)[:length])


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_give_pixels_or_a_reason(kind: str) -> None:
    rng = np.random.default_rng(11)
    whole = np.frombuffer(save(noise(60, 80), kind), np.uint8)
    for _ in range(150):
        data = whole.copy()
        places = rng.integers(2, len(data) if rng.random() < 0.5 else 64, rng.integers(1, 12))
        data[places] = rng.integers(0, 256, len(places))
        with contextlib.suppress(ImageError):
            assert load(data.tobytes()).ndim == 2


def test_a_corrupt_png_is_told_from_a_truncated_one() -> None:
    data = bytearray(save(noise(), "PNG"))
    data[len(data) // 2] ^= 255
    with pytest.raises(ImageError, match="a checksum is wrong"):
        load(bytes(data))


@pytest.mark.parametrize("side", [1, 7])
def test_too_small(side: int) -> None:
    for width, height in ((side, 50), (50, side)):
        reason = f"too small: {width} x {height} pixels, at least 8 x 8"
        with pytest.raises(ImageError, match=reason):
            load(save(np.zeros((height, width), np.uint8), "PNG"))
        with pytest.raises(ImageError, match=reason):
            load(np.zeros((height, width), np.uint8))
    assert load(np.zeros((8, 8), np.uint8)).shape == (8, 8)
    with pytest.raises(ImageError, match="too small"):
        load(np.zeros((0, 50), np.uint8))


def bombs() -> dict[str, bytes]:
    jpeg = bytearray(save(scene(), "JPEG"))
    jpeg[(at := jpeg.index(b"\xff\xc0") + 5) : at + 4] = struct.pack(">HH", 60000, 60000)
    bmp = bytearray(save(scene(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60000, -60000)
    gif = bytearray(save(scene(), "GIF"))
    gif[6:10] = struct.pack("<HH", 60000, 60000)
    tiff = save(scene(), "TIFF")
    for tag, side in ((256, 64), (257, 40)):
        old = struct.pack("<HHII", tag, 4, 1, side)
        short = struct.pack("<HHIHH", tag, 3, 1, side, 0)
        tiff = tiff.replace(old if old in tiff else short, struct.pack("<HHII", tag, 4, 1, 60000))
    webp = b"VP8X" + struct.pack("<IB3x", 10, 0) + 2 * (59999).to_bytes(3, "little")
    return {
        "JPEG": bytes(jpeg),
        "PNG": png(60000, 60000, (b"IDAT", zlib.compress(bytes(1000)))),
        # The size of a chunk that only looks like the header does not count.
        "PNG, forged": b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"tEXt", 9, 9, 8, 0, 0, 0, 0, 0)
        + png(60000, 60000, (b"IDAT", zlib.compress(bytes(1000))))[8:],
        "BMP": bytes(bmp),
        "GIF": bytes(gif),
        "TIFF": tiff,
        "WEBP": b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp,
    }  # fmt: skip


@pytest.mark.parametrize("kind", [*FORMATS, "PNG, forged"])
def test_decompression_bombs_are_refused_before_decoding(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    reason = "not a picture" if "forged" in kind else "too large: 60000 x 60000 pixels, at most 200 million"
    with pytest.raises(ImageError, match=reason):
        load(bombs()[kind])


def test_what_was_erased_in_a_jpeg_is_passed_over() -> None:
    """Erased flash reads as ff: a regular expression that tries each start anew would take hours."""
    for data in (b"\xff\xd8" + b"\xff" * 1_000_000, b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0"):
        with pytest.raises(ImageError, match="truncated"):
            load(data)


def test_large_arrays_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="too large: 33000 x 60 pixels, at most 32766 a side"):
        load(np.zeros((60, 33_000), np.uint8))
    with pytest.raises(ImageError, match="too large: 20000 x 10001"):
        load(np.broadcast_to(np.uint8(0), (10001, 20000)))
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(257 * 2**20)  # takes no room on the disk
    with pytest.raises(ImageError, match="too large: 257 MB, at most 256 MB"):
        load(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"This is a text named .jpg, nothing else.", "not a picture"),
        (b"BM is how this text begins, by chance, alas.", "not a picture"),
        (b"%PDF-1.7 and so on", "not a picture"),
        (bytes(5000), "not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC and AVIF are not supported: save the picture as JPEG"),
    ],
)
def test_what_is_not_a_picture(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    for source in (data, path):
        with pytest.raises(ImageError, match=reason):
            load(source)


def test_paths_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").mkdir()
    (tmp_path / "broken.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "good.jpg").write_bytes(save(scene(), "JPEG"))
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, reason in [
        ("a.jpg", "it is a folder"),
        ("broken.jpg", "it is a broken link"),
        ("loop.jpg", "it cannot be read"),
        ("pipe.jpg", "it is not an ordinary file"),
        ("missing.jpg", "there is no such file"),
        ("good.jpg/more.jpg", "it cannot be read .Not a directory"),
        ("x" * 300 + ".jpg", "it cannot be read .File name too long"),
    ]:
        with pytest.raises(ImageError, match=reason):
            load(tmp_path / name)
    denied = PermissionError(13, "Permission denied")
    monkeypatch.setattr("builtins.open", lambda *_, **__: (_ for _ in ()).throw(denied))
    with pytest.raises(ImageError, match="Permission denied"):
        load(tmp_path / "good.jpg")


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/door \xff\xe9.jpg"
    with open(name, "wb") as file:
        file.write(save(scene(), "JPEG"))
    (found,) = find_pictures([tmp_path])
    assert os.fsencode(found) == name
    assert load(found).shape == load(str(found)).shape == (40, 64)


def test_nothing_is_printed_about_bad_or_odd_pictures(tmp_path: Path) -> None:
    corrupt = bytearray(save(noise(), "PNG"))
    corrupt[len(corrupt) // 2] ^= 255
    files = {
        "corrupt.png": bytes(corrupt),
        "profile.png": save(scene(), "PNG", icc_profile=b"x" * 200, exif=b"rubbish"),
        "exif.jpg": save(scene(), "JPEG", exif=b"Exif\0\0rubbish"),
        "exif.webp": save(scene(), "WEBP", exif=b"rubbish"),
        "text.jpg": b"text",
    }
    files |= {f"cut.{kind}": (data := save(noise(), kind))[: len(data) // 2] for kind in FORMATS}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    code = (
        "import sys; from vinchar.imaging import *\n"
        "for path in sys.argv[1:]:\n"
        "    try: load(path)\n"
        "    except ImageError: pass\n"
    )
    paths = [str(tmp_path / name) for name in files]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


# Arrays --------------------------------------------------------------------------------------------------------------


def test_arrays_of_every_kind_give_the_same_picture() -> None:
    grey = cv2.cvtColor(scene(), cv2.COLOR_BGR2GRAY)
    assert np.shares_memory(load(grey), grey)  # nothing to do, nothing copied
    for array in (
        grey[..., None],
        np.asfortranarray(grey),
        (grey / 255).astype(np.float32),
        grey / 255,
        (grey / 255).astype(np.float16),
        grey.astype(np.uint16) * 257,
        cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR),
        cv2.cvtColor(grey, cv2.COLOR_GRAY2BGRA),
    ):
        got = load(array)
        assert got.dtype == np.uint8
        assert got.flags.c_contiguous
        assert close(got, grey, 0.1)
        assert close(load(array, color=True), cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), 0.1)
    assert set(np.unique(load(grey > 100))) == {0, 255}
    assert (load(scene()[:, ::-1], color=True) == scene()[:, ::-1]).all()


def test_the_array_given_is_not_changed() -> None:
    for array in (scene(), np.dstack([scene(), scene()[..., :1]]), scene().astype(np.uint16), scene() / 255):
        before = array.copy()
        load(array), load(array, color=True)
        assert (array == before).all()


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (np.zeros((20, 20, 2), np.uint8), r"shape \(20, 20, 2\), expected \(H, W\)"),
        (np.zeros(400, np.uint8), r"shape \(400,\)"),
        (np.zeros((1, 20, 20, 3), np.uint8), r"shape \(1, 20, 20, 3\)"),
        (np.zeros((20, 20), np.int32), "array of int32, expected uint8"),
        (np.zeros((20, 20), complex), "array of complex128"),
        (np.full((20, 20), 255.0), "floats from 255 to 255, expected 0 to 1"),
        (np.full((20, 20), -0.5), "floats from -0.5"),
        (np.full((20, 20), np.nan), "floats from nan"),
        ([[0, 1], [2, 3]], "got list, expected a path, bytes or an array"),
        (None, "got NoneType"),
        (7, "got int"),
    ],
)
def test_a_wrong_argument_says_got_and_expected(thing: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        load(thing)
    assert not isinstance(error.value, ImageError)


# Folders -------------------------------------------------------------------------------------------------------------


def names(paths: Any, root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in find_pictures(paths)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.JPG", "a.jfif", "c.tif", "d.JPE", "e.WebP", "f.gif", "phone.heic", "notes.txt", "labels.csv", "jpg",
        ".hidden.jpg", "._mac.jpg", ".cache/x.jpg", "sub/deep/z.png", "sub/y.bmp", "a.jpg/inside.jpeg",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "broken.png").symlink_to("nowhere")
    (tmp_path / "sub/loop").symlink_to("..")
    (tmp_path / "link.jpg").symlink_to("b.JPG")
    return tmp_path


def test_a_folder_is_searched_whole(folder: Path) -> None:
    expected = [
        "a.jfif", "a.jpg", "a.jpg/inside.jpeg", "b.JPG", "broken.png", "c.tif", "d.JPE", "e.WebP", "f.gif", "link.jpg",
        "phone.heic", "sub/deep/z.png", "sub/y.bmp",
    ]  # fmt: skip
    assert names([folder], folder) == expected
    assert names(folder, folder) == names(str(folder), folder) == expected


def test_named_files_are_taken_whatever_they_are_called(folder: Path) -> None:
    named = [folder / name for name in ("notes.txt", "broken.png", ".hidden.jpg", "b.JPG")]
    assert find_pictures(named) == named
    assert names([folder / ".cache"], folder) == [".cache/x.jpg"]


def test_each_picture_once_in_the_order_given(folder: Path) -> None:
    assert names([folder / "sub", folder / "c.tif", folder], folder)[:3] == ["sub/deep/z.png", "sub/y.bmp", "c.tif"]
    found = find_pictures([folder / "sub", folder / "c.tif", folder])
    assert sorted(found) == find_pictures([folder])


def test_a_folder_that_cannot_be_opened_is_not_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "sub"
    scandir, access = os.scandir, os.access
    denied = PermissionError(13, "Permission denied", str(closed))

    def guarded(path: Any) -> Any:
        if Path(path) == closed:
            raise denied
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed and access(path, mode))
    assert "sub" in names([folder], folder)
    with pytest.raises(ImageError, match="a folder that may not be opened"):
        load(closed)


@pytest.mark.parametrize("missing", ["nowhere.jpg", "", "nowhere/at/all"])
def test_a_missing_path_is_one_sentence(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.jpg").touch()
    with pytest.raises(FileNotFoundError) as error:
        find_pictures(["here.jpg", missing])
    assert str(error.value) == f"{missing!r}: there is no such file or folder"


def test_an_empty_folder_has_no_pictures(tmp_path: Path) -> None:
    assert find_pictures([tmp_path]) == []
    assert find_pictures([]) == []
