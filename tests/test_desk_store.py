"""What the desk's store keeps: each picture once, for as long as it may, and nothing of what is deleted."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from desk_tasks import NOON, OTHER, QUAD, VIN, Clock, filled, new, picture, reading
from PIL import Image

from vinchar.imaging import ImageError, load
from vinchar.reading import Reading
from vinchar.service.desk.pictures import for_browsers, looks_of
from vinchar.service.desk.store import NewTask, NoSuchTask, Store, open_store

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    made = open_store(store_url, clock)
    yield made
    made.close()


def test_a_task_says_what_is_known_of_a_picture(store: Store) -> None:
    number = store.add(new(expires_at=NOON + DAY, looks=2, split="test"))
    task = store.task(number)
    assert (task.id, task.image, task.state, task.looks, task.split) == (1, "0.png", "open", 2, "test")
    assert (task.width, task.height, task.media_type) == (200, 60, "image/png")
    assert (task.added_at, task.expires_at) == (NOON, NOON + DAY)
    assert (task.vin, task.answers, task.leased_by, task.leased_until) == (None, (), None, None)
    assert Reading.from_dict(task.reading) == reading()
    assert store.picture(number) == (picture(0), "image/png")


def test_the_same_picture_is_one_task(store: Store) -> None:
    first = store.add(new(0))
    store.answer(first, "anna", "read", OTHER)
    assert store.add(new(0, name="again.png", reading=reading(confidence=0.1), worth=9.0)) == first
    assert store.add(new(1)) == first + 1
    assert store.task(first).vin == OTHER
    assert store.task(first).image == "0.png"
    assert (store.find(picture(1)), store.find(picture(2))) == (first + 1, None)


@pytest.mark.parametrize(
    ("first", "second", "kept"), [(1, 2, 2), (2, 1, 2), (1, None, None), (None, 1, None), (None, None, None)]
)
def test_a_picture_stays_as_long_as_the_longer_lived_would(
    first: int | None, second: int | None, kept: int | None, store: Store
) -> None:
    for days in (first, second):
        store.add(new(expires_at=None if days is None else NOON + days * DAY))
    assert store.task(1).expires_at == (None if kept is None else NOON + kept * DAY)


def test_what_is_kept_stays_and_may_be_worth_more(store: Store) -> None:
    store.add(new(0, worth=1.0))
    store.add(new(1, expires_at=NOON))
    store.keep(2, worth=2.0)
    assert store.purge() == 0
    task = store.next("anna")
    assert task is not None
    assert task.id == 2


def test_what_is_out_of_date_goes_with_its_answers(store: Store, clock: Clock) -> None:
    for number, days in enumerate((1, 2, None)):
        store.add(new(number, expires_at=None if days is None else NOON + days * DAY))
        store.answer(number + 1, "anna", "read", VIN)
    clock.go(24 * 60 - 1)
    assert store.purge() == 0
    clock.go(1)
    assert store.purge() == 1
    assert [task.id for task in store.tasks()] == [2, 3]
    assert store.counts().reviewers == {"anna": 2}
    assert store.purge(NOON + 1000 * DAY) == 1
    assert [task.id for task in store.tasks()] == [3]
    assert store.find(picture(0)) is None


def test_a_number_is_never_given_again(store: Store) -> None:
    store.add(new(0))
    store.answer(1, "anna", "read", VIN)
    store.remove(1)
    with pytest.raises(NoSuchTask):
        store.task(1)
    assert store.counts() == (0, 0, 0, 0, 0, {})
    assert store.add(new(0)) == 2


def test_tasks_are_counted(store: Store, clock: Clock) -> None:
    for number in range(5):
        store.add(new(number, looks=2 if number == 4 else 1))
    store.answer(1, "anna", "read", VIN)
    store.answer(2, "anna", "unreadable")
    store.answer(5, "bea", "read", VIN)
    store.lease(5, "anna")
    store.answer(5, "anna", "read", OTHER)
    store.answer(3, "cleo", "skip")
    store.lease(1, "anna")
    store.answer(1, "anna", "read", OTHER)  # reconsidered: it counts once
    store.next("anna")
    counts = store.counts()
    assert counts == (2, 1, 1, 1, 1, {"anna": 3, "bea": 1})
    clock.go(10)
    assert store.counts().leased == 0


def test_tasks_are_listed_in_pages(store: Store) -> None:
    for number in range(5):
        store.add(new(number))
    for number in (4, 1, 3):
        store.answer(number, "anna", "read", VIN)
    store.answer(5, "bea", "unreadable")
    store.answer(2, "anna", "skip")
    assert [task.id for task in store.tasks(limit=2)] == [1, 2]
    assert [task.id for task in store.tasks(after=2, limit=2)] == [3, 4]
    assert [task.id for task in store.tasks("settled")] == [1, 3, 4]
    assert [task.id for task in store.tasks("settled", after=1)] == [3, 4]
    assert [task.id for task in store.tasks(answered_by="anna")] == [3, 1, 4]  # the last answered first
    assert [task.id for task in store.tasks(answered_by="anna", after=3, limit=1)] == [1]
    with pytest.raises(ValueError, match="state: got 'done', expected one of open, settled"):
        store.tasks("done")  # type: ignore[arg-type]


def test_any_name_can_be_kept(store: Store) -> None:
    name = "C:\\tür\x00\udcff\n" + 300 * "x" + ".png"
    store.add(new(name=name, reading=Reading(name, "photo", VIN, "ok", 0.5)))
    task = store.task(1)
    assert len(task.image) == 200
    assert task.image.endswith("xx.png")
    store.add(new(1, name=name[:12]))
    assert store.task(2).image == "C:\\tür\ufffd\ufffd\ufffdxxx"


def test_what_is_no_picture_is_not_kept(store: Store) -> None:
    with pytest.raises(ImageError, match="it is not a picture"):
        store.add(new(data=b"hello"))
    with pytest.raises(ValueError, match="looks: got 0, expected 1 to 9"):
        new(looks=0)
    assert store.tasks() == []


def test_deleted_pictures_are_not_in_the_file_any_more(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    store = filled(str(path), 3, Clock(), expires_at=NOON)
    noise = np.random.default_rng(1).integers(0, 256, (2, 400, 400, 3), np.uint8)
    marks = [cv2.imencode(".png", pixels)[1].tobytes() for pixels in noise]
    for mark, expires_at in zip(marks, (NOON, None), strict=True):
        store.add(new(data=mark, expires_at=expires_at))
    store.answer(4, "anna", "read", OTHER)

    def there() -> list[bool]:
        """Whether each picture, the answer, and anything else of them is in a file of the store."""
        files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        return [*(mark[5000:5200] in files for mark in marks), OTHER.encode() in files]

    assert there() == [True, True, True]
    size = path.stat().st_size + (tmp_path / "desk.db-wal").stat().st_size
    assert store.purge() == 4
    assert there() == [False, True, False]  # with the store open, as it is in a service
    assert path.stat().st_size < size - len(marks[0])
    store.remove(5)
    assert there() == [False, False, False]
    store.close()


def test_the_file_is_kept_safely(tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk.db")
    with store.engine.connect() as connection:
        of = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "auto_vacuum", "secure_delete", "foreign_keys", "busy_timeout")
        }
    store.close()
    assert of == {
        "journal_mode": "wal",
        "synchronous": 2,
        "auto_vacuum": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
    with sqlite3.connect(tmp_path / "desk.db") as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()


def exif(data: bytes, orientation: int, kind: str) -> bytes:
    """The same picture with an orientation."""
    out, tags = io.BytesIO(), Image.Exif()
    tags[274] = orientation
    Image.open(io.BytesIO(data)).save(out, kind, exif=tags)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_the_size_is_that_of_the_upright_picture(kind: str, orientation: int) -> None:
    plain = picture(shape=(40, 90, 3))
    if kind in ("GIF", "BMP"):
        Image.open(io.BytesIO(plain)).save(out := io.BytesIO(), kind)
        data = out.getvalue()
    else:
        data = exif(plain, orientation, kind)
    looks = looks_of(data)
    assert (looks.height, looks.width) == load(data).shape
    assert looks.media_type == f"image/{kind.lower()}"
    shown, media_type = for_browsers(data, looks.media_type)
    turned = orientation > 1 and kind in ("PNG", "WEBP")
    assert media_type == ("image/jpeg" if turned or kind == "TIFF" else looks.media_type)
    assert (shown == data) == (media_type == looks.media_type)
    difference = cv2.absdiff(load(shown), load(data))
    assert difference.max() < 60  # it is the same picture


def test_a_picture_has_its_size_by_its_header_alone() -> None:
    assert looks_of(picture()[:100]) == ("image/png", 200, 60)
    for broken in (picture()[:20], b"Dear Sir or Madam"):
        with pytest.raises(ImageError):
            looks_of(broken)


def test_a_task_is_worth_what_is_unsure_in_it(store: Store) -> None:
    for number, confidence in enumerate((0.7, 0.0, 0.3)):
        vin = VIN if confidence else None
        store.add(NewTask(picture(number), "a.png", reading(vin, confidence, quad=QUAD)))
    order = []
    while (task := store.next("anna")) is not None:
        order.append(task.id)
        store.answer(task.id, "anna", "unreadable")
    assert order == [2, 3, 1]
