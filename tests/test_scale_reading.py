"""Chunks of files, read into tables, while others are fetched; and what is known of those that processes died of."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fragile_reader import FAULTY, GRAY, FragileReader
from pdfs import written
from stores import s3  # noqa: F401
from twins import VIN
from videos import video, views

from vinchar.pixels import ImageError
from vinchar.reader import Reader
from vinchar.reading import Reading
from vinchar.scale import ahead
from vinchar.scale.ahead import fetch, load_ahead, pictures_in
from vinchar.scale.chunks import (
    DEATHS,
    LEAST,
    MOST,
    MOST_BYTES,
    TakenOver,
    begin,
    chunks_of,
    expect_owner,
    taking_over,
)
from vinchar.scale.parts import Done, forget, key_of, part_name, parts_of, read_done, remove_late
from vinchar.scale.reading import FILES, ChunkReader, asked
from vinchar.scale.sources import File, Passed, list_files
from vinchar.scale.storage import Folder, StorageError, folder_at, system
from vinchar.scale.table import SCHEMA, Row, to_parquet

Write = Callable[..., File]


@pytest.fixture
def picture(tmp_path: Path) -> Write:
    """Writes a picture of even gray, as wide as is said."""

    def write(name: str, gray: int = GRAY, width: int = 60) -> File:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), np.full((20, width), gray, np.uint8))
        return next(iter(list_files([str(path)], Passed())))

    return write


@pytest.fixture
def out(tmp_path: Path) -> Folder:
    return folder_at(str(tmp_path / "out"))


def owned(out: Folder) -> str:
    """Begin a run that does not end; return its name."""
    run = taking_over(out)
    name = run.__enter__()
    _RUNS.append(run)  # else it would end here
    return name


_RUNS: list[Any] = []


def read(files: list[File], out: Folder, run: str = "", chunk: int = 0) -> dict[str, int]:
    """Read a chunk; return what it came to."""
    counts = ChunkReader(FragileReader, "auto", out, run or owned(out))(asked(chunk, files))  # type: ignore[arg-type]
    return dict(zip(counts["what"].to_pylist(), counts["count"].to_pylist(), strict=True))


def rows_in(out: Folder) -> list[dict[str, Any]]:
    return [row for name in parts_of(out) for row in pq.read_table(io.BytesIO(out.read(name) or b"")).to_pylist()]


def test_a_chunk_becomes_a_part(picture: Write, out: Folder) -> None:
    good, faulty = picture("good.png", width=77), picture("faulty.png", FAULTY)
    letter, gone = picture("letter.png"), File(good.path + ".png")
    Path(letter.path).write_text("Dear all")
    counts = read([good, faulty, letter, gone], out)
    assert counts == {"ok": 1, "internal-error": 1, "not-a-picture": 1, "unreadable-file": 1, FILES: 4}
    assert parts_of(out) == [part_name(out.read("_run/owner").decode(), 0)]
    assert out.names("_run") == ["owner"]
    rows = rows_in(out)
    assert (
        [row["file"] for row in rows]
        == [row["image"] for row in rows]
        == [good.path, faulty.path, letter.path, gone.path]
    )
    assert [row["fault"] for row in rows] == [None, "internal-error", "not-a-picture", "unreadable-file"]
    assert [row["status"] for row in rows] == ["ok", "error", "error", "error"]
    assert rows[0]["vin"] == f"{77:017d}"
    assert rows[0]["size"] == Path(good.path).stat().st_size
    assert rows[0]["modified"] == datetime.fromtimestamp(Path(good.path).stat().st_mtime, UTC).replace(
        microsecond=Path(good.path).stat().st_mtime_ns // 1000 % 10**6
    )
    assert rows[3]["size"] is rows[3]["modified"] is None
    assert "TypeError: no such thing" in rows[1]["reasons"][0]
    assert Reading.from_dict(json.loads(rows[0]["reading"])).image == good.path


def test_every_key_of_a_reading_has_its_column(out: Folder) -> None:
    picture = next(Path("images/photos").glob("*.jpg"))
    reading = replace(Reader(every=True).read(picture), others=(Reading(None, "photo", "1" * 17, "uncertain"),))
    row = pq.read_table(io.BytesIO(to_parquet([Row(File("a.jpg", 5, 7), reading)]))).to_pylist()[0]
    assert list(row) == SCHEMA.names
    assert Reading.from_dict(json.loads(row["reading"])) == reading
    values = reading.to_dict()
    flat = {"image", "kind", "vin", "status", "confidence", "source", "check_digit", "maker", "region", "model_year",
            "reasons", "without_list", "model"}  # fmt: skip
    assert {name: row[name] for name in flat} == {name: values[name] for name in flat}
    assert [[row[f"{axis}{corner}"] for axis in "xy"] for corner in range(1, 5)] == values["quad"]
    assert {name.removeprefix("quality_"): row[name] for name in row if name.startswith("quality_")} == {
        name: pytest.approx(value, abs=1e-3) for name, value in values["quality"].items()
    }
    assert row["others"] == ["1" * 17]
    shown_otherwise = {"schema", "quad", "quality", "characters", "alternatives"}
    assert values.keys() - shown_otherwise <= row.keys(), "a new key of a reading has no column"


def test_a_name_need_not_be_text(picture: Write, out: Folder, tmp_path: Path) -> None:
    file = picture("a.png")
    path = os.fsdecode(os.fsencode(tmp_path) + b"/b\xe4r.png")
    os.rename(file.path, path)
    assert read([file._replace(path=path)], out) == {"ok": 1, FILES: 1}
    assert rows_in(out)[0]["image"].endswith("b\ufffdr.png")


def test_each_page_is_a_row(out: Folder, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(written("one", "two", "three"))
    (file,) = list_files([str(tmp_path / "scan.pdf")], Passed())
    assert read([file], out) == {"ok": 3, FILES: 1}
    assert [row["image"].removeprefix(file.path) for row in rows_in(out)] == ["#1", "#2", "#3"]
    assert {row["file"] for row in rows_in(out)} == {file.path}


def test_pictures_in_a_store_of_objects(out: Folder, s3: str, tmp_path: Path) -> None:  # noqa: F811
    files = system("s3://")
    _, code = cv2.imencode(".png", np.full((20, 60), GRAY, np.uint8))
    files.pipe_file(f"{s3}/in/a.png", code.tobytes())
    files.pipe_file(f"{s3}/in/b.pdf", written("one", "two"))
    files.pipe_file(f"{s3}/in/c.png", b"")
    listed = [*list_files([f"{s3}/in"], Passed()), File(f"{s3}/in/gone.png"), File("nowhere://x/y.png")]
    store = folder_at(f"{s3}/out")
    assert read(listed, store) == {"ok": 3, "empty": 1, "unreadable-file": 2, FILES: 5}
    rows = rows_in(store)
    assert [row["image"] for row in rows][:3] == [f"{s3}/in/a.png", f"{s3}/in/b.pdf#1", f"{s3}/in/b.pdf#2"]
    assert "there is no such file" in rows[4]["reasons"][0]
    assert "nothing is known that reaches it" in rows[5]["reasons"][0]
    done = read_done(store)
    assert len(done.keys) == 3  # what could not be had is tried again
    assert done.counts == {"ok": 3, "empty": 1, "unreadable-file": 2}


def test_a_video_is_a_row(out: Folder, s3: str, tmp_path: Path) -> None:  # noqa: F811
    content = video(views(count=3))
    (tmp_path / "walk.mp4").write_bytes(content)
    (tmp_path / "broken.mp4").write_bytes(content[:200])
    system("s3://").pipe_file(f"{s3}/walk.mp4", content)
    files = [*list_files([str(tmp_path / "*.mp4"), f"{s3}/walk.mp4"], Passed())]
    counts = ChunkReader(Reader, "auto", out, owned(out))(asked(0, files))
    assert dict(zip(*counts.to_pydict().values(), strict=True)) == {"ok": 2, "broken-picture": 1, FILES: 3}
    broken, here, there = rows_in(out)
    assert broken["status"] == "error"
    assert (here["image"], there["image"]) == (str(tmp_path / "walk.mp4"), f"{s3}/walk.mp4")
    assert here["vin"] == there["vin"] == VIN
    assert here["frame"] in here["frames"]


def test_a_file_too_large_is_not_fetched(s3: str) -> None:  # noqa: F811
    large = fetch(File(f"{s3}/a.jpg", 10**12))
    assert isinstance(large, ImageError)
    assert large.code == "too-large"


def test_the_web_is_asked_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = fetch(File("http://localhost/a.jpg"))
    assert isinstance(answer, ImageError)
    assert "no public address" in str(answer)


def test_files_are_fetched_while_others_are_read(picture: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would come here if each were fetched when its turn has come: all wait for all."""
    together = threading.Barrier(ahead.FETCHED, timeout=20)

    def fetch_together(file: File) -> bytes:
        together.wait()
        return Path(file.path).read_bytes()

    monkeypatch.setattr(ahead, "fetch", fetch_together)
    files = [picture(f"{i}.png") for i in range(ahead.FETCHED)]
    assert sorted(number for number, _ in load_ahead(files)) == list(range(ahead.FETCHED))


def test_what_waits_is_bounded(picture: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, most, lock = 0, 0, threading.Lock()
    decode = ahead.decode

    def counted(*args: Any, **how: Any) -> Any:
        nonlocal waiting, most
        with lock:
            waiting += 1
            most = max(most, waiting)
        return decode(*args, **how)

    monkeypatch.setattr(ahead, "decode", counted)
    files = [picture(f"{i}.png", width=100) for i in range(30)]
    for number, pictures in load_ahead(files, most_pixels=2 * 20 * 100):
        time.sleep(0.01)  # others are faster than who reads
        assert len(list(pictures)) == 1
        assert number < 30
        with lock:
            waiting -= 1
    assert 2 <= most <= 4  # two that wait, one decoded beside them, one that is read


def test_who_stops_early_leaves_nobody_waiting(picture: Write) -> None:
    before = threading.active_count()
    pictures = load_ahead([picture(f"{i}.png") for i in range(30)], most_pixels=1)
    next(pictures)
    pictures.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_what_goes_wrong_in_a_library_costs_one_picture(picture: Write, out: Folder, monkeypatch: Any) -> None:
    files = [picture(f"{i}.png", width=60 + i) for i in range(3)]
    decode = ahead.decode

    def failing(data: bytes, *args: Any, **how: Any) -> Any:
        image = decode(data, *args, **how)
        if image.shape[1] == 61:
            raise MemoryError
        return image

    monkeypatch.setattr(ahead, "decode", failing)
    assert read(files, out) == {"ok": 2, "internal-error": 1, FILES: 3}


def test_a_chunk_somebody_died_of_is_read_with_care(picture: Write, out: Folder) -> None:
    files = [picture(f"{i}.png") for i in range(3)]
    run = owned(out)
    begin(out, run, 0)  # somebody began, and died
    for _ in range(DEATHS):  # who came after them died of the second file
        note = begin(out, run, 0)
        assert note.again
        note.before(0)
        note.after(0)
        note.before(1)
    assert read(files, out, run) == {"ok": 2, "reader-died": 1, FILES: 3}
    died = rows_in(out)[1]
    assert (died["file"], died["status"]) == (files[1].path, "error")
    assert died["reasons"] == ["the process reading it died, 2 times"]
    assert out.names("_run") == ["owner"]


def test_one_death_condemns_nobody(picture: Write, out: Folder) -> None:
    run = owned(out)
    begin(out, run, 0)
    begin(out, run, 0).before(0)  # and the machine went down
    assert read([picture("a.png")], out, run) == {"ok": 1, FILES: 1}


def test_who_outlives_a_killed_run_writes_no_more(picture: Write, out: Folder) -> None:
    run = owned(out)
    later = owned(out)
    with pytest.raises(TakenOver, match=r"another run has begun"):
        read([picture("a.png")], out, run)
    assert parts_of(out) == []
    expect_owner(out, later)


def test_a_run_that_ends_leaves_nothing_but_parts(picture: Write, out: Folder) -> None:
    with taking_over(out) as run:
        read([picture("a.png")], out, run)
        begin(out, run, 1)
    assert out.names() == parts_of(out) == [part_name(run, 0)]
    with pytest.raises(TakenOver, match=r"do all machines see the same folder"):
        expect_owner(out, run)


def test_a_run_that_was_taken_over_leaves_the_notes_of_the_other(out: Folder) -> None:
    with taking_over(out):
        later = owned(out)
    expect_owner(out, later)


def test_a_new_run_knows_nothing_of_deaths(out: Folder) -> None:
    run = owned(out)
    begin(out, run, 7)
    assert not begin(out, owned(out), 7).again


def test_chunks_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [File(str(i), 1) for i in range(5000)]
    sizes = [len(chunk) for chunk in chunks_of(files)]
    assert sizes[0] == LEAST
    assert max(sizes) == MOST
    assert [file for chunk in chunks_of(files) for file in chunk] == files
    assert all(size <= 5000 / 8 for size in sizes)
    assert list(chunks_of([])) == []
    assert [len(chunk) for chunk in chunks_of([File("a", MOST_BYTES), File("b", 1), File("c", None)])] == [1, 2]


def test_what_is_done_is_known_by_path_size_and_time(picture: Write, out: Folder) -> None:
    a, b = picture("a.png"), picture("b.png")
    read([a], out)
    read([b], out, chunk=1)
    done = read_done(out)
    assert done.counts == {"ok": 2}
    assert {key_of(a), key_of(b)} == done.keys
    assert key_of(a._replace(modified=(a.modified or 0) + 1)) not in done.keys
    assert key_of(a._replace(size=(a.size or 0) + 1)) not in done.keys


def test_only_what_is_read_again_is_forgotten(picture: Write, out: Folder) -> None:
    good, gone, other = picture("good.png"), File("/gone/a.png"), File("/gone/b.png")
    read([good, gone, other], out)
    done = read_done(out)
    assert done.keys == {key_of(good)}
    forget(out, done, gone.path.__eq__)
    assert [row["file"] for row in rows_in(out)] == [good.path, other.path]
    assert done.counts == {"ok": 1, "unreadable-file": 1}


def test_what_a_killed_run_writes_late_is_removed(picture: Write, out: Folder) -> None:
    read([picture("a.png")], out)
    done = read_done(out)
    late, run = owned(out), owned(out)
    out.write(part_name(late, 0), b"late")
    read([picture("b.png")], out, run)
    remove_late(out, done, run)
    assert len(rows_in(out)) == 2
    assert part_name(late, 0) not in parts_of(out)
    remove_late(out, Done(), run)
    assert parts_of(out) == [part_name(run, 0)]


def test_another_table_in_the_folder_is_said(out: Folder) -> None:
    content = io.BytesIO()
    pq.write_table(pa.table({"x": [1]}), content)
    out.write("part-1-000000.parquet", content.getvalue())
    with pytest.raises(StorageError, match=r"does not hold readings of this version"):
        read_done(out)
    out.write("part-1-000000.parquet", b"PAR1")
    with pytest.raises(StorageError, match=r"does not hold readings of this version"):
        read_done(out)


def test_a_page_that_is_named_is_the_only_one(out: Folder, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(written("one", "two", "three"))
    (file,) = list_files([str(tmp_path / "scan.pdf#2")], Passed())
    assert read([file], out) == {"ok": 1, FILES: 1}
    assert rows_in(out)[0]["image"] == file.path
    on_the_web = File("https://example.com/scan.pdf?signed=" + 300 * "x" + "#3")
    assert [name for name, _ in pictures_in(on_the_web, written("one", "two", "three"))] == [on_the_web.path]
    whole = File("https://example.com/scan.pdf?signed=" + 300 * "x")
    assert len(list(pictures_in(whole, written("one", "two", "three")))) == 3


def test_what_goes_wrong_with_pages_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "pages_of", lambda paths: 1 / 0)
    ((name, error),) = pictures_in(File("scan.pdf"), written("one"))
    assert name == "scan.pdf"
    assert isinstance(error, ZeroDivisionError)


def test_a_reason_need_not_be_text(out: Folder) -> None:
    reading = Reading("a\udce4.jpg", "photo", None, "error", reasons=("bad \udce4",))
    row = pq.read_table(io.BytesIO(to_parquet([Row(File("a\udce4.jpg"), reading)]))).to_pylist()[0]
    assert row["reasons"] == ["bad \ufffd"]


def test_pages_are_decoded_when_their_turn_comes(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(written("one", "two"))
    file = File(str(tmp_path / "scan.pdf"))
    pages = pictures_in(file, fetch(file))
    assert next(pages)[0].endswith("scan.pdf#1")
    pages.close()  # type: ignore[attr-defined]
