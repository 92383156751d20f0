"""Who gets which task, and how answers settle it, in both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desk_tasks import NOON, OTHER, THIRD, VIN, Clock, filled, new, reading

from vinchar.service.desk.store import NoSuchTask, Store, Taken, open_store
from vinchar.service.desk.tasks import Answer, Verdict, outcome

Fill = Callable[..., Store]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fill(store_url: str, clock: Clock) -> Iterator[Fill]:
    """Makes a store of so many tasks."""
    made: list[Store] = []

    def make(count: int, **more: Any) -> Store:
        made.append(filled(store_url, count, clock, **more))
        return made[-1]

    yield make
    for store in made:
        store.close()


def taken(store: Store, reviewer: str) -> int:
    task = store.next(reviewer)
    assert task is not None
    return task.id


def settle(store: Store, reviewer: str, verdict: Verdict = "read", vin: str | None = VIN) -> int:
    """Take the next task and answer it."""
    number = taken(store, reviewer)
    store.answer(number, reviewer, verdict, vin if verdict == "read" else None)
    return number


def test_what_is_worth_most_comes_first_and_of_the_rest_what_is_least_sure(fill: Fill) -> None:
    store = fill(0)
    for number, (confidence, worth) in enumerate([(0.9, None), (0.2, None), (0.6, 3.0), (0.1, 3.0), (0.99, 7.5)], 1):
        store.add(new(number, reading=reading(confidence=confidence), worth=worth))
    assert [settle(store, "anna") for _ in range(5)] == [5, 3, 4, 2, 1]  # 3 and 4 are worth the same: in their order
    assert store.next("anna") is None


def test_nobody_gets_what_another_holds(fill: Fill) -> None:
    store = fill(3)
    assert [taken(store, who) for who in ("anna", "bea", "cleo")] == [1, 2, 3]
    assert store.next("dora") is None
    task = store.task(2)
    assert (task.leased_by, task.leased_until) == ("bea", NOON.replace(minute=10))


def test_what_one_holds_comes_first_and_is_held_for_longer(fill: Fill, clock: Clock) -> None:
    store = fill(3)
    store.lease(2, "anna")
    clock.go(5)
    assert [taken(store, "anna"), taken(store, "anna")] == [2, 2]
    assert store.task(2).leased_until == NOON.replace(minute=15)


def test_a_lease_ends(fill: Fill, clock: Clock) -> None:
    store = fill(1)
    assert taken(store, "anna") == 1
    clock.go(9.9)
    assert store.next("bea") is None
    clock.go(0.1)
    assert store.task(1).leased_by is None
    assert taken(store, "bea") == 1


def test_an_answer_after_the_end_of_the_lease_counts_if_nobody_took_the_task(fill: Fill, clock: Clock) -> None:
    store = fill(1)
    taken(store, "anna")
    clock.go(60)
    assert store.answer(1, "anna", "read", VIN).state == "settled"


@pytest.mark.parametrize("since", ["holds it", "held it", "answered"])
def test_an_answer_after_another_took_the_task_does_not_count(since: str, fill: Fill, clock: Clock) -> None:
    store = fill(1, looks=2)
    taken(store, "anna")
    clock.go(11)
    taken(store, "bea")
    if since == "held it":
        clock.go(11)
    if since == "answered":
        store.answer(1, "bea", "read", VIN)
    with pytest.raises(Taken, match="bea"):
        store.answer(1, "anna", "read", OTHER)
    assert [answer.reviewer for answer in store.task(1).answers] == (["bea"] if since == "answered" else [])


def test_an_answer_needs_no_lease_where_nobody_has_one(fill: Fill) -> None:
    store = fill(1)
    assert store.answer(1, "anna", "read", VIN).vin == VIN


def test_what_is_given_back_is_free(fill: Fill) -> None:
    store = fill(1)
    taken(store, "anna")
    assert store.release(1, "bea").leased_by == "anna"  # not hers to give
    assert store.release(1, "anna").leased_by is None
    assert taken(store, "bea") == 1
    with pytest.raises(Taken, match=r"bea has it until 12:10:00 UTC"):
        store.lease(1, "anna")


def test_two_who_agree_settle_what_wants_two_looks(fill: Fill) -> None:
    store = fill(2, looks=2)
    assert settle(store, "anna") == 1
    assert store.task(1).state == "open"
    assert settle(store, "anna") == 2  # not hers a second time
    assert store.next("anna") is None
    assert settle(store, "bea") == 1
    task = store.task(1)
    assert (task.state, task.vin, [answer.reviewer for answer in task.answers]) == ("settled", VIN, ["anna", "bea"])


def test_the_second_look_is_blind(fill: Fill) -> None:
    store = fill(1, looks=2)
    settle(store, "anna")
    task = store.next("bea")
    assert task is not None
    assert task.answers == ()
    assert store.answer(1, "bea", "read", OTHER).answers[0].reviewer == "bea"
    assert len(store.task(1).seen_by("bea").answers) == 1
    assert len(store.task(1).seen_by(None).answers) == 0
    third = store.next("cleo")
    assert third is not None
    assert (third.state, third.answers) == ("disputed", ())
    assert len(store.answer(1, "cleo", "read", OTHER).answers) == 3


def test_a_third_settles_what_two_dispute(fill: Fill) -> None:
    store = fill(1, looks=2)
    settle(store, "anna", vin=VIN)
    settle(store, "bea", vin=OTHER)
    assert store.task(1).state == "disputed"
    assert (store.next("anna"), store.next("bea")) == (None, None)
    settle(store, "cleo", vin=THIRD)
    assert store.task(1).state == "disputed"
    settle(store, "dora", vin=OTHER)
    assert (store.task(1).state, store.task(1).vin) == ("settled", OTHER)


def test_that_nothing_can_be_read_is_an_answer(fill: Fill) -> None:
    store = fill(1, looks=2)
    settle(store, "anna", "unreadable")
    settle(store, "bea")
    assert store.task(1).state == "disputed"
    settle(store, "cleo", "unreadable")
    assert (store.task(1).state, store.task(1).vin) == ("unreadable", None)


def test_what_is_skipped_comes_last_to_who_skipped_it(fill: Fill) -> None:
    store = fill(3)
    assert [settle(store, "anna", "skip") for _ in range(2)] == [1, 2]
    assert taken(store, "bea") == 1
    store.release(1, "bea")
    assert settle(store, "anna") == 3
    assert [settle(store, "anna", "skip") for _ in range(3)] == [1, 2, 1]  # the earliest first
    assert store.task(1).answers == ()
    assert settle(store, "anna") == 2


def test_a_settled_task_may_be_reconsidered(fill: Fill, store_url: str) -> None:
    store = fill(1)
    settle(store, "anna", vin=OTHER)
    assert store.lease(1, "anna").leased_by == "anna"
    assert store.next("anna") is None  # it is not in the queue again
    task = store.answer(1, "anna", "read", VIN)
    assert (task.state, task.vin, len(task.answers)) == ("settled", VIN, 1)
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT vin FROM answers ORDER BY id").scalars().all()
    assert rows == [OTHER, VIN]


def test_another_who_reconsiders_disputes(fill: Fill) -> None:
    store = fill(1)
    settle(store, "anna", vin=OTHER)
    store.lease(1, "bea")
    assert store.answer(1, "bea", "read", VIN).state == "disputed"
    assert settle(store, "cleo", vin=VIN) == 1
    assert store.task(1).vin == VIN


def test_a_vin_is_checked_and_written_as_it_should_be(fill: Fill) -> None:
    store = fill(2)
    with pytest.raises(ValueError, match="got 16 characters in '1HGCM82633A00435', expected 17"):
        store.answer(1, "anna", "read", VIN[:-1])
    for vin in (None, ""):
        with pytest.raises(ValueError, match="got 0 characters"):
            store.answer(1, "anna", "read", vin)
    with pytest.raises(ValueError, match="with the verdict 'unreadable', expected none"):
        store.answer(1, "anna", "unreadable", VIN)
    assert store.task(1).answers == ()
    assert store.answer(1, "anna", "read", "*1hgc m826-33a004352*").vin == VIN
    assert store.answer(2, "anna", "read", "1HGCM82603A004352").vin == "1HGCM82603A004352"  # the check digit is wrong


def test_there_is_no_such_task(fill: Fill) -> None:
    store = fill(0)
    for do in (store.task, store.picture, store.remove, store.keep):
        with pytest.raises(NoSuchTask, match="no task 7"):
            do(7)
    for act in (store.lease, store.release):
        with pytest.raises(NoSuchTask, match="no task 7"):
            act(7, "anna")
    with pytest.raises(NoSuchTask, match="no task 7"):
        store.answer(7, "anna", "unreadable")


def test_the_clock_is_that_of_the_world(tmp_path: Any) -> None:
    store = open_store(tmp_path / "desk.db")
    store.add(new())
    task = store.next("anna")
    assert task is not None
    assert task.leased_until is not None
    assert 0 <= (task.leased_until - task.added_at).total_seconds() - 600 < 60
    store.close()


@pytest.mark.parametrize(
    ("said", "looks", "expected"),
    [
        ("", 1, ("open", None)),
        ("A", 1, ("settled", "A")),
        ("-", 1, ("unreadable", None)),
        ("AB", 1, ("disputed", None)),
        ("ABA", 1, ("settled", "A")),
        ("A", 2, ("open", None)),
        ("AA", 2, ("settled", "A")),
        ("--", 2, ("unreadable", None)),
        ("AB", 2, ("disputed", None)),
        ("A-", 2, ("disputed", None)),
        ("ABC", 2, ("disputed", None)),
        ("ABB", 2, ("settled", "B")),
        ("AAB", 2, ("settled", "A")),
        ("AABB", 2, ("disputed", None)),
        ("AAB", 3, ("disputed", None)),
        ("AAAB", 3, ("settled", "A")),
    ],
)
def test_answers_settle_a_task(said: str, looks: int, expected: tuple[str, str | None]) -> None:
    answers = [
        Answer(str(who), "unreadable" if vin == "-" else "read", None if vin == "-" else vin, NOON)
        for who, vin in enumerate(said)
    ]
    assert outcome(answers, looks) == expected
