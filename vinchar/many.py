"""Many pictures read in turn, none of which ends the run."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np

from vinchar.explain import failed
from vinchar.imaging import Source, Url, name_of
from vinchar.reading import Reading

Read = Callable[[Source], Reading]


def is_one(sources: object) -> bool:
    """Tell a picture, or what is none, from several: one can go through arrays, files and Pillow images, too."""
    one = isinstance(sources, str | os.PathLike | Url | bytes | bytearray | memoryview | np.ndarray)
    return one or hasattr(sources, "read") or hasattr(sources, "getexif") or not isinstance(sources, Iterable)


def with_names(sources: Iterable[Source], names: Iterable[str | None] | None) -> list[tuple[Source, str | None]]:
    """Return several pictures, each with its name, which by default is its path."""
    if is_one(sources):
        raise ValueError(f"frames: got one {type(sources).__name__}, expected several: read_frames([picture]), or read")
    several = list(sources)
    given = [None] * len(several) if names is None else list(names)
    if not several or len(given) != len(several):
        raise ValueError(f"frames: got {len(several)} with {len(given)} names, expected some, each with its own")
    return [(one, name_of(one) if name is None else name) for one, name in zip(several, given, strict=True)]


def read_in_turn(read: Read, sources: Iterable[Source], workers: int) -> Iterator[Reading]:
    """Yield what ``read`` reads in every picture, in order; ``workers`` threads read, and take few in advance."""
    if workers <= 1:
        yield from (safely(read, source) for source in sources)
        return
    waiting = iter(sources)
    with ThreadPoolExecutor(workers) as pool:
        reading = deque(pool.submit(safely, read, source) for source in islice(waiting, 2 * workers))
        while reading:
            yield reading.popleft().result()
            reading.extend(pool.submit(safely, read, source) for source in islice(waiting, 1))


def safely(read: Read, source: Source) -> Reading:
    """Return what ``read`` reads in a picture; whatever goes wrong with it is its reading, with status ``error``."""
    try:
        return read(source)
    except Exception as error:  # a bad item, or a mistake of ours or of a library
        said = str(error) if isinstance(error, ValueError) else f"please report this: {type(error).__name__}: {error}"
        return failed(name_of(source), f"reading it failed: {said}")
