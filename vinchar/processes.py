"""Processes that read pictures beside this one, each with a core of its own, and any of which may die."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import cv2


def start(work: Callable[..., None], *args: Any) -> tuple[SpawnProcess, Connection]:
    """Start ``work(pipe, *args)`` in a new process; return it and our end of the pipe, which ends when it does.

    ``work`` and ``args`` must be picklable. The process ends with this one.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_alone, args=(work, theirs, *args), daemon=True)
    with _without_interrupts():
        process.start()
    theirs.close()  # so that ours ends when the process does
    return process, ours


def how_it_died(process: SpawnProcess) -> str:
    """Wait for the end of a process; return the signal that ended it, or its exit status, in words."""
    process.join()
    code = process.exitcode or 0
    return f"signal {-code}" if code < 0 else f"exit status {code}"


def _alone(work: Callable[..., None], pipe: Connection, *args: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that was asked to stop will say so
    cv2.setNumThreads(1)  # the others have the other cores
    work(pipe, *args)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold back interrupts; a process started meanwhile has none from its first moment on, where there are signals."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
