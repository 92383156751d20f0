"""Processes that read, each with a reader of its own, behind a bounded queue; any of them may die."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from vinchar.bundle import Bundle, ModelError, open_bundle
from vinchar.processes import how_it_died, start
from vinchar.service.jobs import Abilities, Answer, Job, MakeReader, Refused, make_reader, work
from vinchar.service.problems import Problem
from vinchar.service.settings import Settings

log = logging.getLogger("vinchar.service")

START_SECONDS = 60.0  # in which a process must have made its reader
RETRY_SECONDS = 1.0  # after which who was refused may try again


@dataclass(eq=False)
class _Worker:
    """A process that reads, started anew where it died. Its methods block: call them in a thread."""

    model: Path
    settings: Settings
    make: MakeReader
    process: SpawnProcess | None = None
    pipe: Connection | None = None
    has_begun: bool = False

    def begin(self) -> Abilities:
        """Start the process, wait until it can read, and return how. Raises ``ModelError`` if it cannot."""
        self.end()
        arguments = (self.model, self.settings.reader, self.settings.max_pixels, self.make)
        self.process, self.pipe = process, pipe = start(work, *arguments)
        try:
            said = pipe.recv() if pipe.poll(START_SECONDS) else "it takes too long to start"
        except (EOFError, OSError):
            said = f"the process died at its start ({how_it_died(process)})"
        if isinstance(said, Abilities):
            self.has_begun = True
            return said
        self.end()
        raise ModelError(said)

    @property
    def is_ready(self) -> bool:
        """Tell whether there is a process that can read, or does."""
        return self.has_begun and self.process is not None and self.process.is_alive()

    def ask(self, job: Job) -> Answer:
        """Return what the process reads. Raises ``Problem`` if it refuses, dies, or takes too long and is ended."""
        if not self.is_ready:
            try:
                self.begin()
            except (ModelError, OSError) as error:
                raise Problem("model-error", str(error), RETRY_SECONDS) from error
        assert self.process is not None
        assert self.pipe is not None
        seconds = self.settings.read_seconds * len(job.pictures)
        try:
            self.pipe.send((job.asked, [picture.name for picture in job.pictures]))
            for picture in job.pictures:  # as they are: a pickle would be another copy
                self.pipe.send_bytes(picture.data)
            answer = self.pipe.recv() if self.pipe.poll(seconds) else None
        except (EOFError, OSError):
            how = how_it_died(self.process)
            self.end()
            raise Problem("worker-died", f"the process that read it died ({how})", RETRY_SECONDS) from None
        if answer is None:
            self.end()
            raise Problem("timed-out", f"reading it took more than {seconds:g} seconds")
        if isinstance(answer, Refused):
            raise Problem(answer.code, answer.detail)
        assert isinstance(answer, Answer)
        return answer

    def end(self) -> None:
        """End the process, whatever it does."""
        process, pipe, self.process, self.pipe, self.has_begun = self.process, self.pipe, None, None, False
        if process is not None and pipe is not None:
            process.kill()
            process.join()
            pipe.close()


@dataclass(eq=False)
class Pool:
    """Processes that read with one model, of which it has a copy, so that all of them read with the same one.

    ``waiting``: how many jobs wait for a process; ``died``: how many processes died.
    """

    settings: Settings
    make: MakeReader = make_reader
    bundle: Bundle = field(init=False)
    abilities: Abilities = field(init=False)
    waiting: int = 0
    died: int = 0

    def __post_init__(self) -> None:
        self._workers: list[_Worker] = []
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._impatient = 0
        self._threads = ThreadPoolExecutor(self.settings.processes, "reading")
        self._folder = tempfile.TemporaryDirectory(prefix="vinchar-")

    async def start(self) -> None:
        """Copy the model and start all processes. Raises ``ModelError`` if they cannot read with it."""
        try:
            folder = Path(self._folder.name)
            _copy(open_bundle(self.settings.model), folder)
            self.bundle = open_bundle(folder)
            self._workers = [_Worker(folder, self.settings, self.make) for _ in range(self.settings.processes)]
            beginning = [self._in_thread(worker.begin) for worker in self._workers]
            begun = await asyncio.gather(*beginning, return_exceptions=True)  # none may start after the others' end
            for one in begun:
                if isinstance(one, BaseException):
                    raise one
                self.abilities = one
        except BaseException:
            self.end()
            raise
        for worker in self._workers:
            self._idle.put_nowait(worker)

    @property
    def can_read(self) -> bool:
        """Tell whether there is a process that reads or can."""
        return any(worker.is_ready for worker in self._workers)

    def expect_room(self) -> None:
        """Raise ``Problem`` where as many jobs wait as may."""
        if self._idle.empty() and self._impatient >= self.settings.waiting:
            raise Problem("queue-full", f"{self._impatient} pictures wait already", RETRY_SECONDS)

    async def read(self, job: Job, patient: bool = False) -> Answer:
        """Return the reading of a job. Raises ``Problem``; where the queue is full only who is ``patient`` waits."""
        if not patient:
            self.expect_room()
        self.waiting += 1
        self._impatient += not patient  # who is patient, perhaps for hours, keeps nobody else out
        try:
            worker = await self._idle.get()
        finally:
            self.waiting -= 1
            self._impatient -= not patient
        reading = self._in_thread(worker.ask, job)
        reading.add_done_callback(partial(self._give_back, worker))  # also where nobody waits for it any more
        answer: Answer = await asyncio.shield(reading)
        return answer

    def _give_back(self, worker: _Worker, reading: asyncio.Future[Any]) -> None:
        reading.exception()  # looked at, or asyncio tells of it where nobody else did
        if worker.is_ready:
            self._idle.put_nowait(worker)
            return

        def begun(beginning: asyncio.Future[Any]) -> None:
            if error := beginning.exception():
                log.error("a process that reads cannot be started: %s", error)
            self._idle.put_nowait(worker)  # the next job tries again

        self.died += 1
        self._in_thread(worker.begin).add_done_callback(begun)

    async def retire(self) -> None:
        """End it once all that was asked of it is answered."""
        while self.waiting:
            await asyncio.sleep(0.05)
        for _ in self._workers:
            await self._idle.get()
        self.end()

    def end(self) -> None:
        """End all processes now."""
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._folder.cleanup()

    def _in_thread(self, work: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def _copy(bundle: Bundle, folder: Path) -> None:
    """Copy what is needed to read with a model."""
    for path in (*bundle.paths.values(), bundle.structure, bundle.structure.with_name("model.json")):
        shutil.copyfile(path, folder / path.name)
