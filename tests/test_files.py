from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from vinchar.files import table_errors, write_whole


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


def test_a_table_with_an_open_quote_is_named(tmp_path: Path) -> None:
    rows = csv.reader(['"' + "a" * csv.field_size_limit(), "a"])
    with pytest.raises(ValueError, match=r"a\.csv: not a table"), table_errors(tmp_path / "a.csv"):
        list(rows)
