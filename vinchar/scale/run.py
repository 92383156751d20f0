"""All chunks read by Ray Data, on this machine or on a cluster, and what that came to."""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager, redirect_stdout
from typing import Any, cast

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would report to its makers
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # it would warn of what it does by itself

import pyarrow as pa
import ray
import ray.data
from ray.exceptions import RayError

from vinchar.reader import AskedKind, Reader
from vinchar.scale.chunks import chunks_of
from vinchar.scale.parts import key_of
from vinchar.scale.reading import ChunkReader, asked
from vinchar.scale.sources import File
from vinchar.scale.storage import Folder

LOCAL = "local"  # an address: Ray on this machine, for this run alone
_PATIENCE = 10.0  # seconds
_STORE = 256 * 2**20  # bytes for the lists of files; what is more goes to disk


class RunError(Exception):
    """Ends a run: what a process cannot go on for, in a sentence for people."""


class Listed:
    """The files that are to be read, listed as chunks that wait in Ray's store of objects.

    ``count``: how many; ``known``: how many were named that are read already or twice.
    """

    def __init__(self, files: Iterable[File], done: Set[int]) -> None:
        self.count = self.known = 0
        self._done, self._named = done, set[int]()
        self.chunks: list[Any] = [
            ray.put(asked(number, chunk)) for number, chunk in enumerate(chunks_of(self._new(files)))
        ]

    def has(self, path: str) -> bool:
        """Tell whether a file, by its path, was named."""
        return hash(path) in self._named

    def _new(self, files: Iterable[File]) -> Iterator[File]:
        for file in files:
            if hash(file.path) in self._named or key_of(file) in self._done:
                self.known += 1
            else:
                self.count += 1
                yield file
            self._named.add(hash(file.path))


@contextmanager
def connected(address: str, workers: int | None) -> Iterator[int]:
    """Connect to Ray and yield how many processes read: by default as many as it has cores.

    Raises ``RunError`` if there is no cluster at ``address`` that can be used.
    """
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # of the rest the command itself says one sentence
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address == LOCAL:
            ray.init(LOCAL, num_cpus=workers, object_store_memory=_STORE, include_dashboard=False, **quiet)
        else:
            _expect_answer(address)
            ray.init(address, **quiet)
    except (OSError, RayError, RuntimeError, ValueError) as error:
        raise RunError(f"Ray at {address} cannot be used: {str(error).strip().partition(chr(10))[0]}") from None
    with redirect_stdout(sys.stderr):  # Ray prints what it has to say of processes that die, which is no data
        try:
            yield workers or max(int(ray.cluster_resources().get("CPU", 1)), 1)  # type: ignore[no-untyped-call]
        finally:
            ray.shutdown()


def _expect_answer(address: str) -> None:
    """Raise ``OSError`` if nothing listens at ``HOST:PORT``, for Ray would try for minutes."""
    if "://" in address:
        raise ValueError("expected HOST:PORT of its head, or auto on one of its machines")
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def read_chunks(
    listed: Listed, make: Callable[[], Reader], kind: AskedKind, folder: Folder, run: str, workers: int
) -> Iterator[Counter[str]]:
    """Read all that is listed into parts of ``folder``; yield what each chunk came to: see ``ChunkReader``.

    ``run``: as of ``chunks.taking_over``.

    A chunk whose process dies, or whose machine does, is read again. Raises ``RunError`` if nothing can go on.
    """
    if not listed.chunks:
        return
    ray.data.DataContext.get_current().enable_progress_bars = False
    answers = ray.data.from_arrow_refs(listed.chunks).map_batches(
        ChunkReader,
        batch_size=None,  # a chunk whole
        batch_format="pyarrow",
        fn_constructor_args=(make, kind, folder, run),
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=min(workers, len(listed.chunks)), max_tasks_in_flight_per_actor=2),
    )
    try:
        for counts in cast("Iterator[pa.Table]", answers.iter_batches(batch_size=None, batch_format="pyarrow")):
            found: Counter[str] = Counter()
            for what, count in zip(counts["what"].to_pylist(), counts["count"].to_pylist(), strict=True):
                found[what] += count
            yield found
    except (RayError, OSError) as error:
        raise RunError(f"the run cannot go on: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    """Return in a line what a process of the run failed of, which Ray names first, below a traceback."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    named = next((line for line in lines if re.match(r"[\w.]+: ", line)), lines[0])
    return re.sub(r"^vinchar[\w.]*: ", "", named)
