"""Reads many pictures, none of which may end the run: in this process, or in several that may die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from vinchar.explain import failed
from vinchar.imaging import Picture
from vinchar.many import safely
from vinchar.processes import how_it_died, start
from vinchar.reader import AskedKind, Reader
from vinchar.reading import Reading

MakeReader = Callable[[], Reader]


def read_all(pictures: Sequence[Picture], make: MakeReader, kind: AskedKind, workers: int) -> Iterator[Reading]:
    """Yield the reading of every picture, in order, ``workers`` at a time.

    ``make`` makes a reader; with more than one worker each is a process with a reader of its own, so it must be
    picklable. Whatever goes wrong with a picture, down to the death of the process that reads it, is its reading: the
    status ``error`` with the reason.
    """
    if workers > 1 and len(pictures) > 1:
        yield from _read_in_processes(pictures, make, kind, min(workers, len(pictures)))
        return
    reader = make()
    for picture in pictures:
        yield safely(partial(reader.read, kind=kind), picture)


@dataclass(eq=False, slots=True)
class _Worker:
    """A process, our end of the pipe to it, and the number of the picture it reads."""

    process: SpawnProcess
    pipe: Connection
    number: int


def _read_in_processes(
    pictures: Sequence[Picture], make: MakeReader, kind: AskedKind, workers: int
) -> Iterator[Reading]:
    numbers = iter(range(len(pictures)))
    busy: dict[Connection, _Worker] = {}
    done: dict[int, Reading] = {}

    def begin() -> None:
        number = next(numbers, None)
        if number is None:
            return
        process, pipe = start(_work, make, kind)
        busy[pipe] = _Worker(process, pipe, number)
        pipe.send(pictures[number])

    def take(worker: _Worker) -> None:
        """Take what the worker read and give it the next picture; replace it if it died."""
        try:
            done[worker.number] = worker.pipe.recv()
            number = next(numbers, None)
            if number is not None:
                worker.number = number
                worker.pipe.send(pictures[number])
                return
        except (EOFError, OSError):
            said = f"the process reading it died ({how_it_died(worker.process)})"
            done[worker.number] = failed(str(pictures[worker.number]), said, kind)
        del busy[worker.pipe]
        worker.pipe.close()
        begin()

    try:
        for _ in range(workers):
            begin()
        for number in range(len(pictures)):
            while number not in done:
                for pipe in wait(list(busy)):
                    take(busy[pipe])  # type: ignore[index]
            yield done.pop(number)
    finally:
        for worker in busy.values():
            worker.process.terminate()


def _work(pipe: Connection, make: MakeReader, kind: AskedKind) -> None:
    """Read what comes through the pipe until it closes."""
    reader = make()
    while True:
        try:
            picture = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(safely(partial(reader.read, kind=kind), picture))
        except OSError:  # nobody waits for it any more
            return
