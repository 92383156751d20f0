"""The photos a model is taught with: what their sources say, what is wrong in them, each picture once."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pdfs import written

from vinchar.training.adapting import photos as module
from vinchar.training.adapting.photos import Photo, Photos, read_photos
from vinchar.training.adapting.quads import quad_of_polygon

A, B, C = "1HGCM82633A004352", "WVWZZZ1JZ3W386752", "JH4KA8260MC000000"
BOX = [[1, 2], [30, 2], [30, 9], [1, 9]]  # text that runs along it from its top left
QUAD = [[10, 20], [50, 30], [48, 40], [8, 30]]


def picture(path: Path) -> Path:
    """A small picture, as bright as its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((6, 8, 3), sum(path.name.encode()) % 256, np.uint8))
    return path


def table(folder: Path, *rows: str, head: str = "image,vin", name: str = "labels.csv") -> Path:
    """A table, and the pictures its rows begin with the names of."""
    path = folder / name
    folder.mkdir(exist_ok=True)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    for row in rows:
        if row[:1].isalpha() and not (folder / row.split(",")[0]).exists():
            picture(folder / row.split(",")[0])
    return path


def doctr(folder: Path, labels: dict[str, Any]) -> Path:
    for name in labels:
        picture(folder / "images" / name)
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder


def detection(*polygons: Any, **classes: Any) -> dict[str, Any]:
    return {"img_dimensions": [90, 60], "img_hash": "0" * 64, "polygons": classes or list(polygons)}


def told(photos: tuple[Photo, ...]) -> list[tuple[str, str, list[list[float]] | None, str]]:
    """What is said of each photo: its name, VIN, quad and part."""
    return [(p.path.name, p.vin, None if p.quad is None else p.quad.tolist(), p.part) for p in photos]


def labels_of(photos: Photos) -> list[tuple[str, str]]:
    return [(p.path.name, p.vin) for p in photos.labelled]


def test_a_table_gives_the_vins_and_empty_ones_are_unlabelled(tmp_path: Path) -> None:
    path = table(tmp_path, f"a.jpg,{A}", "sub/b.png,", f"c.jpg,  {B.lower()} ")
    found = read_photos([path])
    assert told(found.labelled) == [("a.jpg", A, None, ""), ("c.jpg", B, None, "")]
    assert told(found.unlabelled) == [("b.png", "", None, "")]
    assert found.unlabelled[0].path == tmp_path / "sub/b.png"
    assert found.problems == ()


def test_a_table_says_where_the_vin_stands(tmp_path: Path) -> None:
    box, quad = "1,2,30,9,,,,", "10,20,50,30,48,40,8,30"
    head = "image,vin,x0,y0,x1,y1,x2,y2,x3,y3"
    found = read_photos([table(tmp_path, f"a.jpg,{A},{box}", f"b.jpg,{B},{quad}", f"c.jpg,,{quad}", head=head)])
    assert found.problems == ()
    assert told(found.labelled) == [("a.jpg", A, BOX, ""), ("b.jpg", B, QUAD, "")]
    assert told(found.unlabelled) == [("c.jpg", "", QUAD, "")]
    assert all(p.quad is not None and p.quad.dtype == np.float32 for p in found.labelled)
    (plain,) = read_photos([table(tmp_path, f"a.jpg,{A},1,2,30,9", head="image,vin,x0,y0,x1,y1")]).labelled
    assert plain.quad is not None
    assert plain.quad.tolist() == BOX


def test_a_table_says_which_part_a_photo_belongs_to(tmp_path: Path) -> None:
    rows = [f"a.jpg,{A},train", f"b.jpg,{B},val", f"c.jpg,{C}, Validation", "d.jpg,,test", "e.jpg,,"]
    found = read_photos([table(tmp_path, *rows, head="image,vin,split")])
    assert [p.part for p in found.labelled + found.unlabelled] == ["train", "validation", "validation", "test", ""]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_of_a_spreadsheet(mark: str, tmp_path: Path) -> None:
    picture(tmp_path / "a, 1.jpg")
    (tmp_path / "labels.csv").write_text(f"\ufeffimage;vin;note\r\na, 1.jpg;{A};\r\n;;\r\n".replace(";", mark), "utf-8")
    found = read_photos([tmp_path / "labels.csv"])
    assert labels_of(found) == [("a, 1.jpg", A)]
    assert found.problems == ()


def test_a_picture_may_be_named_by_its_whole_path(tmp_path: Path) -> None:
    path = picture(tmp_path / "far" / "a.jpg")
    assert read_photos([table(tmp_path / "tables", f"{path},{A}")]).labelled[0].path == path


def test_a_folder_with_a_table_in_it_is_a_table(tmp_path: Path) -> None:
    table(tmp_path, f"a.jpg,{A}")
    table(tmp_path, f"b.jpg,{B}", name="other.csv")
    assert labels_of(read_photos([tmp_path])) == [("a.jpg", A)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("/gone.jpg," + A, "line 3: image: got no such file at '/gone.jpg', expected a picture"),
        ("/," + A, "line 3: image: got a folder at '/', expected a picture"),
        ("," + A, "line 3: image: got nothing"),
        ("0" * 300 + "," + A, "line 3: image: got no such file"),
        ("b.jpg," + A[1:], f"line 3: vin: got 16 characters in '{A[1:]}', expected 17"),
        ("b.jpg," + "7" * 99, "line 3: vin: got 99 characters in '" + "7" * 40 + "...', expected 17"),
        ("b.jpg,z", "line 3: vin: got the single character 'Z', expected 17"),
        ("b.jpg," + A[:-1] + "o", f"got 'O' at position 17 of '{A[:-1]}O', but a VIN never holds it; is it 0?"),
        ("b.jpg,I" + A[1:], f"got 'I' at position 1 of 'I{A[1:]}', but a VIN never holds it; is it 1?"),
        ("b.jpg,1Q" + A[2:], "got 'Q' at position 2 of '1QGCM82633A004352', but a VIN never holds it; is it 0?"),
        ("b.jpg,1-" + A[2:], "got '-' at position 2 of '1-GCM82633A004352', expected a digit or a letter except I"),
        ("b.jpg,\u00df" + A[2:], "line 3: vin: got 16 characters in '\u00dfGCM82633A004352', expected 17"),
        ("b.jpg,,9,2,1,9", "line 3: box: got ['9', '2', '1', '9'], expected numbers of pixels with x0 < x1"),
        ("b.jpg,,1,9,9,9", "line 3: box: got ['1', '9', '9', '9'], expected numbers of pixels"),
        ("b.jpg,,nan,2,9,9", "line 3: box: got ['nan', '2', '9', '9'], expected numbers of pixels"),
        ("b.jpg,,1,2,inf,9", "line 3: box: got ['1', '2', 'inf', '9'], expected numbers of pixels"),
        ("b.jpg,,1,2,wide,9", "line 3: box: got ['1', '2', 'wide', '9'], expected 4 numbers"),
        ("b.jpg,,1,2,9", "line 3: box: got ['1', '2', '9', ''], expected 4 numbers"),
        ("b.jpg,,1,2,9,3,9,8", "'9', '8', '', ''], expected 8 numbers"),
        ("b.jpg,,0,0,9,0,0,9,9,9", "line 3: box: got [[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]], expected four"),
        ("b.jpg,,0,0,0,9,9,9,9,0", "expected four corners clockwise from the text's top left"),
        ("b.jpg,,0,0,9,0,9,0,0,0", "round some area"),
        ("b.jpg,,0,0,9,0,9,9,0,1e300", "expected four corners"),
        ("b.jpg,,,,,,,,,,tests", "line 3: split: got 'tests', expected val, train, validation, test or nothing"),
        ("b.jpg,,,,,,,,,,,x", "line 3: got more cells than columns"),
    ],
)
def test_what_is_wrong_with_a_row_costs_that_row(row: str, said: str, tmp_path: Path) -> None:
    head = "image,vin,x0,y0,x1,y1,x2,y2,x3,y3,split"
    path = table(tmp_path, f"a.jpg,{A}", row, f"c.jpg,{C}", head=head)
    found = read_photos([path])
    assert [p.path.name for p in found.labelled + found.unlabelled] == ["a.jpg", "c.jpg"]
    (problem,) = found.problems
    assert problem.startswith(f"{path}, line 3: ")
    assert said in problem


def test_an_empty_file_is_no_picture(tmp_path: Path) -> None:
    path = table(tmp_path, f"a.jpg,{A}", f"b.jpg,{B}")
    (tmp_path / "b.jpg").write_bytes(b"")
    found = read_photos([path], [tmp_path])
    assert labels_of(found) == [("a.jpg", A)]
    empty = f"got an empty file at '{tmp_path / 'b.jpg'}'"
    assert [empty in problem for problem in found.problems] == [True, True]  # the row, and the file of the folder


def test_the_strips_of_a_recognition_set(tmp_path: Path) -> None:
    folder = doctr(
        tmp_path / "set", {"a.png": A, "b.png": f" {B.lower()}\n", "c.png": "", "d.png": A[1:], "gone.png": C}
    )
    (folder / "images" / "gone.png").unlink()
    (folder / "glyphs.json").write_text("{}")
    found = read_photos([folder])
    assert told(found.labelled) == [("a.png", A, None, ""), ("b.png", B, None, "")]
    assert found.labelled[0].path == folder / "images" / "a.png"
    assert told(found.unlabelled) == [("c.png", "", None, "")]
    assert found.problems[0].startswith(f"{folder / 'labels.json'}, 'd.png': vin: got 16 characters")
    assert "'gone.png': image: got no such file" in found.problems[1]
    assert len(found.problems) == 2


def test_a_name_that_is_twice_in_a_docTR_folder(tmp_path: Path) -> None:
    folder = doctr(tmp_path, {"a.png": A, "b.png": B})
    (folder / "labels.json").write_text(f'{{"a.png": "{A}", "b.png": "{B}", "a.png": "{C}"}}')
    found = read_photos([folder])
    assert labels_of(found) == [("b.png", B)]
    assert len(found.problems) == 2


@pytest.mark.parametrize(
    ("label", "quad"),
    [
        (detection(QUAD), QUAD),
        (detection(QUAD[2:] + QUAD[:2]), QUAD),  # the points come in any order
        (detection(QUAD[::-1]), QUAD),
        (detection([QUAD[i] for i in (0, 2, 1, 3)]), QUAD),
        (detection([[0, 0], [5, 0], [5, 40], [0, 40]]), [[5, 0], [5, 40], [0, 40], [0, 0]]),  # it stands: it runs down
        (detection([[0, 40], [30, 0], [34, 3], [4, 43]]), [[0, 40], [30, 0], [34, 3], [4, 43]]),
        (detection([[0, 0], [9, 0], [9, 9], [0, 9]], BOX, [[0, 50], [80, 50], [80, 80], [0, 80]]), BOX),
        (detection(words=[BOX], logo=[[[0, 0], [9, 0], [9, 9], [0, 9]]]), BOX),
        (detection(words=[[[0, 0], [90, 0], [90, 2], [0, 2]]], VIN=[BOX]), BOX),  # nothing is likelier than that name
        (detection(), None),
        (detection(words=[]), None),
    ],
)
def test_a_detection_set_says_where_text_is(
    label: dict[str, Any], quad: list[list[int]] | None, tmp_path: Path
) -> None:
    found = read_photos([doctr(tmp_path, {"a.jpg": label})])
    assert found.problems == ()
    assert found.labelled == ()
    assert told(found.unlabelled) == [("a.jpg", "", quad, "")]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (detection(BOX, BOX[:3]), "polygons: got [[1, 2], [30, 2], [30, 9]], expected four points"),
        (detection([[1, 2], [30, 2], [30, "x"], [1, 9]]), "expected four points of two numbers"),
        (detection([[1, 2], [30, None], [30, 9], [1, 9]]), "expected four points of two numbers"),
        (detection([[1, 2], [30], [30, 9], [1, 9]]), "expected four points of two numbers"),
        (detection([[1, 2], [30, 10**400], [30, 9], [1, 9]]), "expected four points of two numbers"),
        (detection([[1, 2], [30, float("nan")], [30, 9], [1, 9]]), "expected four points of two numbers"),
        (detection([[1, 2]] * 4), "round some area"),
        ({"img_hash": "0"}, "expected a string or an object with a list 'polygons'"),
        ({"polygons": {"words": 3}}, "expected a string or an object with a list 'polygons'"),
        (7, "expected a string or an object with a list 'polygons'"),
        (None, "expected a string or an object with a list 'polygons'"),
    ],
)
def test_what_is_wrong_in_a_detection_set_costs_that_picture(label: Any, said: str, tmp_path: Path) -> None:
    found = read_photos([doctr(tmp_path, {"a.jpg": label, "b.jpg": detection(BOX)})])
    assert told(found.unlabelled) == [("b.jpg", "", BOX, "")]
    (problem,) = found.problems
    assert problem.startswith(f"{tmp_path / 'labels.json'}, 'a.jpg': ")
    assert said in problem


def test_a_polygon_is_four_points() -> None:
    with pytest.raises(ValueError, match="expected four points of two numbers"):
        quad_of_polygon({})


def test_unlabelled_pictures_are_found_at_any_depth(tmp_path: Path) -> None:
    source = table(tmp_path / "known", f"a.jpg,{A}")
    for name in ("in/b.jpg", "in/deep/c.png", "d.jpg"):
        picture(tmp_path / name)
    (tmp_path / "in" / "note.txt").write_text("no picture")
    (tmp_path / "in" / "e.jpg").symlink_to(tmp_path / "gone.jpg")
    found = read_photos([source], [tmp_path / "in", tmp_path / "d.jpg"])
    assert labels_of(found) == [("a.jpg", A)]
    assert [p.path.name for p in found.unlabelled] == ["b.jpg", "c.png", "d.jpg"]
    (problem,) = found.problems
    assert "e.jpg: image: got no such file" in problem
    assert read_photos([], [tmp_path / "d.jpg"]).labelled == ()


def test_what_is_labelled_counts_as_labelled_only(tmp_path: Path) -> None:
    source = table(tmp_path, f"a.jpg,{A}", "b.jpg,")
    shutil.copy(tmp_path / "a.jpg", tmp_path / "copy.jpg")
    found = read_photos([source], [tmp_path])
    assert labels_of(found) == [("a.jpg", A)]
    assert [p.path.name for p in found.unlabelled] == ["b.jpg"]
    assert found.problems == ()


def test_the_same_picture_with_the_same_vin_counts_once(tmp_path: Path) -> None:
    path = table(tmp_path, f"a.jpg,{A}", f"b.jpg,{B}", f"./a.jpg,{A}", f"copy.jpg,{A}")
    shutil.copy(tmp_path / "a.jpg", tmp_path / "copy.jpg")
    again = table(tmp_path / "more", f"../b.jpg,{B}")
    found = read_photos([path, again])
    assert labels_of(found) == [("a.jpg", A), ("b.jpg", B)]
    assert found.problems == (
        f"{path}, line 4: got the same picture as {path}, line 2; it counts once",
        f"{path}, line 5: got the same picture as {path}, line 2; it counts once",
        f"{again}, line 2: got the same picture as {path}, line 3; it counts once",
    )


def test_pictures_that_are_only_as_long_are_two(tmp_path: Path) -> None:
    path = table(tmp_path, f"a.bmp,{A}", f"b.bmp,{A}")
    assert (tmp_path / "a.bmp").stat().st_size == (tmp_path / "b.bmp").stat().st_size
    assert labels_of(read_photos([path])) == [("a.bmp", A), ("b.bmp", A)]


def test_only_files_of_equal_size_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path, f"a.bmp,{A}", f"b.bmp,{B}", f"c.jpg,{C}", f"../{tmp_path.name}/c.jpg,{C}")
    read: list[str] = []
    digest = module._digest
    monkeypatch.setattr(module, "_digest", lambda path: read.append(Path(path).name) or digest(path))
    assert len(read_photos([path]).labelled) == 3
    assert sorted(read) == ["a.bmp", "b.bmp"]


def test_a_file_that_cannot_be_opened_is_left_to_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    path = table(tmp_path, f"a.bmp,{A}", f"b.bmp,{B}")
    monkeypatch.setattr("hashlib.file_digest", refuse)
    assert labels_of(read_photos([path])) == [("a.bmp", A), ("b.bmp", B)]


def test_what_is_said_of_a_name_that_is_not_utf_8_can_be_written(tmp_path: Path) -> None:
    os.symlink("gone", os.fsencode(tmp_path) + b"/\xff.jpg")
    found = read_photos([table(tmp_path, f"a.jpg,{A}")], [tmp_path])
    (problem,) = found.problems
    assert f"{tmp_path}/\ufffd.jpg: image: got no such file".encode() in problem.encode()


def test_a_picture_with_two_vins_counts_with_neither(tmp_path: Path) -> None:
    path = table(tmp_path, f"a.jpg,{A}", f"b.jpg,{B}", f"copy.jpg,{C}", f"a.jpg,{A}")
    shutil.copy(tmp_path / "a.jpg", tmp_path / "copy.jpg")
    found = read_photos([path])
    assert labels_of(found) == [("b.jpg", B)]
    assert found.unlabelled == ()
    assert found.problems == (
        f"{path}, line 2: got '{A}' for the picture that is '{C}' in {path}, line 4; both are left out",
        f"{path}, line 4: got '{C}' for the picture that is '{A}' in {path}, line 2; both are left out",
        f"{path}, line 5: got '{A}' for the picture that is '{C}' in {path}, line 4; both are left out",
    )


def test_unlabelled_pictures_count_once(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.jpg")
    shutil.copy(tmp_path / "in" / "a.jpg", tmp_path / "in" / "b.jpg")
    found = read_photos([], [tmp_path / "in"])
    assert [p.path.name for p in found.unlabelled] == ["a.jpg"]
    assert found.problems == (
        f"{tmp_path / 'in/b.jpg'}: got the same picture as {tmp_path / 'in/a.jpg'}; it counts once",
    )


def test_a_source_without_vins_lends_its_boxes(tmp_path: Path) -> None:
    boxes = doctr(tmp_path / "set", {"a.jpg": detection(QUAD), "b.jpg": detection(QUAD)})
    rows = [f"set/images/a.jpg,{A},,,,", f"set/images/b.jpg,{B},1,2,30,9"]
    source = table(tmp_path, *rows, head="image,vin,x0,y0,x1,y1")
    for order in ([boxes, source], [source, boxes]):
        found = read_photos(order)
        assert told(found.labelled) == [("a.jpg", A, QUAD, ""), ("b.jpg", B, BOX, "")]
        assert found.unlabelled == found.problems == ()


def test_a_row_without_a_vin_lends_its_split(tmp_path: Path) -> None:
    found = read_photos([table(tmp_path, f"a.jpg,{A},", "a.jpg,,test", head="image,vin,split")])
    assert told(found.labelled) == [("a.jpg", A, None, "test")]
    assert found.unlabelled == found.problems == ()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.csv", None, r"gone\.csv: No such file"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", r"photo\.jpg: not text in UTF-8"),
        ("a.csv", b"", r"a\.csv: got the columns \(\), expected 'image' and 'vin' among them"),
        ("a.csv", b"image,text\n", r"a\.csv: got the columns \['image', 'text'\], expected 'image' and 'vin'"),
        ("a.csv", b"image,vin,x0,y0,x1\n", "expected all of x0,y0,x1,y1, or of x0,y0,x1,y1,x2,y2,x3,y3"),
        ("a.csv", b'image,vin\na,"' + b"x" * 200_000, r"a\.csv: not a table of comma-separated values"),
        ("labels.json", b"{", r"labels\.json: not JSON"),
        ("labels.json", b"[" * 100_000, r"labels\.json: not JSON"),
        ("labels.json", b"[1]", r"labels\.json: got list, expected an object"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(name: str, content: bytes | None, said: str, tmp_path: Path) -> None:
    good = table(tmp_path / "good", f"a.jpg,{A}")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_photos([good, tmp_path / name])


def test_a_folder_that_is_no_source_is_refused(tmp_path: Path) -> None:
    table(tmp_path, f"a.jpg,{A}", name="mine.csv")
    with pytest.raises(ValueError, match=r"got neither of labels\.json and labels\.csv, expected a folder with"):
        read_photos([tmp_path])
    table(tmp_path, f"a.jpg,{A}")
    doctr(tmp_path, {"b.jpg": B})
    with pytest.raises(ValueError, match=r"got both of labels\.json and labels\.csv.* name the file itself"):
        read_photos([tmp_path])
    assert labels_of(read_photos([tmp_path / "labels.json"])) == [("b.jpg", B)]


def test_unlabelled_folders_that_give_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="gone: there is no such file or folder"):
        read_photos([], [tmp_path / "gone"])
    with pytest.raises(ValueError, match="got a folder without pictures"):
        read_photos([], [tmp_path])


def test_where_nothing_is_left_it_says_why(tmp_path: Path) -> None:
    rows = [f"{name}.jpg,{A}{name}" for name in "abcd"]
    with pytest.raises(ValueError, match="no photo to learn from: 4 rows or files were left out, such as") as said:
        read_photos([table(tmp_path, *rows)])
    assert [f"line {line}: vin: got 18" in str(said.value) for line in (2, 3, 4, 5)] == [True, True, True, False]
    with pytest.raises(ValueError, match=r"no photo to learn from: 0 rows or files were left out$"):
        read_photos([table(tmp_path)])


def test_pages_are_pictures_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(written(A, B))
    (tmp_path / "b.pdf").write_bytes(written(A, B))  # the same document
    names = tmp_path / "labels.csv"
    names.write_text(f"image,vin\na.pdf#2,{B}\nb.pdf#9,{C}\nc.pdf#1,\n")
    photos = read_photos([names], [tmp_path])
    assert labels_of(photos) == [("a.pdf#2", B), ("b.pdf#9", C)]
    assert [photo.path.name for photo in photos.unlabelled] == ["a.pdf#1"]
    assert any("got no such file" in problem and "c.pdf#1" in problem for problem in photos.problems)
