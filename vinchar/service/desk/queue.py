"""Who has which task: leases that end by themselves, answers, and which task comes next.

All of it happens within the transaction of the connection that is given.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from vinchar.service.desk.tables import answers, tasks
from vinchar.service.desk.tasks import DONE, Answer, Verdict, last_of_each, outcome
from vinchar.vin import validate

LEASE = timedelta(minutes=10)


class NoSuchTask(LookupError):
    """There is no task of that number."""


class Taken(RuntimeError):
    """Another reviewer has the task, or had it meanwhile; the message says who."""


def take_next(connection: Connection, reviewer: str, now: datetime) -> int | None:
    """Lease what a reviewer is to answer next and return its number; None where nothing is left.

    First what the reviewer holds already, then what is worth most, then what the reviewer skipped, the earliest first.
    What another holds, and what the reviewer has answered, is not for them. Nobody waits for a task that another is
    being given at the same moment.
    """
    mine = (answers.c.task_id == tasks.c.id) & (answers.c.reviewer == reviewer)
    skip = answers.c.verdict == "skip"
    # By the state, not by waiting: the few that are leased are found by that, and not by looking through the queue.
    held = (tasks.c.leased_until > now) & (tasks.c.leased_by == reviewer) & tasks.c.state.not_in(DONE)
    free = tasks.c.waiting & or_(tasks.c.leased_until.is_(None), tasks.c.leased_until <= now)
    last_skip = select(func.max(answers.c.id)).where(mine, skip).scalar_subquery()
    worth = tasks.c.worth.desc(), tasks.c.id
    for those, order in (
        ((held, ~exists().where(mine, ~skip)), worth),
        ((free, ~exists().where(mine)), worth),
        ((free, exists().where(mine, skip), ~exists().where(mine, ~skip)), (last_skip, tasks.c.id)),
    ):
        wanted = select(tasks.c.id).where(*those).order_by(*order).limit(1)
        found = connection.execute(wanted.with_for_update(skip_locked=True)).scalar()
        if found is not None:
            _lease(connection, found, reviewer, now)
            return int(found)
    return None


def take(connection: Connection, task: int, reviewer: str, now: datetime) -> None:
    """Lease a task, in whatever state, or renew the lease. Raises ``NoSuchTask``, and ``Taken`` if another holds it."""
    row = _locked(connection, task)
    _expect_free(row, reviewer, now)
    _lease(connection, task, reviewer, now)


def give_back(connection: Connection, task: int, reviewer: str) -> None:
    """End a lease; that of another stays. Raises ``NoSuchTask``."""
    if _locked(connection, task).leased_by == reviewer:
        _set(connection, task, leased_by=None, leased_until=None)


def answer(connection: Connection, task: int, reviewer: str, verdict: Verdict, vin: str | None, now: datetime) -> None:
    """Keep an answer, end the lease, and settle the task if that does.

    It is taken after the end of the lease, too, and without one, if no other took the task meanwhile. Raises
    ``NoSuchTask``; ``Taken`` if one did; ``ValueError`` for what is no VIN, or one with another verdict than ``read``.
    A check digit that does not fit is no fault: in most of the world it means nothing.
    """
    if verdict == "read":
        vin = validate(vin or "")
    elif vin:
        raise ValueError(f"vin: got {vin!r} with the verdict {verdict!r}, expected none")
    row = _locked(connection, task)
    _expect_free(row, reviewer, now)
    if row.leased_by not in (None, reviewer):
        raise Taken(f"{row.leased_by} took task {task} meanwhile; take it again to answer it")
    said = insert(answers).values(task_id=task, reviewer=reviewer, verdict=verdict, vin=vin or None, at=now)
    connection.execute(said)
    if verdict == "skip":
        _set(connection, task, leased_by=None, leased_until=None)
        return
    state, settled = outcome(answers_of(connection, [task]).get(task, ()), row.looks)
    # leased_by stays: so an answer that comes late, of one who had it before, is known to be late
    _set(connection, task, leased_by=reviewer, leased_until=None, state=state, waiting=state not in DONE, vin=settled)


def answers_of(connection: Connection, of: list[int]) -> dict[int, tuple[Answer, ...]]:
    """Return the last answer of each reviewer, in order, by task."""
    rows = connection.execute(
        select(answers).where(answers.c.task_id.in_(of), answers.c.verdict != "skip").order_by(answers.c.id)
    )
    found: dict[int, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.task_id, []).append(Answer(row.reviewer, row.verdict, row.vin, row.at))
    return {task: last_of_each(some) for task, some in found.items()}


def last_answers(reviewer: str) -> Any:
    """Return the number of a reviewer's last answer to each task that they answered, as a table to select from."""
    last = func.max(answers.c.id).label("answer_id")
    said = (answers.c.reviewer == reviewer) & (answers.c.verdict != "skip")
    return select(answers.c.task_id, last).where(said).group_by(answers.c.task_id).subquery()


def _locked(connection: Connection, task: int) -> Any:
    """Return a task's row, which no other may change until the transaction ends."""
    wanted = select(tasks.c.leased_by, tasks.c.leased_until, tasks.c.looks).where(tasks.c.id == task)
    row = connection.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise NoSuchTask(f"there is no task {task}")
    return row


def _expect_free(row: Any, reviewer: str, now: datetime) -> None:
    if row.leased_by != reviewer and row.leased_until is not None and row.leased_until > now:
        raise Taken(f"{row.leased_by} has it until {row.leased_until:%H:%M:%S} UTC")


def _lease(connection: Connection, task: int, reviewer: str, now: datetime) -> None:
    _set(connection, task, leased_by=reviewer, leased_until=now + LEASE)


def _set(connection: Connection, task: int, **values: Any) -> None:
    connection.execute(update(tasks).where(tasks.c.id == task).values(**values))
