from __future__ import annotations

from pathlib import Path

import pytest

from vinchar.evaluation.scored import Label, labelled_pictures, match_labels, read_labels
from vinchar.imaging import Url

A, B = Label("1HGCM82633A004352"), Label("WVWZZZ1JZ3W386752")


def test_read_labels_keeps_vins_and_single_characters(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        f"\ufeffimage,kind,vin\na.jpg,strip,{A.text}\nb.jpg,photo,\nglyphs/z.png,glyph,z\n", encoding="utf-8"
    )
    assert read_labels(path) == {"a.jpg": A, "glyphs/z.png": Label("Z")}


def test_labels_of_a_spreadsheet_that_parts_by_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"image;vin\na, b.jpg;{A.text}\n")
    assert read_labels(path) == {"a, b.jpg": A}


def test_labels_may_tell_kinds_of_pictures_apart(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"image,vin,group\na.jpg,{A.text}, door label\nb.jpg,{B.text},\nc.jpg,{B.text}\n")
    assert read_labels(path) == {"a.jpg": Label(A.text, "door label"), "b.jpg": B, "c.jpg": B}


def test_read_labels_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"image,vin\na.jpg,{A.text}\nb.jpg,{A.text[:-1]}O\n")
    with pytest.raises(ValueError, match=r"labels.csv, line 3: got '1HGCM82633A00435O'"):
        read_labels(path)
    path.write_text("file,number\n")
    with pytest.raises(ValueError, match="expected 'image' and 'vin'"):
        read_labels(path)
    path.write_text("")
    with pytest.raises(ValueError, match="expected 'image' and 'vin'"):
        read_labels(path)


def test_a_path_below_the_folder_comes_before_a_name(tmp_path: Path) -> None:
    pictures = [tmp_path / "a" / "x.jpg", tmp_path / "b" / "x.jpg", tmp_path / "b" / "y.jpg"]
    labels = {"a/x.jpg": A, "b/x.jpg": B}
    assert match_labels(labels, [tmp_path], pictures) == [A, B, None]
    assert match_labels({"x.jpg": A}, [tmp_path / "a"], pictures) == [A, None, None]


def test_a_name_counts_where_it_is_clear(tmp_path: Path) -> None:
    labels = {"original/x.jpg": A, "other/y.jpg": A, "third/y.jpg": B}
    assert match_labels(labels, [tmp_path], [tmp_path / "x.jpg", tmp_path / "y.jpg"]) == [A, None]
    assert match_labels(labels, [tmp_path], [tmp_path / "p" / "x.jpg", tmp_path / "q" / "x.jpg"]) == [None, None]


def test_an_address_is_labelled_as_it_is(tmp_path: Path) -> None:
    first, second, third = (Url(f"https://{host}.example/door.jpg") for host in ("one", "two", "three"))
    labels = {first.address: A, second.address: B, "scan.pdf#2": A}
    pictures = [second, third, first, tmp_path / "scan.pdf#1", tmp_path / "scan.pdf#2"]
    assert match_labels(labels, [tmp_path], pictures) == [B, None, A, None, A]
    assert match_labels({"door.jpg": A}, [tmp_path], [first]) == [A]


def test_the_labelled_pictures_of_a_folder(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.png", "note.txt"):
        (tmp_path / name).touch()
    path = tmp_path / "labels.csv"
    path.write_text(f"image,vin\nb.png,{B.text}\nc.png,{A.text}\n")
    assert labelled_pictures(path, tmp_path) == [(tmp_path / "b.png", B)]
    path.write_text(f"image,vin\nc.png,{A.text}\n")
    with pytest.raises(ValueError, match="names none of the 2 pictures"):
        labelled_pictures(path, tmp_path)
