"""Labels from the desk: read_photos takes them, docTR's trainer too, and no spreadsheet is fooled."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from desk_tasks import NOON, OTHER, QUAD, THIRD, VIN, Clock, new, picture, reading

from vinchar.reader import Reader
from vinchar.reading import Barcode, Reading
from vinchar.service.desk.exporting import Form, plan_export, write_files, write_folder, zipped
from vinchar.service.desk.lines import cut_line, where_it_stands
from vinchar.service.desk.store import NewTask, Store, open_store
from vinchar.training.adapting.photos import read_photos

NEAR = VIN[:-3] + "777"  # three characters are others


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "desk.db", Clock())
    yield made
    made.close()


def settle(store: Store, vin: str = VIN, reviewer: str = "anna", **more: object) -> int:
    """Add a task and answer it."""
    number = store.add(new(len(store.tasks()) + 1, **more))
    store.answer(number, reviewer, "read", vin)
    return number


def folder(store: Store, form: Form, tmp_path: Path) -> Path:
    write_folder(store, plan_export(store, form), tmp_path / form)
    return tmp_path / form


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_table_and_pictures_that_adapt_takes(store: Store, tmp_path: Path) -> None:
    settle(store, name="Hof 3/tür.PNG", split="validation")
    settle(store, OTHER, reading=reading(None))
    settle(store, NEAR, data=picture(3, ".jpg"))
    store.add(new(9))  # nobody has said what it shows
    store.answer(store.add(new(10)), "anna", "unreadable")
    out = folder(store, "csv", tmp_path)
    names = ["000001-t-r.png", "000002-2.png", "000003-3.jpg"]
    assert sorted(path.name for path in (out / "images").iterdir()) == names
    assert (out / "images" / names[0]).read_bytes() == picture(1)
    photos = read_photos([out])
    assert photos.problems == ()
    assert photos.unlabelled == ()
    assert [(photo.path.name, photo.vin, photo.part) for photo in photos.labelled] == [
        (names[0], VIN, "validation"),
        (names[1], OTHER, ""),
        (names[2], NEAR, ""),
    ]
    assert [photo.quad is None for photo in photos.labelled] == [False, True, False]
    for photo in (photos.labelled[0], photos.labelled[2]):
        np.testing.assert_array_equal(photo.quad, QUAD)
    first = rows(out / "labels.csv")[0]
    assert first["image"] == f"images/{names[0]}"
    assert (first["name"], first["task"], first["reviewer"]) == ("Hof 3/tür.PNG", "1", "anna")
    assert first["at"] == f"{NOON:%Y-%m-%dT%H:%M:%SZ}"


def test_lines_cut_out_as_doctr_has_them(store: Store, tmp_path: Path) -> None:
    settle(store)
    settle(store, OTHER)  # what was read there is another VIN: nobody knows where this one stands
    settle(store, THIRD, reading=Reading("a.png", "strip", None, "not_found"))
    twice = np.array([[10, 5], [60, 5], [60, 50], [10, 50]], np.float32)
    settle(store, reading=reading(quad=twice))
    export = plan_export(store, "doctr")
    out = folder(store, "doctr", tmp_path)
    assert json.loads((out / "labels.json").read_text()) == {"000001-1.png": VIN, "000003-3.png": THIRD}
    photos = read_photos([out])
    assert [(photo.path.name, photo.vin, photo.quad) for photo in photos.labelled] == [
        ("000001-1.png", VIN, None),
        ("000003-3.png", THIRD, None),
    ]
    assert photos.problems == ()
    assert [label.task for label, _ in export.left_out] == [2, 4]
    assert [(row["task"], row["vin"], row["why"]) for row in rows(out / "left_out.csv")] == [
        ("2", OTHER, "where the VIN stands is not known: what was read there is another one"),
        ("4", VIN, "the VIN stands in several rows"),
    ]
    line = cv2.imread(str(out / "images" / "000001-1.png"))
    assert line is not None
    assert line.shape == (26, 180, 3)  # 16 and 170 pixels, with 0.3 of the height round it
    strip = cv2.imread(str(out / "images" / "000003-3.png"))
    assert strip is not None
    assert strip.shape == (60, 200, 3)


def test_without_anything_left_out_there_is_no_such_table(store: Store, tmp_path: Path) -> None:
    settle(store)
    assert sorted(path.name for path in folder(store, "doctr", tmp_path).iterdir()) == ["images", "labels.json"]


@pytest.mark.parametrize("turn", [0, 30, 90, 180])
def test_a_line_is_cut_out_straight_whichever_way_it_runs(turn: int) -> None:
    """A bar of 200 x 20, white at its top left end."""
    corners = np.array([[-100, -10], [100, -10], [100, 10], [-100, 10]], np.float64)
    angle = np.radians(turn)
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + 150
    pixels = np.full((300, 300, 3), (40, 90, 200), np.uint8)
    along, down = (turned[1] - turned[0]) / 200, (turned[3] - turned[0]) / 20
    mark = turned[0] + np.array([[0, 0], [10, 0], [10, 10], [0, 10]]) @ np.stack([along, down])
    cv2.fillPoly(pixels, [np.rint(mark).astype(np.int32)], (255, 255, 255))
    line = cv2.imdecode(
        np.frombuffer(cut_line(cv2.imencode(".png", pixels)[1].tobytes(), turned.tolist()), np.uint8), cv2.IMREAD_COLOR
    )
    assert line is not None
    assert line.shape == (32, 212, 3)
    assert line[9:13, 9:13].min() > 200
    np.testing.assert_allclose(line[28, 200], (40, 90, 200), atol=3)  # colours stay


def test_the_box_is_that_of_the_vin_that_was_meant() -> None:
    elsewhere = QUAD + 30
    both = reading(NEAR, others=(reading(OTHER, quad=elsewhere),)).to_dict()
    assert where_it_stands(both, VIN) == reading().to_dict()["quad"]
    assert where_it_stands(both, OTHER) == reading(quad=elsewhere).to_dict()["quad"]
    assert where_it_stands(both, THIRD) is None
    assert where_it_stands(reading(VIN[:-4] + "7777").to_dict(), VIN) is None  # four differ
    assert where_it_stands(reading(None).to_dict(), VIN) is None
    glyph = Reading("a.png", "glyph", "1", "ok", 0.9, quad=QUAD, source="text")
    assert where_it_stands(glyph.to_dict(), VIN) is None


def test_a_box_that_does_not_show_the_text_is_none() -> None:
    barcode = reading(source="barcode", barcodes=(Barcode(VIN, "Code39", QUAD),))
    assert where_it_stands(barcode.to_dict(), VIN) is None
    assert where_it_stands(reading(quad=QUAD[::-1]).to_dict(), VIN) is None  # read_photos would refuse the row
    assert where_it_stands(reading(quad=QUAD * 0).to_dict(), VIN) is None


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", " ="])
def test_no_cell_becomes_a_formula(sign: str, store: Store, tmp_path: Path) -> None:
    settle(store, name=f"{sign}HYPERLINK(1).png", reviewer=f"{sign.strip()}anna")
    settle(store, OTHER, name=f"{sign}cmd.png")
    row = rows(folder(store, "csv", tmp_path) / "labels.csv")[0]
    assert row["reviewer"] == f"'{sign.strip()}anna"
    assert row["name"].startswith("'") or row["name"].startswith("\ufffd=")
    left_out = rows(folder(store, "doctr", tmp_path) / "left_out.csv")[0]
    assert left_out["name"].startswith("'") or left_out["name"].startswith("\ufffd=")
    assert read_photos([tmp_path / "csv"]).problems == ()


@pytest.mark.parametrize(
    "name",
    [
        "a.png",
        "CON.png",
        "../../etc/passwd",
        "C:\\a\\b.jpg",
        ".",
        "…",
        200 * "ä",
        'a b?*:|<>".png',
        "a/",
        "x.",
        99 * "long",
    ],
)
def test_file_names_are_unique_and_safe(name: str, store: Store, tmp_path: Path) -> None:
    settle(store, name=name)
    settle(store, name=name.upper())
    names = [path.name for path in (folder(store, "csv", tmp_path) / "images").iterdir()]
    assert len({each.lower() for each in names}) == 2
    for each in names:
        assert set(each) <= set("abcdefghijklmnopqrstuvwxyz0123456789-."), each
        assert each.count(".") == 1
        assert len(each) <= 80
    assert len(read_photos([tmp_path / "csv"]).labelled) == 2


def test_who_said_it_and_when(store: Store, tmp_path: Path) -> None:
    clock = store.now
    assert isinstance(clock, Clock)
    number = store.add(new(1, looks=2))
    for who, vin in (("anna", VIN), ("bea", OTHER), ("cleo", VIN)):
        clock.go(1)
        store.lease(number, who)
        store.answer(number, who, "read", vin)
    (row,) = rows(folder(store, "csv", tmp_path) / "labels.csv")
    assert (row["reviewer"], row["at"]) == ("anna; cleo", "2026-11-30T12:03:00Z")


@pytest.mark.parametrize("form", ["csv", "doctr"])
def test_a_zip_file_holds_the_same(form: Form, store: Store, tmp_path: Path) -> None:
    for _ in range(3):
        settle(store)
    settle(store, OTHER)
    chunks = list(zipped(write_files(store, plan_export(store, form))))
    assert len(chunks) > 4  # as they come
    with zipfile.ZipFile(io.BytesIO(b"".join(chunks))) as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    out = folder(store, form, tmp_path)
    assert inside == {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_picture_that_goes_meanwhile_has_no_label(store: Store, tmp_path: Path) -> None:
    for _ in range(3):
        settle(store)
    export = plan_export(store, "csv")
    store.remove(2)
    write_folder(store, export, tmp_path / "out")
    assert [row["task"] for row in rows(tmp_path / "out" / "labels.csv")] == ["1", "3"]
    assert len(read_photos([tmp_path / "out"]).labelled) == 2


def test_more_labels_than_a_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinchar.service.desk.exporting.MOST_LISTED", 2)
    for _ in range(5):
        settle(store)
    assert [label.task for label in plan_export(store, "csv").labels] == [1, 2, 3, 4, 5]


def test_an_export_is_whole_or_not_there(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(store)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    with pytest.raises(ValueError, match="it is there already"):
        write_folder(store, plan_export(store, "csv"), tmp_path / "full")
    export = plan_export(store, "csv")
    monkeypatch.setattr(Store, "picture", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_folder(store, export, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir() if "desk.db" not in path.name) == ["full"]


def test_cut_out_lines_are_read_like_the_photos_they_are_of(store: Store, tmp_path: Path) -> None:
    reader = Reader()
    photo = Path(__file__).parents[1] / "images" / "photos" / "door-label-white.jpg"
    number = store.add(NewTask(photo.read_bytes(), photo.name, reader.read(photo)))
    store.answer(number, "anna", "read", VIN)
    (line,) = read_photos([folder(store, "doctr", tmp_path)]).labelled
    found = reader.read(line.path)
    assert (found.kind, found.vin, found.status) == ("strip", VIN, "ok")
