"""Pages of PDF and TIFF are pictures of their own; what is too much is refused before it takes memory."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from pdfs import document, filled_in, laughs, locked, page, stream, with_image, written
from PIL import Image
from twins import VIN, differ, label

from vinchar import pdf, pdf_process
from vinchar.decoding import read_header
from vinchar.imaging import ImageError, find_pictures, load
from vinchar.pages import file_of
from vinchar.pixels import MAX_PAGES
from vinchar.reader import Reader

OTHER, THIRD = "WVWZZZ1JZ3W386752", "5YJ3E1EA2KF317000"


def tiff(*pictures: Image.Image, **how: Any) -> bytes:
    buffer = io.BytesIO()
    pictures[0].save(buffer, "TIFF", save_all=True, append_images=pictures[1:], **how)
    return buffer.getvalue()


def names(path: Path) -> list[str]:
    return [one.name for one in find_pictures(path).paths]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


THREE = {
    "pdf": written(VIN, OTHER, THIRD, size=14),
    "tif": tiff(label(VIN), label(OTHER), label(THIRD)),
    "fax.tiff": tiff(*(label(vin).convert("1") for vin in (VIN, OTHER, THIRD)), compression="group4"),
}


@pytest.mark.parametrize("ending", THREE)
def test_every_page_is_a_picture(ending: str, tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / f"scan.{ending}"
    path.write_bytes(THREE[ending])
    pages = [tmp_path / f"scan.{ending}#{number}" for number in (1, 2, 3)]
    assert find_pictures(path).paths == find_pictures(tmp_path).paths == tuple(pages)
    readings = list(reader.read_many(pages))
    assert [one.vin for one in readings] == [VIN, OTHER, THIRD]
    assert [one.image for one in readings] == [str(one) for one in pages]
    assert reader.read(path).vin == reader.read(THREE[ending]).vin == VIN  # without a number it is the first one
    for number in (4, 70):
        with pytest.raises(ImageError, match=f"it has no page {number}: it has 3 pages"):
            load(f"{path}#{number}")


def test_a_file_of_one_page_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(written(VIN))
    (tmp_path / "b.tif").write_bytes(tiff(label()))
    (tmp_path / "c.png").write_bytes(b"")
    assert names(tmp_path) == ["a.pdf", "b.tif", "c.png"]
    assert load(f"{tmp_path}/b.tif#1").shape == (64, 480)
    label().save(tmp_path / "d.jpg")
    with pytest.raises(ImageError, match="it has no page 2: it is one picture"):
        load(f"{tmp_path}/d.jpg#2")


def test_a_file_of_that_very_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(THREE["pdf"])
    label().save(tmp_path / "scan.pdf#2", "PNG")
    assert load(tmp_path / "scan.pdf#2").shape == (64, 480)
    assert load(tmp_path / "scan.pdf#3").shape == (2339, 1653)
    assert file_of(tmp_path / "scan.pdf#2") == (f"{tmp_path}/scan.pdf#2", None)
    assert file_of("a#0") == ("a#0", None)
    assert file_of("folder#1/a.jpg") == ("folder#1/a.jpg", None)
    with pytest.raises(ImageError, match="there is no such file"):
        load(tmp_path / "gone.pdf#2")


def test_a_document_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(THREE["pdf"])
    assert names(tmp_path / "upload") == ["upload#1", "upload#2", "upload#3"]
    (tmp_path / "late.pdf").write_bytes(b"\r\n\r\nheld by a scanner\n" + written(VIN))
    assert load(tmp_path / "late.pdf").shape == (2339, 1653)
    os.mkfifo(tmp_path / "pipe.pdf")
    assert names(tmp_path / "pipe.pdf") == ["pipe.pdf"]


def test_a_page_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(THREE["pdf"])
    found = find_pictures([tmp_path / "scan.pdf#2", tmp_path / "scan.pdf", tmp_path / "scan.pdf"])
    assert [path.name for path in found.paths] == ["scan.pdf#2", "scan.pdf#1", "scan.pdf#3"]
    assert found.repeated == 2


def test_small_copies_and_masks_in_a_tiff_are_no_pages(tmp_path: Path) -> None:
    def mark(kind: int) -> Image.Exif:
        made = Image.Exif()
        made[254] = kind
        return made

    frames = [label(), label().resize((120, 16)), label(OTHER)]
    buffer = io.BytesIO()
    for picture, kind in zip(frames, (0, 1, 2), strict=True):
        picture.encoderinfo = {"exif": mark(kind)}
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], exif=mark(0))
    (tmp_path / "a.tif").write_bytes(buffer.getvalue())
    assert names(tmp_path) == ["a.tif#1", "a.tif#2"]
    assert differ(load(tmp_path / "a.tif#2"), np.asarray(label(OTHER).convert("L"))) < 1


def test_a_tiff_that_was_cut_off_gives_the_pages_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(THREE["tif"][: len(THREE["tif"]) * 2 // 3 + 100])
    pages = find_pictures(tmp_path).paths
    assert [one.name for one in pages] == ["a.tif#1", "a.tif#2", "a.tif#3"]
    assert load(pages[0]).shape == load(pages[1]).shape == (64, 480)
    with pytest.raises(ImageError, match="broken"):
        load(pages[2])


def test_pages_beyond_number_are_refused(tmp_path: Path) -> None:
    one = b"II*\0\x08\0\0\0"
    entries = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 8, 279: 64}
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 3, 1, entries[tag]) for tag in entries)
    count = 10_000
    for number in range(count):
        at = 8 + (number + 1) * (len(ifd) + 4)
        one += ifd + struct.pack("<I", at if number < count - 1 else 0)
    (tmp_path / "a.tif").write_bytes(one)
    many = written(*["x"] * (MAX_PAGES + 1), box=(72, 72))
    (tmp_path / "b.pdf").write_bytes(many)
    assert names(tmp_path) == ["a.tif", "b.pdf"]
    for name in ("a.tif", "a.tif#2", "b.pdf", "b.pdf#1001"):
        with pytest.raises(ImageError, match="it has more pages than are read of one file, 1000: part it") as error:
            load(tmp_path / name)
        assert error.value.code == "too-large"
    loop = one[: 8 + len(ifd)] + struct.pack("<I", 8)  # the next page of the first one is the first one
    assert load(loop).shape == (8, 8)


def test_a_page_is_shown_as_people_see_it(reader: Reader) -> None:
    assert load(written(VIN)).shape == (2339, 1653)  # A4, 200 dots an inch
    assert load(written(VIN), color=True).shape == (2339, 1653, 3)
    assert reader.read(filled_in(VIN)).vin == VIN  # typed into a form
    turned = document(
        [page(4, more=b"/Rotate 90", resources=b"/Font << /F 5 0 R >>"),
         stream(b"BT 0 1 -1 0 300 200 Tm /F 14 Tf (%s) Tj ET" % VIN.encode()),
         b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    )  # fmt: skip
    assert load(turned).shape == (1653, 2339)
    assert reader.read(turned).vin == VIN
    assert (read_header(turned).width, read_header(turned).height) == (2339, 1653)


@pytest.mark.parametrize("size", [8, 10, 12])
def test_print_on_a_page_of_a4_is_read(size: float, reader: Reader) -> None:
    reading = reader.read(written(VIN, size=size))
    assert (reading.vin, reading.status) == (VIN, "ok")


@pytest.mark.parametrize("dots", [72, 150, 301, 600])
def test_a_scan_is_shown_as_it_was_scanned(dots: int) -> None:
    buffer = io.BytesIO()
    label().save(buffer, "PDF", resolution=dots, quality=98)
    shown = load(buffer.getvalue(), color=True)
    assert differ(shown, np.asarray(label())[..., ::-1]) < 2
    grey = load(buffer.getvalue())
    assert differ(grey, np.asarray(label().convert("L"))) < 1


def test_a_page_in_part_an_image_is_as_fine_as_that(tmp_path: Path) -> None:
    content = zlib.compress(np.asarray(label().convert("L")).tobytes())
    image = b"/Type /XObject /Subtype /Image /Width 480 /Height 64 /BitsPerComponent 8 /ColorSpace /DeviceGray "
    small = stream(content, image + b"/Filter /FlateDecode")
    made = document(
        [page(4, (200, 100), b"/XObject << /X 5 0 R >>"), stream(b"96 0 0 12.8 10 50 cm /X Do 0 0 9 9 re f"), small]
    )
    assert load(made).shape == (500, 1000)  # five pixels a point


# Bad documents -------------------------------------------------------------------------------------------------------


def test_bad_documents_say_why() -> None:
    good = THREE["pdf"]
    with pytest.raises(ImageError, match="the document needs a password: save it without one") as error:
        load(locked())
    assert error.value.code == "unsupported-format"
    for bad in (good[:30], good[: len(good) // 3], b"%PDF-1.7\n" + bytes(3000), document([])):
        with pytest.raises(ImageError, match=r"document is broken|it has no page 1: it has 0 pages"):
            load(bad)


def test_a_bad_document_costs_one_line_and_never_the_run(tmp_path: Path) -> None:
    for name, data in (("a", THREE["pdf"][:400]), ("b", locked()), ("c", written(VIN)), ("d", b"%PDF-")):
        (tmp_path / f"{name}.pdf").write_bytes(data)
    assert names(tmp_path) == ["a.pdf", "b.pdf", "c.pdf", "d.pdf"]
    assert [one.status for one in Reader().read_many(find_pictures(tmp_path).paths)] == [
        "error",
        "error",
        "ok",
        "error",
    ]


def test_damaged_documents_give_pixels_or_a_reason() -> None:
    rng = np.random.default_rng(2)
    whole = np.frombuffer(THREE["pdf"], np.uint8)
    for _ in range(12):
        data = whole.copy()
        data[rng.integers(8, len(data), 20)] = rng.integers(0, 256, 20)
        try:
            shape = load(data.tobytes()).shape
        except ImageError:
            continue
        assert len(shape) == 2


def test_a_giant_page_is_small_and_a_thin_one_refused() -> None:
    height, width = load(written(VIN, box=(14_400, 14_400))).shape
    assert height * width <= pdf.MAX_PAGE_PIXELS
    assert load(written(VIN), most_pixels=100_000).size <= 100_000
    with pytest.raises(ImageError, match="too small"):
        load(written(VIN, box=(14_000, 1)))


def test_a_large_image_in_a_document_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    grey = b"/BitsPerComponent 8 /ColorSpace /DeviceGray"
    with pytest.raises(ImageError, match="too large: 40000 x 40000 pixels, at most 200 million") as error:
        load(with_image(40_000, 40_000, b"", grey))
    assert error.value.code == "too-many-pixels"
    with pytest.raises(ImageError, match="too large: 2000 x 2000 pixels"):
        load(with_image(2000, 2000, b"", grey), most_pixels=10**6)


def shortened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **limits: float) -> None:
    """Let documents be opened in less time, or memory."""
    code = Path(pdf_process.__file__).read_text(encoding="utf-8")
    for name, value in limits.items():
        old = next(line for line in code.splitlines() if line.startswith(f"{name} = "))
        code = code.replace(old, f"{name} = {value}")
    (tmp_path / "process.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(pdf, "_PROCESS", tmp_path / "process.py")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_document_that_draws_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shortened(monkeypatch, tmp_path, MEMORY=150 * 2**20)
    with pytest.raises(ImageError, match="it is broken, or takes too much memory"):
        load(laughs(9))
    assert load(written(VIN)).shape == (2339, 1653)
    shortened(monkeypatch, tmp_path, SECONDS=0.2)
    with pytest.raises(ImageError, match="it takes too long"):
        load(laughs(9))


def test_a_document_that_kills_what_counts_its_pages_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = Path(pdf_process.__file__).read_text(encoding="utf-8")
    deadly = code.replace(
        "    try:\n        with open(path",
        "    if b'bad' in path:\n        os.abort()\n    try:\n        with open(path",
    )
    assert deadly != code
    (tmp_path / "process.py").write_text(deadly, encoding="utf-8")
    monkeypatch.setattr(pdf, "_PROCESS", tmp_path / "process.py")
    for name in ("a", "bad", "c", "d.bad"):
        (tmp_path / f"{name}.pdf").write_bytes(THREE["pdf"])
    assert pdf.count_pages([tmp_path / f"{name}.pdf" for name in ("a", "bad", "c", "d.bad")]) == [3, 1, 3, 1]


def test_threads_may_open_documents_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        shapes = [shown.shape for shown in pool.map(load, [THREE["pdf"]] * 8)]
    assert shapes == [(2339, 1653)] * 8


def test_the_modules_of_this_package_do_not_hide_those_of_python() -> None:
    """The process is started beside ``types.py`` and others that are called as parts of Python are."""
    done = subprocess.run(
        [sys.executable, "-P", pdf_process.__file__, "count"], input=b"", capture_output=True, check=True
    )
    assert done.stdout + done.stderr == b""


def test_pypdfium2_agrees_on_the_number_of_pages(tmp_path: Path) -> None:
    made = pypdfium2.PdfDocument.new()
    for _ in range(25):
        made.new_page(200, 200).close()
    made.save(tmp_path / "a.pdf")
    made.close()
    assert pdf.count_pages([tmp_path / "a.pdf", tmp_path / "gone.pdf"]) == [25, 1]
