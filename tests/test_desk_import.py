"""``vinchar desk``: pictures from folders and tables to the desk, labels from it, and what is out of date deleted."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_tasks import OTHER, VIN, new, picture, reading
from pdfs import written

from vinchar.command.main import main
from vinchar.imaging import ImageError, load
from vinchar.reading import Reading
from vinchar.service.desk.importing import find_candidates
from vinchar.service.desk.store import Store, open_store, utc_now

Desk = Callable[..., int]


class SizeReader:
    """Is the surer the more bytes a picture has; counts what it reads."""

    def __init__(self) -> None:
        self.read_names: list[str] = []

    def read(self, source: bytes, name: str) -> Reading:
        self.read_names.append(name)
        try:
            load(source)
        except ImageError as error:
            return Reading(name, "photo", None, "error", reasons=(str(error),))
        return reading(VIN, len(source) / 10_000)


@pytest.fixture
def reader() -> SizeReader:
    return SizeReader()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: SizeReader) -> Desk:
    """Runs the command in a folder that has pictures in it."""
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate(("b.png", "a.jpg", "deep/c.png")):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number, path.suffix))

    def run(*argv: Any) -> int:
        return main(["desk", *map(str, argv)], lambda: reader)  # type: ignore[arg-type, return-value]

    return run


def names(where: str = "vinchar.db") -> list[str]:
    store = open_store(where)
    found = [task.image for task in store.tasks()]
    store.close()
    return found


def in_order(where: str = "vinchar.db") -> list[str]:
    """The names of pictures as a clerk is shown them."""
    store, found = open_store(where), list[str]()
    while (task := store.next("anna")) is not None:
        found.append(task.image)
        store.answer(task.id, "anna", "unreadable")
    store.close()
    return found


def test_a_folder_is_imported(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk("import", "photos") == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "vinchar: 3 pictures added, 0 known already\n")
    assert names() == ["a.jpg", "b.png", "deep/c.png"]
    store = open_store("vinchar.db")
    task = store.task(3)
    assert (task.looks, task.expires_at, task.media_type) == (1, None, "image/png")
    assert store.picture(3).data == Path("photos/deep/c.png").read_bytes()
    store.close()


def test_a_video_is_no_picture_for_the_desk(
    desk: Desk, reader: SizeReader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be read, but not be shown."""
    monkeypatch.setattr(reader, "read", lambda data, name: reading(VIN, 0.5))
    Path("photos/walk.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(40))
    desk("import", "photos")
    assert "walk.mp4: it is a video" in capsys.readouterr().err
    assert names() == ["a.jpg", "b.png", "deep/c.png"]


def test_importing_again_is_harmless(desk: Desk, reader: SizeReader, capsys: pytest.CaptureFixture[str]) -> None:
    desk("import", "photos/a.jpg")
    store = open_store("vinchar.db")
    store.answer(1, "anna", "read", OTHER)
    store.add(new(0, data=picture(0, ".png"), expires_at=utc_now() - timedelta(days=1)))  # kept from an upload
    store.close()
    capsys.readouterr()
    Path("photos/again.png").write_bytes(picture(0, ".png"))
    assert desk("import", "photos", "photos", "--looks", "2") == 0
    assert capsys.readouterr().err == "vinchar: 1 pictures added, 7 known already\n"
    assert reader.read_names == ["a.jpg", "deep/c.png"]
    assert desk("purge") == 0
    assert capsys.readouterr().err == "vinchar: 0 pictures deleted, whose time was over\n"  # what is imported stays
    store = open_store("vinchar.db")
    assert [(task.state, task.looks) for task in store.tasks()] == [("settled", 1), ("open", 1), ("open", 2)]
    store.close()


def test_what_is_least_sure_comes_first(desk: Desk) -> None:
    for number, size in enumerate((5000, 1000, 3000)):
        Path(f"photos/{size}.png").write_bytes(picture(number).ljust(size, b"\0"))
    desk("import", "photos/5000.png", "photos/1000.png", "photos/3000.png")
    assert in_order() == ["1000.png", "3000.png", "5000.png"]


def test_what_is_suggested_keeps_its_order(desk: Desk) -> None:
    """A table as ``adapt --suggest`` writes it, and then the folder its photos are in."""
    worths = (("deep/c.png", 3.5), ("a.jpg", 1.25), ("b.png", 1.25))
    lines = [f"../photos/{name},{OTHER},0.5000,{worth:.4f},it is not sure" for name, worth in worths]
    Path("report").mkdir()
    Path("report/suggested.csv").write_text("\n".join(["image,vin,confidence,worth,why", *lines, ""]))
    Path("photos/z.png").write_bytes(picture(7))
    desk("import", "photos", "report/suggested.csv")
    assert in_order() == ["deep/c.png", "a.jpg", "b.png", "z.png"]


def test_a_table_says_more(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\ufeffImage;image;split;worth\n;photos/a.jpg;Val;\n;photos/b.png;;2\n;photos/deep/c.png;train;-1e3\n;;;\n"
    Path("some.csv").write_text(text, encoding="utf-8")
    assert desk("import", "some.csv", "--looks", "3") == 0
    store = open_store("vinchar.db")
    found = [(task.image, task.split, task.looks) for task in store.tasks()]
    store.close()
    assert found == [("photos/a.jpg", "validation", 3), ("photos/b.png", "", 3), ("photos/deep/c.png", "train", 3)]
    assert in_order() == ["photos/b.png", "photos/a.jpg", "photos/deep/c.png"]


def test_a_row_that_is_wrong_and_a_broken_picture_cost_a_sentence_each(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("photos/broken.jpg").write_bytes(picture(5, ".jpg")[:200])
    Path("photos/letter.png").write_text("hello")
    os.mkfifo("photos/pipe.png")
    rows = [
        "absent.png,,",
        ",x,",
        "photos/a.jpg,,most",
        "photos/a.jpg,half,1",
        "photos/a.jpg,,1,5",
        "photos/b.png,,inf",
    ]
    Path("some.csv").write_text("\n".join(["image,split,worth", *rows]))
    assert desk("import", "some.csv", "photos") == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "vinchar: left out: some.csv, line 3: image: got nothing, expected the path of a picture",
        "vinchar: left out: some.csv, line 4: worth: got 'most', expected a number or nothing",
        "vinchar: left out: some.csv, line 5: split: got 'half', expected val, train, validation, test or nothing",
        "vinchar: left out: some.csv, line 6: got more cells than columns, expected quotes round a text that holds what"
        " parts the columns",
        "vinchar: left out: some.csv, line 7: worth: got 'inf', expected a number or nothing",
        "vinchar: left out: absent.png: there is no such file",
        "vinchar: left out: photos/broken.jpg: the picture is truncated: its end is missing",
        "vinchar: left out: photos/letter.png: it is not a picture (JPEG, PNG, BMP, WebP, TIFF, GIF, HEIC, AVIF"
        " or PDF)",
        "vinchar: left out: photos/pipe.png: it is not an ordinary file",
        "vinchar: 3 pictures added, 0 known already, 9 left out",
    ]
    assert names() == ["a.jpg", "b.png", "deep/c.png"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["import", "absent"], "absent: there is no such file or folder"),
        (["import", "empty"], "empty: got a folder without pictures, expected some in it or below"),
        (["import", "other.csv"], "other.csv: got the columns ['vin'], expected 'image' among them"),
        (["import", "binary.csv"], "binary.csv: not text in UTF-8"),
        (["import", "photos", "--store", "mysql://host/name"], "store: got a URL of 'mysql'"),
        (["import", "photos", "--store", "empty"], "empty: it cannot be used as the desk's store"),
        (["export", "--out", "out"], "vinchar.db: there is no such store"),
        (["purge"], "vinchar.db: there is no such store"),
    ],
)
def test_what_does_not_serve(argv: list[str], said: str, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    Path("other.csv").write_text("vin\nx\n")
    Path("binary.csv").write_bytes(b"\xff\xfe\x00")
    assert desk(*argv) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"vinchar: {said}")
    assert len(told.err.splitlines()) == 1
    assert not Path("out").exists()
    assert Path("vinchar.db").exists() == (argv[0] == "import" and "--store" not in argv)


def test_a_model_that_is_none_is_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desk", "import", "photos", "--model", "photos"]) == 2
    assert "photos" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["csv", "doctr"])
def test_labels_are_exported(form: str, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk("import", "photos")
    capsys.readouterr()
    assert desk("export", "--out", "out", "--form", form) == 2
    assert capsys.readouterr().err == "vinchar: no label is settled yet: 3 pictures wait at the desk\n"
    store = open_store("vinchar.db")
    store.answer(1, "anna", "read", VIN)
    store.answer(2, "anna", "read", OTHER)
    store.close()
    assert desk("export", "--out", "out", "--form", form) == 0
    said = capsys.readouterr()
    assert said.out == ""
    left_out = ["vinchar: 1 are not, and why is in out/left_out.csv"] if form == "doctr" else []
    assert said.err.splitlines() == [f"vinchar: {2 - len(left_out)} labels are in out", *left_out]
    assert Path("out/labels.csv" if form == "csv" else "out/labels.json").exists()
    assert desk("export", "--out", "out", "--form", form) == 2
    assert "it is there already; name a new or an empty folder" in capsys.readouterr().err


def test_what_is_out_of_date_is_deleted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store("other.db")
    store.add(new(0, expires_at=utc_now()))
    store.add(new(1, expires_at=utc_now() + timedelta(days=1)))
    store.close()
    assert desk("purge", "--store", "other.db") == 0
    assert capsys.readouterr().err == "vinchar: 1 pictures deleted, whose time was over\n"
    assert names("other.db") == ["1.png"]


@pytest.mark.parametrize("wrong", [["--looks", "0"], ["--looks", "10"], ["--looks", "two"], [], ["--what"]])
def test_wrong_usage(wrong: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk("import", *([] if wrong == [] else ["photos"]), *wrong) == 2
    assert "usage: vinchar" in capsys.readouterr().err
    assert not Path("vinchar.db").exists()


@pytest.mark.parametrize("verb", ["desk", "serve"])
def test_what_to_install_is_said(verb: str) -> None:
    from vinchar.command.talk import missing

    error = ModuleNotFoundError("No module named 'sqlalchemy'", name="sqlalchemy.engine")
    assert missing(error, verb) == "the package sqlalchemy is missing: python3 -m pip install '.[serve]'"


def test_progress_is_shown_to_who_watches(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr", screen := Terminal())
    assert desk("import", "photos") == 0
    assert "3/3" in screen.getvalue()


def test_one_broken_link_is_not_the_end(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "photos" / "link.png").symlink_to("nowhere")
    assert [one.name for one in find_candidates([tmp_path / "photos"]).pictures][-1] == "link.png"
    assert desk("import", "photos") == 1
    assert len(names()) == 3


def test_an_import_that_meets_a_deletion(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "find", lambda *_: 77)  # deleted before it was kept
    assert desk("import", "photos/a.jpg") == 0
    assert names() == ["a.jpg"]


def test_each_page_of_a_document_is_a_task(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.pdf").write_bytes(written(VIN, OTHER))
    (tmp_path / "scans" / "b.pdf").write_bytes(written(VIN))
    assert desk("import", "scans") == 0
    assert names() == ["a.pdf#1", "a.pdf#2", "b.pdf"]
    assert desk("import", "scans") == 0  # they are known
    assert names() == ["a.pdf#1", "a.pdf#2", "b.pdf"]
    assert desk("import", "scans/a.pdf#7") == 1
