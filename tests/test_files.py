from __future__ import annotations

import csv
import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from vinchar.files import remove_parts, table_rows, whole_file, whole_folder, write_whole


def test_writes_text_and_bytes_into_new_folders(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "a.txt"
    assert write_whole(target, "\u00fc") == target
    assert target.read_bytes() == b"\xc3\xbc"
    write_whole(target, b"\x00")
    assert target.read_bytes() == b"\x00"
    assert os.listdir(target.parent) == ["a.txt"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, "new")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("a" * 250 + ".txt")
    assert write_whole(target, "x").read_text() == "x"


def test_the_name_written_to_ends_as_the_file_does(tmp_path: Path) -> None:
    with whole_file(tmp_path / "net.weights.h5") as part:
        assert part.name.endswith(".weights.h5")  # Keras goes by it
        part.write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["net.weights.h5"]


@pytest.mark.parametrize("fails", ["what is done in it", "its move"])
def test_the_old_folder_stays_until_the_new_one_is_whole_and_nothing_else_goes(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "model"
    for folder, text in ((out, "old"), (tmp_path / "model.old", "a backup of mine")):
        folder.mkdir()
        (folder / "model.json").write_text(text)

    def write(broken: bool) -> None:
        with whole_folder(out, replace=True) as part:
            (part / "model.json").write_text("new")
            if broken:
                raise OSError(28, "No space left on device")

    def move(self: Path, to: Path) -> Path:
        if to == out and (self / "model.json").read_text() == "new":
            raise OSError(28, "No space left on device")
        return rename(self, to)

    rename = Path.rename
    with monkeypatch.context() as patch:
        if fails == "its move":
            patch.setattr(Path, "rename", move)
        with pytest.raises(OSError, match="No space"):
            write(fails != "its move")
    assert (out / "model.json").read_text() == "old"
    write(broken=False)
    assert (out / "model.json").read_text() == "new"
    assert (tmp_path / "model.old" / "model.json").read_text() == "a backup of mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "model.old"]


def test_what_a_kill_left_half_written_can_be_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".part.npz").write_text("mine")
    killed: list[AbstractContextManager[Path]] = []
    for kind in (whole_file, whole_folder):
        killed.append(kind(tmp_path / "deep" / "scenes.npz"))
        part = killed[-1].__enter__()  # and never left
        (part / "a" if part.is_dir() else part).write_text("half")
    assert len(list((tmp_path / "deep").iterdir())) == 3
    remove_parts(tmp_path)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == [".part.npz"]


def test_a_table_with_an_open_quote_is_named(tmp_path: Path) -> None:
    text = 'image,vin\n"' + "a" * (csv.field_size_limit() + 1)
    with table_rows(tmp_path / "a.csv", "image\n") as rows:
        assert list(rows) == []
    with pytest.raises(ValueError, match=r"a\.csv: not a table"), table_rows(tmp_path / "a.csv", text) as rows:
        list(rows)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_parted_as_its_header_is(mark: str, tmp_path: Path) -> None:
    text = f"image{mark}vin\na.jpg{mark}X;Y\n" if mark != ";" else "image;vin\na.jpg;X,Y\n"
    with table_rows(tmp_path, text) as rows:
        (row,) = rows
    assert (row["image"], len(row["vin"])) == ("a.jpg", 3)
