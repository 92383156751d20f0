"""Arrays drawn in parallel and kept on disk in parts: a killed run goes on where it was, and training never waits."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.files import whole_file

Arrays = dict[str, NDArray[Any]]
Some = TypeVar("Some")
Result = TypeVar("Result")
PART = 200  # rows asked of one draw: of the slowest, photos, 20 seconds of a core, which is what a kill loses


@dataclass(frozen=True, slots=True)
class Job:
    """One part: its file, how many rows it should count for, and the picklable function that draws it."""

    path: Path
    rows: int
    draw: Callable[[], Arrays]


def build(jobs: list[Job], description: str, workers: int) -> Arrays:
    """Draw the parts that are not on disk yet, with ``workers`` processes, and return all of them joined in order."""
    for job in jobs:
        job.path.parent.mkdir(parents=True, exist_ok=True)
    with tqdm(total=sum(job.rows for job in jobs), desc=description, unit="row", mininterval=2) as bar:
        several = sum(not job.path.exists() for job in jobs) > 1
        for job, _ in zip(jobs, shared_out(_draw, jobs, workers if several else 1), strict=True):
            bar.update(job.rows)
    parts = [dict(np.load(job.path)) for job in jobs]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def draw_rows(
    kind: str, rows: Callable[[int, int, int], Arrays], folder: Path, count: int, seed: int, workers: int
) -> Arrays:
    """Draw ``count`` rows in parts; ``rows``: draws so many from one on, of a seed."""
    jobs = [
        Job(folder / f"{kind}-{seed}-{first}-{some}.npz", some, partial(rows, first, some, seed))
        for first in range(0, count, PART)
        for some in [min(PART, count - first)]
    ]
    return build(jobs, f"drawing {kind}", workers)


def shared_out(work: Callable[[Some], Result], jobs: Iterable[Some], workers: int) -> Iterator[Result]:
    """Yield what ``work`` makes of each job, in order, by so many processes; all jobs are taken up at once.

    The processes end with this one, even if it is killed.
    """
    if workers <= 1:
        yield from map(work, jobs)
        return
    # Not a multiprocessing.Pool, which waits for ever where a process is killed for want of memory.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        yield from pool.map(work, jobs)


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draw(job: Job) -> None:
    if job.path.exists():
        return
    cv2.setNumThreads(1)
    with whole_file(job.path) as part:
        np.savez(part, allow_pickle=False, **job.draw())
