from __future__ import annotations

from pathlib import Path

import pytest

from vinchar.evaluation.labels import match_labels, read_labels

A, B = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"


def test_read_labels_keeps_vins_and_single_characters(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"\ufeffimage,kind,vin\na.jpg,strip,{A}\nb.jpg,photo,\nglyphs/z.png,glyph,z\n", encoding="utf-8")
    assert read_labels(path) == {"a.jpg": A, "glyphs/z.png": "Z"}


def test_read_labels_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"image,vin\na.jpg,{A}\nb.jpg,{A[:-1]}O\n")
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
