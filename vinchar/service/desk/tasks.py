"""What is to be labelled and what people said of it: plain values, and the rule by which answers settle a task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

State = Literal["open", "settled", "unreadable", "disputed"]
Verdict = Literal["read", "unreadable", "skip"]
STATES: tuple[State, ...] = ("open", "settled", "unreadable", "disputed")
DONE: tuple[State, ...] = ("settled", "unreadable")
MOST_LOOKS = 9
LONGEST_REVIEWER = 64  # characters


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said: ``verdict`` is ``read``, with the ``vin``, or ``unreadable``."""

    reviewer: str
    verdict: Verdict
    vin: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A picture, what was read in it, and what people said.

    ``looks``: how many equal answers of different reviewers settle it. ``answers``: the last one of each reviewer, in
    order. ``reading``: as ``Reading.to_dict`` gives it. ``width``, ``height``: of the upright picture, pixels.
    ``vin``: once it is settled. ``leased_by`` has it to answer until ``leased_until``. Without ``expires_at`` it stays.
    ``split``: the part of the labels that it is for, or empty.
    """

    id: int
    image: str
    state: State
    reading: Mapping[str, Any]
    width: int
    height: int
    looks: int
    answers: tuple[Answer, ...]
    vin: str | None
    leased_by: str | None
    leased_until: datetime | None
    added_at: datetime
    expires_at: datetime | None
    media_type: str
    split: str = ""

    def seen_by(self, reviewer: str | None) -> Task:
        """Return the task as a reviewer may see it: before it is settled, without the answers of others."""
        if self.state in DONE:
            return self
        return replace(self, answers=tuple(answer for answer in self.answers if answer.reviewer == reviewer))


def last_of_each(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the last answer of each reviewer, in order."""
    latest: dict[str, Answer] = {}
    for answer in answers:
        latest.pop(answer.reviewer, None)
        latest[answer.reviewer] = answer
    return tuple(latest.values())


def outcome(answers: Iterable[Answer], looks: int) -> tuple[State, str | None]:
    """Return the state that answers, one of each reviewer, bring a task into, and its VIN if they settle it.

    What ``looks`` of them say settles it, unless as many say something else; that nothing can be read counts as
    something said. Until then different answers dispute it.
    """
    said = Counter((answer.verdict, answer.vin) for answer in answers)
    if not said:
        return "open", None
    (best, count), *others = said.most_common()
    if count >= looks and not any(other == count for _, other in others):
        verdict, vin = best
        return ("settled", vin) if verdict == "read" else ("unreadable", None)
    return ("disputed" if others else "open"), None


def state_of(text: str) -> State:
    """Return a state as its type. Raises ``ValueError`` for another text."""
    if text not in STATES:
        raise ValueError(f"state: got {text!r}, expected one of {', '.join(STATES)}")
    return text
