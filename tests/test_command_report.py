"""``vinchar read`` with ``--annotate``, ``--labels`` and ``--report``: what is made beside the lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import pytest
from name_reader import OTHER, VIN, Folder, run

import vinchar.evaluation


def test_annotate_draws_what_could_be_opened(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = folder("Z.png", "sub/Z.png", "sub/A.bmp", "sky.jpg")
    (pictures / "empty.jpg").touch()
    run(pictures, "--annotate", tmp_path / "out")
    drawn = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert drawn == ["Z.png", "sky.jpg", "sub/A.bmp.png", "sub/Z.png"]
    assert len(capsys.readouterr().err.splitlines()) == 3  # why sky and empty were not read, the counts, and no more
    assert cv2.imread(str(tmp_path / "out" / "Z.png")).shape == (20, 60, 3)


def test_annotate_never_writes_over_the_pictures(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png")
    before = (pictures / "Z.png").read_bytes()
    assert run(pictures, "--annotate", pictures) == 2
    assert "would write over the pictures" in capsys.readouterr().err
    assert (pictures / "Z.png").read_bytes() == before


def test_annotate_spares_pictures_that_are_not_read(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder("Z.png", "new/Z.png")
    before = (pictures / "Z.png").read_bytes()
    assert run(pictures / "new", "--annotate", pictures) == 2
    assert "would write over the pictures" in capsys.readouterr().err
    assert (pictures / "Z.png").read_bytes() == before


def test_labels_and_report(folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = folder(f"{VIN}.jpg", f"maybe-{VIN}.jpg", "Z.png", "A.png")
    labels = pictures / "labels.csv"
    labels.write_text(f"image,vin\n{VIN}.jpg,{VIN}\nmaybe-{VIN}.jpg,{OTHER}\nZ.png,Z\n")
    assert run(pictures, "--labels", labels, "--report", tmp_path / "report") == 0
    summary = json.loads((tmp_path / "report" / "summary.json").read_text())
    assert summary["vin"]["exact_match"] == 0.5
    assert summary["glyph"]["exact_match"] == 1.0
    said = capsys.readouterr()
    assert "gives a VIN for 3 of the 4 pictures" in said.err
    assert "exact match 0.500" in said.err
    page = (tmp_path / "report" / "index.html").read_text()
    assert f"vinchar read {pictures} --labels {labels} --report {tmp_path / 'report'}" in page
    assert len(said.out.splitlines()) == 4


@pytest.mark.parametrize("content", ["image,vin\nother.png,Z\n", "image,vin\nZ.png,12\n", "a,b\n", None])
def test_labels_that_do_not_serve(
    content: str | None, folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.csv"
    if content is not None:
        labels.write_text(content)
    assert run(folder("Z.png"), "--labels", labels, "--report", tmp_path / "report") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"vinchar: {labels}")
    assert len(said.err.splitlines()) == 1


def test_evaluation_not_installed_is_said_before_reading(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("metrics", "plots", "reports", "reading_report", "page"):
        monkeypatch.delitem(sys.modules, f"vinchar.evaluation.{name}", raising=False)
        monkeypatch.delattr(vinchar.evaluation, name, raising=False)
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    (tmp_path / "labels.csv").write_text("image,vin\nZ.png,Z\n")
    assert run(folder("Z.png"), "--labels", tmp_path / "labels.csv", "--report", tmp_path / "report") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "python3 -m pip install '.[report]'" in said.err


def test_where_the_report_goes_is_made_before_anything_is_read(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, taken = folder("Z.png"), tmp_path / "taken"
    (tmp_path / "labels.csv").write_text("image,vin\nZ.png,Z\n")
    taken.write_text("a file")
    assert run(pictures, "--labels", tmp_path / "labels.csv", "--report", taken) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert str(taken) in said.err
