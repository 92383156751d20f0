"""Pictures of every kind come upright, 8 bit and opaque; bad ones say why; folders are searched whole."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFile, ImageOps

from vinchar.imaging import ImageError, find_pictures, load

FORMATS = ["JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF"]


def scene() -> np.ndarray:
    """A small BGR picture whose every turn and mirror image looks different."""
    picture = np.full((40, 64, 3), 90, np.uint8)
    picture[:20, :16] = (30, 60, 200)
    picture[:8, 16:48] = 230
    return picture


def grey_scene() -> np.ndarray:
    return np.asarray(cv2.cvtColor(scene(), cv2.COLOR_BGR2GRAY))


def pillow(array: np.ndarray) -> Image.Image:
    """A Pillow image of a BGR, BGRA or grey array."""
    return Image.fromarray(array[..., [2, 1, 0, 3][: array.shape[2]]] if array.ndim == 3 else array)


def save(image: Any, kind: str, **options: Any) -> bytes:
    """Encode a Pillow image or an array with Pillow."""
    if kind == "WEBP":
        options = {"lossless": True} | options
    buffer = io.BytesIO()
    (pillow(image) if isinstance(image, np.ndarray) else image).save(buffer, kind, **options)
    return buffer.getvalue()


def noise(height: int = 200, width: int = 300) -> np.ndarray:
    rng = np.random.default_rng(5)
    return cv2.GaussianBlur(rng.integers(0, 256, (height, width, 3), np.uint8), (5, 5), 0)


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def close(a: np.ndarray, b: np.ndarray, tolerance: float = 2.0) -> bool:
    return a.shape == b.shape and float(np.abs(a.astype(float) - b).mean()) <= tolerance


# Formats -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("source", ["bytes", "str", "path", "memoryview", "stream", "file", "pipe", "Pillow"])
def test_every_format_from_every_source(kind: str, source: str, tmp_path: Path) -> None:
    data = save(scene(), kind)
    path = tmp_path / "picture"  # the name says nothing of the format
    path.write_bytes(data)
    stream = io.BytesIO(data)
    stream.seek(0, io.SEEK_END)  # as it stands after it was written
    pipe = io.BytesIO(data)
    pipe.seekable = lambda: False  # type: ignore[method-assign]
    with path.open("rb") as file, path.open("rb") as other:
        given: Any = {
            "bytes": data, "str": str(path), "path": path, "memoryview": memoryview(data), "stream": stream,
            "file": file, "pipe": pipe, "Pillow": Image.open(other),
        }[source]  # fmt: skip
        grey = load(given)
        pipe.seek(0)
        color = load(given, color=True, channels="RGB")  # of arrays; this knows its own
        assert not file.closed
    for got, expected in ((grey, grey_scene()), (color, scene())):
        assert got.dtype == np.uint8
        assert got.flags.c_contiguous
        assert got.flags.writeable
        assert close(got, expected, 8 if kind in ("JPEG", "GIF") else 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "PNG alpha", "WEBP alpha", "TIFF alpha"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_respected(kind: str, orientation: int) -> None:
    kind, _, alpha = kind.partition(" ")
    picture = pillow(scene())
    if alpha:
        picture.putalpha(255)
        picture.putpixel((63, 39), (0, 0, 0, 0))  # so that the transparency is used
    data = save(picture, kind, exif=turned(orientation))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    for source in (data, Image.open(io.BytesIO(data)), upright):
        assert close(load(source, color=True), np.asarray(upright.convert("RGB"))[..., ::-1])
        assert close(load(source), np.asarray(upright.convert("L")))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [turned(0), turned(9), b"Exif\0\0rubbish", b""])
def test_an_orientation_that_says_nothing_means_upright(kind: str, exif: Any) -> None:
    assert load(save(scene(), kind, exif=exif)).shape == (40, 64)


def test_grey_palette_and_one_bit_files() -> None:
    grey = grey_scene()
    for kind in ("JPEG", "PNG", "BMP", "TIFF"):
        assert close(load(save(grey, kind)), grey, 4)
        assert load(save(grey, kind), color=True).shape == (40, 64, 3)
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        assert close(load(save(pillow(grey).quantize(8), kind)), grey, 4)
    for kind in ("PNG", "BMP", "TIFF"):
        assert set(np.unique(load(save(Image.fromarray(grey > 128), kind)))) == {0, 255}


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "I;16"])
def test_pillow_images_of_every_mode(mode: str) -> None:
    image = pillow(grey_scene()).convert("I") if mode == "I;16" else pillow(scene())
    image = image.convert(mode)
    expected = image.convert("L") if mode in ("1", "P") else pillow(grey_scene())
    assert close(load(image), np.asarray(expected))
    assert load(image, color=True).shape == (40, 64, 3)
    assert image.mode == mode


def test_cmyk_jpeg_has_the_colours_of_its_rgb_original() -> None:
    cmyk = save(pillow(scene()).convert("CMYK"), "JPEG", quality=98)
    assert close(load(cmyk, color=True), scene(), 4)
    assert close(load(cmyk), grey_scene(), 4)


@pytest.mark.parametrize("bits", [2, 8, 10, 12, 14, 16])  # 2: dark, and not stretched to noise
def test_16_bit_is_scaled_by_the_bits_in_use(bits: int) -> None:
    ramp = np.linspace(0, 2**bits - 1, 40 * 64).reshape(40, 64).astype(np.uint16)
    for source in (ramp, pillow(ramp), save(ramp, "PNG"), save(ramp, "TIFF")):
        assert close(load(source), ramp / (2 ** max(bits, 8) - 1) * 255, 0.6)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_16_bit_colour_with_alpha(suffix: str) -> None:
    picture = np.full((20, 30, 4), 4095, np.uint16)
    picture[..., 3] = 65535
    picture[:, 15:, 3] = 0
    picture[10:, 15:, 3] = 32768
    for grey in (load(cv2.imencode(suffix, picture)[1].tobytes()), load(picture)):
        assert (grey[:, :15] == 255).all()
        assert (grey[:10, 15:] == 128).all()
        assert (abs(grey[10:, 15:].astype(int) - 192) <= 1).all()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("ink", [0, 255])
def test_glyphs_on_nothing_stay_visible(kind: str, color: bool, ink: int) -> None:
    picture = np.full((20, 30, 4), (ink, ink, ink, 0), np.uint8)
    picture[5:15, 5:25, 3] = 255
    got = load(save(picture, kind), color=color)
    assert (got[5:15, 5:25] == ink).all()
    assert (got[:5] == 128).all()


def test_half_transparent_palette_transparency_and_an_opacity_never_filled_in() -> None:
    assert (load(np.dstack([scene(), np.zeros((40, 64), np.uint8)]), color=True) == scene()).all()
    half = np.full((20, 20, 4), (200, 200, 200, 128), np.uint8)
    assert abs(int(load(half)[0, 0]) - 164) <= 1
    palette = Image.fromarray(np.repeat(np.arange(2, dtype=np.uint8), 200).reshape(20, 20)).convert("P")
    palette.putpalette([0, 0, 0, 255, 255, 255])
    for kind in ("PNG", "GIF"):
        got = load(save(palette, kind, transparency=1))
        assert (got[:10] == 0).all()
        assert (got[10:] == 128).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "MPO"])
def test_the_first_frame_of_many(kind: str) -> None:
    frames = [Image.fromarray(np.full((20, 30, 3), value, np.uint8)) for value in (10, 120, 250)]
    data = save(frames[0], kind, save_all=True, append_images=frames[1:])
    assert abs(int(load(data).max()) - 10) <= 2


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_what_cameras_put_beside_a_jpeg_does_no_harm(options: dict[str, Any]) -> None:
    data = save(noise(), "JPEG", **options)
    for tail in (b"\0" * 500, b"\r\n", b"trailer \xff\xd8\xff\xe1 of a maker", data[:700]):
        assert (load(data + tail) == load(data)).all()
    thumbnail = save(noise(16, 16), "JPEG")
    segment = b"\xff\xff\xff\xe1" + struct.pack(">H", len(thumbnail) + 8) + b"Thumb\0" + thumbnail
    assert (load(data[:2] + segment + data[2:]) == load(data)).all()
    with pytest.raises(ImageError, match="truncated"):  # the end of the thumbnail is not its end
        load(data[:2] + segment + data[2:-2])


# Reasons -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_truncated_files_are_refused(kind: str) -> None:
    data = save(noise(60, 80), kind)
    for share in (0.3, 0.7, 0.97):
        with pytest.raises(ImageError, match=r"truncated|broken"):
            load(data[: int(len(data) * share)])
    for length in range(2, 64, 3):
        with pytest.raises(ImageError):
            load(data[:length])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("padding", [b"", b"\0" * 4096])
def test_a_jpeg_without_its_end_is_truncated(options: dict[str, Any], padding: bytes) -> None:
    data = save(noise(), "JPEG", **options)
    scan = data.index(b"\xff\xda")
    scan += 2 + struct.unpack_from(">H", data, scan + 2)[0]
    for cut in (data[: len(data) // 2], data[:-2], data[:scan], data[:scan] + b"\xff\xd9"):
        with pytest.raises(ImageError, match="truncated"):
            load(cut + padding)


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


def test_a_png_with_a_wrong_checksum_is_broken() -> None:
    data = bytearray(save(noise(), "PNG"))
    data[-13] ^= 255  # of the pixels
    with pytest.raises(ImageError, match="broken"):
        load(bytes(data))


@pytest.mark.parametrize("size", [(0, 50), (1, 50), (50, 7)])
def test_too_small(size: tuple[int, int]) -> None:
    array = np.zeros(size, np.uint8)
    for source in (array, pillow(array), *([save(array, "PNG")] if array.size else [])):
        with pytest.raises(ImageError, match=f"too small: {size[1]} x {size[0]} pixels, at least 8 x 8"):
            load(source)
    assert load(np.zeros((8, 8), np.uint8)).shape == (8, 8)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_too_large_is_refused_before_it_is_decoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = save(scene(), kind)
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(ImageError, match="too large: 64 x 40 pixels, at most") as error:
        load(data, most_pixels=64 * 40 - 1)
    assert error.value.code == "too-many-pixels"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_limit_of_pillow_is_a_reason_or_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    try:
        assert load(save(scene(), kind)).shape == (40, 64)
    except ImageError as reason:
        assert "too large" in str(reason)  # noqa: PT017  (WebP, whose decoder takes memory when it is opened)


def test_what_was_erased_in_a_jpeg_is_passed_over() -> None:
    """Erased flash reads as ff: a search that tries each byte anew would take minutes."""
    for data in (b"\xff\xd8" + b"\xff" * 10_000_000, b"\xff\xd8" + b"\xff" * 10_000_000 + b"\0"):
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
    with path.open("rb") as file, pytest.raises(ImageError, match="file is too large"):
        load(file)
    with pytest.raises(ImageError, match="too large: 257 MB, at most 256 MB"):
        load(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"This is a text named .jpg, nothing else.", "not a picture"),
        (b"BM is how this text begins, by chance, alas.", "not a picture"),
        (b"%PDF-1.7 and so on", "the document is broken"),
        (bytes(5000), "not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "the picture is broken"),
    ],
)
def test_what_is_not_a_picture(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    for source in (data, path, io.BytesIO(data)):
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
    (found,) = find_pictures([tmp_path]).paths
    assert os.fsencode(found) == name
    assert load(found).shape == load(str(found)).shape == (40, 64)


def test_nothing_is_printed_about_bad_or_odd_pictures(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    files = {
        "profile": save(scene(), "PNG", icc_profile=b"x" * 200, exif=b"rubbish"),
        "exif": save(scene(), "JPEG", exif=b"Exif\0\0rubbish"),
        "large": save(Image.new("1", (10000, 10000)), "PNG"),  # Pillow warns of this size
        "lzw": save(noise(), "TIFF", compression="tiff_lzw"),
        "deep": cv2.imencode(".png", noise().astype(np.uint16))[1].tobytes(),
        "text": b"text",
    } | {kind: save(noise(), kind) for kind in FORMATS}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"{name}.cut").write_bytes(data[: len(data) // 2])
        for number in range(8):
            damaged = np.frombuffer(data, np.uint8).copy()
            damaged[rng.integers(len(data) // 3, len(data), 3)] = 7
            (tmp_path / f"{name}.{number}").write_bytes(damaged.tobytes())
    code = (
        "import os, sys; from vinchar.imaging import *\n"
        "for entry in os.scandir(sys.argv[1]):\n"
        "    try: load(entry.path)\n"
        "    except ImageError: pass\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_threads_leave_the_warnings_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    before, waits, ignore = list(warnings.filters), iter(range(100)), warnings.simplefilter
    monkeypatch.setattr(warnings, "simplefilter", lambda action: (ignore(action), time.sleep(next(waits) % 4 / 500)))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(load, [save(scene(), "PNG")] * 16))
    assert warnings.filters == before


# Arrays --------------------------------------------------------------------------------------------------------------


def test_arrays_of_every_kind_give_the_same_picture() -> None:
    grey = grey_scene()
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


@pytest.mark.parametrize("code", [cv2.COLOR_BGR2RGB, cv2.COLOR_BGR2RGBA])
def test_the_order_of_colours(code: int) -> None:
    array = cv2.cvtColor(scene(), code)
    assert (load(array, channels="RGB", color=True) == scene()).all()
    assert close(load(array, channels="RGB"), grey_scene(), 0.1)
    assert not close(load(array), grey_scene())


def test_the_array_given_is_not_changed() -> None:
    for array in (scene(), np.dstack([scene(), scene()[..., :1]]), scene().astype(np.uint16), scene() / 255):
        before = array.copy()
        load(array), load(array, color=True), load(array, channels="RGB", color=True)
        assert (array == before).all()


class Tensor:
    """Holds pixels, but is no array."""


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (np.zeros((20, 20, 2), np.uint8), r"shape \(20, 20, 2\), expected \(H, W\)"),
        (np.zeros(400, np.uint8), r"shape \(400,\)"),
        (np.zeros((3, 20, 20), np.uint8), r"shape \(3, 20, 20\), .* channels last"),
        (np.zeros((20, 20), np.int32), r"array of int32, expected uint8.*astype"),
        (np.zeros((20, 20), complex), "array of complex128"),
        (np.full((20, 20), 255.0), "floats from 255 to 255, expected 0 to 1: divide"),
        (np.full((20, 20), -0.5), "floats from -0.5"),
        (np.full((20, 20), np.nan), "floats from nan"),
        ([[0, 1], [2, 3]], r"got list, expected a path, .*read_many takes several"),
        (None, "got NoneType"),
        (Tensor(), "got .*Tensor, expected .*: numpy.asarray"),
        (io.StringIO("text"), r"opened as text, expected .* binary: open\(path, 'rb'\)"),
        (type("Upload", (), {"read": lambda *_: "text"})(), r"got Upload, whose read\(\) returns str, expected"),
    ],
)
def test_a_wrong_argument_says_got_and_expected(thing: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        load(thing)
    assert not isinstance(error.value, ImageError)
    with pytest.raises(ValueError, match="channels: got 'rgb', expected 'BGR' or 'RGB'"):
        load(thing, channels="rgb")  # type: ignore[arg-type]


# Folders -------------------------------------------------------------------------------------------------------------


def names(paths: Any, root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in find_pictures(paths).paths]


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
    (folder / "empty").mkdir()
    assert names([folder / "empty"], folder) == names([], folder) == []


def test_named_files_are_taken_whatever_they_are_called(folder: Path) -> None:
    named = tuple(folder / name for name in ("notes.txt", "broken.png", ".hidden.jpg", "b.JPG", "missing", "no/no.jpg"))
    assert find_pictures(named).paths == named
    assert names([folder / ".cache"], folder) == [".cache/x.jpg"]


def test_each_picture_once_in_the_order_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_pictures([folder / "sub", folder / "c.tif", folder])
    assert [path.name for path in found.paths[:3]] == ["z.png", "y.bmp", "c.tif"]
    assert tuple(sorted(found.paths)) == find_pictures([folder]).paths
    assert found.repeated == 3
    monkeypatch.chdir(folder)
    same = ["b.JPG", "./b.JPG", "sub/../b.JPG", folder / "b.JPG", "sub/loop/b.JPG"]
    found = find_pictures([*same, "gone.jpg", "./gone.jpg", "link.jpg"])
    assert [str(path) for path in found.paths] == ["b.JPG", "gone.jpg", "link.jpg"]
    assert found.repeated == 5


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
