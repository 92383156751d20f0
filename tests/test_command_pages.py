"""``vinchar read`` of documents of several pages, of lists, of patterns and of the web, whatever else is asked."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import pytest
from name_reader import run
from pdfs import locked, written
from twins import VIN, label

from vinchar import imaging
from vinchar.command.main import main
from vinchar.imaging import ImageError, load
from vinchar.reading import Reading

OTHER, THIRD = "WVWZZZ1JZ3W386752", "5YJ3E1EA2KF317000"


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "scans"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "scan.pdf").write_bytes(written(VIN, "no number", OTHER, size=14))
    label(THIRD).save(folder / "one.png")
    label(VIN).save(folder / "two.tif", save_all=True, append_images=[label(OTHER)])
    return folder


PAGES = ["deep/scan.pdf#1", "deep/scan.pdf#2", "deep/scan.pdf#3", "one.png", "two.tif#1", "two.tif#2"]
VINS = [VIN, None, OTHER, THIRD, VIN, OTHER]


def read(*argv: Any) -> int:
    return main(["read", *map(str, argv)])


def lines(text: str) -> list[tuple[str, str | None, str]]:
    return [(one["image"], one["vin"], one["status"]) for one in map(json.loads, text.splitlines())]


@pytest.mark.parametrize("workers", [1, 2])
def test_each_page_is_a_line(workers: int, scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scans / "locked.pdf").write_bytes(locked())
    (scans / "nothing.pdf").write_bytes(b"%PDF-1.7 no more")
    assert read("scans", "--workers", workers, "--format", "jsonl") == 1
    said = capsys.readouterr()
    found = {image: (vin, status) for image, vin, status in lines(said.out)}
    assert [found[f"scans/{page}"][0] for page in PAGES] == VINS
    assert len(said.out.splitlines()) == len(PAGES) + 2
    assert found["scans/locked.pdf"] == found["scans/nothing.pdf"] == (None, "error")
    assert "scans/locked.pdf: the document needs a password" in said.err
    assert "scans/nothing.pdf: the document is broken" in said.err
    assert "8 pictures: 5 ok, 1 not found, 2 error" in said.err


def test_a_page_is_named(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read("scans/deep/scan.pdf#3", "scans/two.tif#1") == 0
    assert capsys.readouterr().out == f"{OTHER}, scans/deep/scan.pdf#3\n{VIN}, scans/two.tif#1\n"


@pytest.mark.parametrize("form", ["csv", "jsonl", "txt"])
def test_a_killed_run_goes_on_at_a_page(form: str, scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    def counting(source: Any, **how: Any) -> Any:
        if len(loaded) == 2:
            raise KeyboardInterrupt
        loaded.append(str(source))
        return load(source, **how)

    monkeypatch.setattr("vinchar.reader.load", counting)
    assert read("scans/deep/scan.pdf", "--output", f"out.{form}") == 130
    monkeypatch.setattr("vinchar.reader.load", lambda source, **how: loaded.append(str(source)) or load(source, **how))
    assert read("scans/deep/scan.pdf", "--output", f"out.{form}", "--resume") == 1
    names = [f"scans/deep/scan.pdf#{number}" for number in (1, 2, 3)]
    if form == "txt":  # where no VIN was found looks as what could not be read, and is tried again
        assert loaded == [*names[:2], *names[1:]]
    else:
        assert loaded == names
    text = Path(f"out.{form}").read_text()
    assert [text.count(name) for name in names] == [1, 1, 1]


def test_pages_are_drawn_each_on_its_own(scans: Path) -> None:
    assert read("scans", "--annotate", "drawn") == 1
    names = sorted(str(path.relative_to("drawn")) for path in Path("drawn").rglob("*.*"))
    assert names == [f"{page}.png" if "#" in page else page for page in PAGES]
    shape = cv2.imread("drawn/deep/scan.pdf#3.png").shape  # type: ignore[union-attr]
    assert shape == (2339, 1653, 3)


def test_pages_have_labels(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("image", "vin"), ("scans/deep/scan.pdf#1", VIN), ("two.tif#2", VIN), ("one.png", THIRD)]
        )
    assert read("scans", "--labels", "labels.csv", "--report", "report", "--no-causes") == 1
    said = capsys.readouterr().err
    assert "gives a VIN for 3 of the 6 pictures" in said
    text = "".join(table.read_text() for table in Path("report").rglob("*.csv"))
    assert "scan.pdf#1" in text
    assert "two.tif#2" in text


def test_a_list_from_another_program(scans: Path) -> None:
    listed = "".join(f"{name}\0" for name in ("scans/one.png", "scans/deep/scan.pdf#1"))
    command = [sys.executable, "-m", "vinchar", "read", "-"]
    where = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, input=listed.encode(), capture_output=True, check=True, env=where)
    assert done.stdout.decode() == f"{THIRD}, scans/one.png\n{VIN}, scans/deep/scan.pdf#1\n"


class Spelled:
    """Says which picture it was asked for."""

    def read(self, source: Any, kind: str = "auto") -> Reading:
        try:
            load(source)
        except ImageError as error:
            return Reading(str(source), "photo", None, "error", reasons=(str(error),))
        return Reading(str(source), "photo", VIN, "ok", 0.9)


def test_patterns_and_lists(scans: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("scans\\*.png", "scans/*.png", make=Spelled) == 0
    said = capsys.readouterr()
    assert said.out == f"{VIN}, scans/one.png\n"
    assert "1 named more than once" in said.err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"scans/two.tif\nscans/gone.png\n")))
    assert run("-", make=Spelled) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [f"{VIN}, scans/two.tif#1", f"{VIN}, scans/two.tif#2", "-, scans/gone.png"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    assert run("-", make=Spelled) == 1
    assert capsys.readouterr().err == "vinchar: no pictures in -\n"
    monkeypatch.setattr(sys, "stdin", None)
    assert run("-", make=Spelled) == 1
    assert capsys.readouterr().out == "-, -\n"


def test_the_web_only_where_it_is_allowed(
    scans: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(url: imaging.Url) -> bytes:
        fetched.append(url.address)
        if "gone" in url.address:
            raise ImageError("the server says 404 Not Found", "unreadable-file")
        return (scans / "one.png").read_bytes()

    monkeypatch.setattr("vinchar.web.fetch", fetch)
    address = "https://pictures.example/photos/one.png?size=1"
    assert run(address, make=Spelled) == 1
    said = capsys.readouterr()
    assert "what lies on the web is read with --allow-urls" in said.err
    assert fetched == []
    given = (address, "scans/one.png", "https://pictures.example/gone", address)
    Path("labels.csv").write_text(f"image,vin\n{address},{VIN}\n")
    more = ("--annotate", "drawn", "--output", "out.txt", "--allow-urls")
    assert run(*given, *more, make=Spelled) == 1
    assert fetched.count(address) == 2  # it is drawn, too
    expected = f"{VIN}, {address}\n{VIN}, scans/one.png\n-, https://pictures.example/gone\n"
    assert Path("out.txt").read_text() == expected
    drawn = sorted(path.name for path in Path("drawn").iterdir())
    assert len(drawn) == 2
    assert drawn[0].startswith("https%3A%2F%2Fpictures.example%2Fphotos%2Fone.png%3Fsize%3D1-")
    assert drawn[1] == "one.png"
    capsys.readouterr()
    fetched.clear()
    assert run(*given, *more, "--resume", make=Spelled) == 1
    assert fetched == ["https://pictures.example/gone"]
    assert run(address, "--allow-urls", "--labels", "labels.csv", "--report", "report", "--no-causes") == 1
    assert "gives a VIN for" not in capsys.readouterr().err  # it has one for all
