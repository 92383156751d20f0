"""What a running service holds: its settings, its counters, the processes that read, the desk's store."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from vinchar.bundle import ModelError
from vinchar.reading import Reading
from vinchar.service.desk.database import AWAY
from vinchar.service.desk.store import NewTask, Store
from vinchar.service.jobs import Answer, MakeReader, Picture, make_reader
from vinchar.service.metrics import Metrics
from vinchar.service.pool import Pool
from vinchar.service.problems import Problem
from vinchar.service.settings import Settings

log = logging.getLogger("vinchar.service")

# Of an upload at the desk, by its status: None, the less sure the more; where there may be no VIN at all, last.
WORTH: dict[str, float | None] = {"uncertain": None, "not_found": 0.0}
PURGE_SECONDS = 3600
KEEP_SECONDS = 5.0  # that a reading waits for the store


@dataclass(eq=False)
class State:
    """The parts of a service that its routes share; ``make`` makes the readers of its processes."""

    settings: Settings
    store: Store
    make: MakeReader = make_reader
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.offline = self.settings.offline_folder
        self._pool: Pool | None = None
        self._reloading = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()
        self._watch("queue", "Pictures that wait for a process", lambda pool: pool.waiting)
        self._watch("workers_died", "Processes that died or were ended", lambda pool: pool.died)

    def _watch(self, name: str, told: str, value: Callable[[Pool], float]) -> None:
        self.metrics.watch(name, told, lambda: value(self._pool) if self._pool else 0.0)

    @property
    def is_ready(self) -> bool:
        """Tell whether pictures can be read."""
        return self._pool is not None

    @property
    def pool(self) -> Pool:
        """Return the processes that read. Raises ``Problem`` as long as there are none."""
        if self._pool is None:
            raise Problem("not-ready", "the service starts or stops", 1.0)
        return self._pool

    async def load(self) -> None:
        """Read with the model as it is in its folder now; what is under way is read to its end with the one before.

        Raises ``ModelError`` if it cannot be used; then the one before stays.
        """
        async with self._reloading:
            try:
                pool = Pool(self.settings, self.make)
                await pool.start()
            except OSError as error:  # no room for a copy, or for processes
                raise ModelError(f"it cannot be got ready: {error}") from error
            before, self._pool = self._pool, pool
            if before is not None:
                pool.died = before.died
                retiring = asyncio.create_task(before.retire())
                self._retiring.add(retiring)
                retiring.add_done_callback(self._retiring.discard)
        log.info("reads with the model %s", pool.bundle.version)

    async def load_if_good(self) -> None:
        """Do the same where nobody waits for the answer."""
        try:
            await self.load()
        except ModelError as error:
            log.error("the model stays as it was: %s", error)

    async def keep(self, picture: Picture, answer: Answer) -> int | None:
        """Keep an upload that somebody should look at, if the owner said so; return the number of its task."""
        days = self.settings.keep
        if not days or answer.status not in WORTH:
            return None
        reading = Reading.from_dict(json.loads(answer.json))
        if reading.kind == "glyph":
            return None
        new = NewTask(
            picture.data,
            picture.name or "upload",
            reading,
            expires_at=self.store.now() + timedelta(days=days),
            looks=self.settings.looks,
            worth=WORTH[answer.status],
        )
        try:
            return await asyncio.wait_for(asyncio.to_thread(self.store.add, new), KEEP_SECONDS)
        except AWAY:  # whoever asked gets the reading all the same
            log.exception("a picture could not be kept")
            return None

    async def purge(self) -> None:
        """Delete, every hour, what was kept for long enough."""
        while True:
            try:
                deleted = await asyncio.to_thread(self.store.purge)
                if deleted:
                    log.info("deleted %d pictures that were kept for long enough", deleted)
            except Exception:  # the database may be away for a while
                log.exception("pictures that were kept for long enough could not be deleted")
            await asyncio.sleep(PURGE_SECONDS)

    async def close(self) -> None:
        """End all processes, after what is under way."""
        async with self._reloading:
            pool, self._pool = self._pool, None
        if pool is not None:
            await pool.retire()
        await asyncio.gather(*self._retiring)
