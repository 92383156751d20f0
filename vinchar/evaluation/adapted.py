"""What adapting a model to photos gave: the facts of its report, before and after side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

History = Sequence[Mapping[str, float]]
TEST, EXACT = "the test part", "exact match"  # what is compared, and the measure of it, that the verdict is about


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of the model ``before`` and ``after``, over ``n`` of something; ``on``: of what.

    ``interval``: of the difference, 95 % by the bootstrap over VINs, where there is one; ``less_is_better``: an error.
    """

    on: str
    measure: str
    n: int
    before: float
    after: float
    interval: tuple[float, float] | None = None
    less_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was tried: the ``log_score`` of the validation part by it, nats, and whether it was kept."""

    name: str
    log_score: float
    kept: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A photo that taught nothing: ``why``, in words; its label, if it has one; what was ``read``, how surely.

    ``against``: nats by which what was seen speaks for what was read and against the label; ``contradicts``: whether
    that makes the label a likely error.
    """

    path: Path
    why: str
    label: str
    read: str
    confidence: float
    against: float
    contradicts: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A photo of the test part that the two models read differently."""

    path: Path
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A photo whose label would teach much: what was ``read``, how surely, ``worth`` in nats, and why in words."""

    path: Path
    read: str
    confidence: float
    worth: float
    why: str


@dataclass(frozen=True, slots=True)
class Adapted:
    """All of a report.

    ``facts``: name and value of what made it; ``parts``: photos, VINs of each part; ``own_labels``: whether validation
    and test have labels of the owner, or those that the model before was sure of; ``better``: whether the test part
    says so; ``place``: where the model was put, None if it was not; ``margins``: length, height and log score of those
    tried, the chosen one first; ``problems``: a sentence for each row of the sources that was left out.
    """

    facts: Sequence[tuple[str, str]]
    parts: Mapping[str, tuple[int, int]]
    own_labels: bool
    better: bool
    place: Path | None
    compared: Sequence[Compared]
    steps: Sequence[Step]
    taught: int
    left_out: Sequence[LeftOut]
    changed: Sequence[Changed]
    margins: Sequence[tuple[float, float, float]] = ()
    problems: Sequence[str] = ()
    suggested: Sequence[Suggested] = ()
    histories: Mapping[str, History] = field(default_factory=dict)
