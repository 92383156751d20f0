"""The desk's store: pictures with what was read in them, and what people said; safe to share between threads.

Several processes and machines may use one store at a time. What a method has returned from is on the disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from vinchar.reading import Reading
from vinchar.service.desk import queue
from vinchar.service.desk.database import looking, open_database, reclaim, writing
from vinchar.service.desk.pictures import Looks, looks_of
from vinchar.service.desk.queue import NoSuchTask, Taken
from vinchar.service.desk.tables import answers, pictures, tasks
from vinchar.service.desk.tasks import MOST_LOOKS, STATES, State, Task, Verdict, state_of

__all__ = ["NewTask", "NoSuchTask", "Picture", "Store", "Taken", "open_store"]

MOST_LISTED = 500
_AT_ONCE = 10  # pictures deleted while everybody else waits
_LONGEST_NAME = 200  # of a picture: its end counts


@dataclass(frozen=True, slots=True)
class NewTask:
    """A picture to be labelled: the bytes of its file, its name, and what was read in it.

    ``origin``: where it comes from. ``expires_at``: when it is to be deleted, with its answers; None: it stays.
    ``looks``: how many equal answers of different reviewers settle it. ``worth``: what is worth most is shown first;
    None: the less sure the reading, the more. ``split``: the part of the labels that it is for, or empty.
    """

    data: bytes
    name: str
    reading: Reading
    origin: str = "upload"
    expires_at: datetime | None = None
    looks: int = 1
    worth: float | None = None
    split: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.looks <= MOST_LOOKS:
            raise ValueError(f"looks: got {self.looks}, expected 1 to {MOST_LOOKS}")


class Picture(NamedTuple):
    """A picture as it is kept: the bytes of its file, and their media type."""

    data: bytes
    media_type: str


class Counts(NamedTuple):
    """How many tasks there are in each state, how many are ``leased``, and how many each reviewer answered."""

    open: int
    leased: int
    settled: int
    unreadable: int
    disputed: int
    reviewers: dict[str, int]


def utc_now() -> datetime:
    """Return the time in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def open_store(where: str | os.PathLike[str], now: Callable[[], datetime] = utc_now) -> Store:
    """Return a store in a file of SQLite, or in the database of a URL; arguments and errors as ``open_database``."""
    return Store(open_database(where), now)


@dataclass(frozen=True, slots=True)
class Store:
    """The tasks in a database, whose clock is ``now``."""

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def add(self, new: NewTask) -> int:
        """Keep a picture to be labelled; return its task's number.

        The same picture is one task, whoever adds it: it keeps its reading and its answers, stays as long as the
        longer-lived of the two would, and takes the new ``worth`` if one is given. Raises ``ImageError`` for what is no
        picture.
        """
        looks = looks_of(new.data)
        with writing(self.engine) as connection:
            return _add(connection, new, looks, self.now())

    def find(self, data: bytes) -> int | None:
        """Return the number of the task of a picture that is here already."""
        with looking(self.engine) as connection:
            return connection.execute(_task_of(_digest(data))).scalar()

    def keep(self, task: int, worth: float | None = None) -> None:
        """Let the picture of a task stay, however it came here; give it another ``worth``. Raises ``NoSuchTask``."""
        with writing(self.engine) as connection:
            if connection.execute(select(_picture_of(task))).scalar() is None:
                raise NoSuchTask(f"there is no task {task}")
            _keep(connection, task, None, worth)

    def task(self, task: int) -> Task:
        """Return a task. Raises ``NoSuchTask``."""
        with looking(self.engine) as connection:
            return self._task(connection, task)

    def tasks(
        self, state: State | None = None, after: int = 0, limit: int = 100, answered_by: str | None = None
    ) -> list[Task]:
        """Return tasks by number, those ``after`` one, at most ``limit`` and ``MOST_LISTED``.

        ``answered_by``: those alone that this reviewer answered, the last answered first; ``after`` is one of these.
        """
        wanted = _columns().limit(min(limit, MOST_LISTED))
        if state is not None:
            wanted = wanted.where(tasks.c.state == state_of(state))
        if answered_by is None:
            wanted = wanted.where(tasks.c.id > after).order_by(tasks.c.id)
        else:
            said = queue.last_answers(answered_by)
            wanted = wanted.join(said, said.c.task_id == tasks.c.id).order_by(said.c.answer_id.desc())
            if after:
                before = select(said.c.answer_id).where(said.c.task_id == after).scalar_subquery()
                wanted = wanted.where(said.c.answer_id < before)
        with looking(self.engine) as connection:
            return self._tasks(connection, wanted)

    def picture(self, task: int) -> Picture:
        """Return the picture of a task. Raises ``NoSuchTask``."""
        wanted = select(pictures.c.data, pictures.c.media_type).join(tasks).where(tasks.c.id == task)
        with looking(self.engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NoSuchTask(f"there is no task {task}")
        return Picture(bytes(row.data), row.media_type)

    def counts(self) -> Counts:
        """Return how many tasks there are."""
        with looking(self.engine) as connection:
            by_state = _pairs(connection, select(tasks.c.state, func.count()).group_by(tasks.c.state))
            leased = connection.execute(select(func.count()).where(tasks.c.leased_until > self.now())).scalar_one()
            each = select(answers.c.reviewer, func.count(answers.c.task_id.distinct()))
            reviewers = _pairs(connection, each.where(answers.c.verdict != "skip").group_by(answers.c.reviewer))
        of = {state: by_state.get(state, 0) for state in STATES}
        return Counts(leased=leased, reviewers=reviewers, **of)

    def next(self, reviewer: str) -> Task | None:
        """Lease what a reviewer is to answer next and return it as they may see it; None where nothing is left."""
        with writing(self.engine) as connection:
            found = queue.take_next(connection, reviewer, self.now())
            return None if found is None else self._task(connection, found).seen_by(reviewer)

    def lease(self, task: int, reviewer: str) -> Task:
        """Lease a task, or renew the lease, and return it as the reviewer may see it; errors as of ``queue.take``."""
        with writing(self.engine) as connection:
            queue.take(connection, task, reviewer, self.now())
            return self._task(connection, task).seen_by(reviewer)

    def release(self, task: int, reviewer: str) -> Task:
        """End the reviewer's lease, if there is one; return the task. Raises ``NoSuchTask``."""
        with writing(self.engine) as connection:
            queue.give_back(connection, task, reviewer)
            return self._task(connection, task).seen_by(reviewer)

    def answer(self, task: int, reviewer: str, verdict: Verdict, vin: str | None = None) -> Task:
        """Keep an answer; return the task as the reviewer may see it. Arguments and errors as of ``queue.answer``."""
        with writing(self.engine) as connection:
            queue.answer(connection, task, reviewer, verdict, vin, self.now())
            return self._task(connection, task).seen_by(reviewer)

    def remove(self, task: int) -> None:
        """Delete a task, its picture, and what was said of it, for good. Raises ``NoSuchTask``."""
        with writing(self.engine) as connection:
            gone = delete(pictures).where(pictures.c.id == _picture_of(task))
            if not connection.execute(gone).rowcount:
                raise NoSuchTask(f"there is no task {task}")
        reclaim(self.engine)

    def purge(self, now: datetime | None = None) -> int:
        """Delete the pictures whose time is over, with their tasks and answers, for good; return how many."""
        over = select(pictures.c.id).where(pictures.c.expires_at <= (now or self.now()))
        over = over.order_by(pictures.c.id).limit(_AT_ONCE)
        count = 0
        while True:
            with writing(self.engine) as connection:
                gone = connection.execute(delete(pictures).where(pictures.c.id.in_(over))).rowcount
            reclaim(self.engine)  # each time, also what a killed process had no time for
            count += gone
            if gone < _AT_ONCE:
                return count

    def _task(self, connection: Connection, task: int) -> Task:
        found = self._tasks(connection, _columns().where(tasks.c.id == task))
        if not found:
            raise NoSuchTask(f"there is no task {task}")
        return found[0]

    def _tasks(self, connection: Connection, wanted: Any) -> list[Task]:
        rows: Sequence[Any] = connection.execute(wanted).all()
        said = queue.answers_of(connection, [row.id for row in rows])
        return [_as_task(row, said.get(row.id, ()), self.now()) for row in rows]


def _pairs(connection: Connection, wanted: Any) -> dict[str, int]:
    return {name: count for name, count in connection.execute(wanted)}  # noqa: C416  (of rows dict makes no such type)


def _columns() -> Any:
    of = ("name", "width", "height", "added_at", "expires_at", "media_type")
    return select(tasks, *(pictures.c[name] for name in of)).join(pictures)


def _as_task(row: Any, said: tuple[Any, ...], now: datetime) -> Task:
    leased = row.leased_until is not None and row.leased_until > now
    return Task(
        id=row.id,
        image=row.name,
        state=row.state,
        reading=row.reading,
        width=row.width,
        height=row.height,
        looks=row.looks,
        answers=said,
        vin=row.vin,
        leased_by=row.leased_by if leased else None,
        leased_until=row.leased_until if leased else None,
        added_at=row.added_at,
        expires_at=row.expires_at,
        media_type=row.media_type,
        split=row.split,
    )


def _add(connection: Connection, new: NewTask, looks: Looks, now: datetime) -> int:
    inserted = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
    sha256 = _digest(new.data)
    values = {
        "sha256": sha256,
        "name": _writable(new.name)[-_LONGEST_NAME:],
        "origin": _writable(new.origin),
        "added_at": now,
        "expires_at": new.expires_at,
        "data": new.data,
    }
    new_one: Any = inserted(pictures).values(values | looks._asdict())
    picture = connection.execute(new_one.on_conflict_do_nothing().returning(pictures.c.id)).scalar()
    if picture is None:
        known = connection.execute(_task_of(sha256)).scalar()
        if known is None:  # it was deleted just now
            return _add(connection, new, looks, now)
        _keep(connection, known, new.expires_at, new.worth)
        return int(known)
    task = {
        "picture_id": picture,
        "state": "open",
        "waiting": True,
        "looks": new.looks,
        "worth": 1.0 - new.reading.confidence if new.worth is None else new.worth,
        "split": new.split,
        "model": new.reading.model,
        "reading": new.reading.to_dict(),
    }
    return int(connection.execute(insert(tasks).values(task).returning(tasks.c.id)).scalar_one())


def _picture_of(task: int) -> Any:
    return select(tasks.c.picture_id).where(tasks.c.id == task).scalar_subquery()


def _task_of(sha256: str) -> Select[Any]:
    return select(tasks.c.id).join(pictures).where(pictures.c.sha256 == sha256)


def _keep(connection: Connection, task: int, expires_at: datetime | None, worth: float | None) -> None:
    """Let a picture stay until a time at least, or for good, and change the worth of its task if one is given."""
    longer = pictures.c.id == _picture_of(task)
    if expires_at is not None:
        longer &= pictures.c.expires_at < expires_at
    connection.execute(update(pictures).where(longer).values(expires_at=expires_at))
    if worth is not None:
        connection.execute(update(tasks).where(tasks.c.id == task).values(worth=worth))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _writable(text: str) -> str:
    """Return text that both databases can keep and people can read."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
