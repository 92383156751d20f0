"""What the service stands: ``python3 benchmarks/service.py [load] [overload] [memory] [kills] [hostile]
[fuzz] [--photos FOLDER] [--write]``.

Starts ``vinchar serve`` on this machine with two processes that read, and sends it drawn photos, over the loopback
interface alone. ``load``: requests a second and times at 1, 4, 16 and 64 clients, beside ``inference.py --workers 2``
on the same pictures; ``overload``: clients that do not wait when they are refused, at twice what it can do; ``memory``:
20,000 requests; ``kills``: a process that reads is killed every second; ``hostile``: 10,000 bodies that are none;
``fuzz``: 10,000 cases that schemathesis makes of the OpenAPI file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from endurance import mutated  # noqa: E402
from speed import large_photo  # noqa: E402
from tables import show  # noqa: E402

HOST = "127.0.0.1"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CLIENTS = (1, 4, 16, 64)
WORKERS = 2
SMALL, LARGE = "256 x 256 photos", "JPEGs of 12 megapixels"
DISTINCT = {SMALL: 40, LARGE: 2}  # pictures drawn
REQUESTS = {SMALL: 600, LARGE: 300}
GIVE_UP = 60.0  # seconds after which an answer is not waited for
EXAMPLES = 560  # of each route, for schemathesis
share = 1.0  # of all that is sent: less for a try
photos: Path | None = None  # small ones to send instead of drawn ones


def scaled(count: int) -> int:
    """Return how many to send."""
    return max(1, round(share * count))


@dataclass
class Service:
    """A running service: its port, its process, and those that read for it."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def children(self) -> list[int]:
        found = []
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
                words = status.with_name("cmdline").read_text()
            except OSError:
                continue
            if f"PPid:\t{self.process.pid}\n" in text and "spawn_main" in words:
                found.append(int(status.parent.name))
        return found

    @property
    def memory(self) -> tuple[float, float]:
        """Resident MB of the service, and of all that read for it."""
        return resident(self.process.pid), sum(map(resident, self.children))


def resident(process: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def service(*flags: str) -> Iterator[Service]:
    """Start a service with two processes that read, and stop it in the end."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "vinchar", "serve", "--port", "0", "--workers", str(WORKERS), "--rate", "0"]
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*command, *flags], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=file
            )
        try:
            deadline = time.monotonic() + 60
            while not (found := re.search(rf"http://{HOST}:(\d+)", log.read_text())):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"the service did not start:\n{log.read_text()}")
                time.sleep(0.1)
            yield Service(int(found[1]), process)
        finally:
            process.terminate()
            process.wait(60)


@dataclass
class Answers:
    """What came back: the seconds of each answer by its status, and how long all took."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    took: float = 0.0

    def add(self, status: int, seconds: float) -> None:
        self.seconds.setdefault(status, []).append(seconds)

    def at(self, share: float, status: int = 200) -> float:
        """Milliseconds within which this share of the answers came."""
        return 1000 * float(np.quantile(self.seconds.get(status, [float("nan")]), share))

    @property
    def rate(self) -> float:
        """Pictures read in a second."""
        return len(self.seconds.get(200, ())) / self.took

    @property
    def statuses(self) -> str:
        return ", ".join(f"{status}: {len(some)}" for status, some in sorted(self.seconds.items()))


async def close(connection: Connection | None) -> None:
    """Close a connection, whatever state it is in."""
    if connection is not None:
        connection[1].close()
        with suppress(ConnectionError):
            await connection[1].wait_closed()


async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, kind: str) -> tuple[int, bytes]:
    """Send a body on an open connection; return the status and the content of the answer."""
    head = f"POST /v1/read HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"content-length: (\d+)", answer)
    return int(answer.split()[1]), await reader.readexactly(int(length[1]) if length else 0)


async def send_all(port: int, bodies: Sequence[bytes], clients: int, wait: bool = True) -> Answers:
    """Send every body once, from several clients at a time; who is refused tries again after a moment, if ``wait``."""
    left, answers = iter(bodies), Answers()

    async def client() -> None:
        connection = await asyncio.open_connection(HOST, port)
        for body in left:
            while True:
                started = time.perf_counter()
                status, _ = await asyncio.wait_for(post(*connection, body, "image/jpeg"), GIVE_UP)
                answers.add(status, time.perf_counter() - started)
                if status != 429 or not wait:
                    break
                await asyncio.sleep(random.uniform(1, 1.5))  # as Retry-After says
        await close(connection)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    answers.took = time.perf_counter() - started
    return answers


async def send_steadily(port: int, bodies: Sequence[bytes], rate: float) -> Answers:
    """Send every body once, so many a second, whatever becomes of those before."""
    answers, under_way, idle = Answers(), set[asyncio.Task[None]](), list[Connection]()

    async def one(body: bytes) -> None:
        connection = idle.pop() if idle else await asyncio.open_connection(HOST, port)
        started = time.perf_counter()
        status, _ = await asyncio.wait_for(post(*connection, body, "image/jpeg"), GIVE_UP)
        answers.add(status, time.perf_counter() - started)
        idle.append(connection)

    started = time.perf_counter()
    for number, body in enumerate(bodies):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        task = asyncio.create_task(one(body))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    for connection in idle:
        await close(connection)
    answers.took = time.perf_counter() - started
    return answers


def draw(folder: Path, kind: str) -> list[Path]:
    """Draw the pictures of a kind, or take the small ones from the folder that was named."""
    if kind == SMALL and photos is not None:
        return sorted(path for path in photos.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    import cv2

    from vinchar.drawing.photos import draw_photo

    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(DISTINCT[kind]):
        path = folder / f"{number}.jpg"
        if kind == LARGE:
            large_photo(path, 4000 + 8 * number)
        else:
            photo = cv2.resize(draw_photo(rng, place="label", calm=True).bgr, (256, 256), interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(path), photo, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return sorted(folder.iterdir())


def command_line(paths: Sequence[Path], folder: Path, count: int) -> float:
    """Return how many pictures a second ``inference.py --workers 2`` reads, its start left out."""
    folder.mkdir()
    for number in range(count):
        os.symlink(paths[number % len(paths)], folder / f"{number:05}.jpg")

    def seconds(what: Path) -> float:
        started = time.perf_counter()
        command = [sys.executable, str(ROOT / "inference.py"), str(what), "--workers", str(WORKERS)]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return time.perf_counter() - started

    few = folder.with_name(folder.name + " few")
    few.mkdir()
    for number in range(2):
        os.symlink(paths[number % len(paths)], few / f"{number}.jpg")
    return (count - 2) / (seconds(folder) - seconds(few))


def load(write: bool) -> None:
    """Measure throughput and times."""
    rows = []
    with tempfile.TemporaryDirectory() as name, service() as running:
        for kind in (SMALL, LARGE):
            paths = draw(Path(name) / kind, kind)
            pictures = [path.read_bytes() for path in paths]
            bodies = [pictures[i % len(pictures)] for i in range(scaled(REQUESTS[kind]))]
            asyncio.run(send_all(running.port, bodies[:20], 2))
            alone = command_line(paths, Path(name) / f"{kind} all", len(bodies) + 2)
            rows.append((kind, f"`inference.py --workers {WORKERS}`", f"{alone:.1f}", "1.00", "", "", "", ""))
            for clients in CLIENTS:
                got = asyncio.run(send_all(running.port, bodies, clients))
                times = (f"{got.at(share):.0f}" for share in (0.5, 0.95, 0.99))
                refused = len(got.seconds.get(429, ()))
                rows.append((kind, f"{clients} clients", f"{got.rate:.1f}", f"{got.rate / alone:.2f}", *times, refused))
                print(rows[-1], file=sys.stderr)
    titles = ("pictures", "asked by", "read a second", "of the command line", "p50 ms", "p95 ms", "p99 ms", "refused")
    show("service", titles, rows, write)


def overload(write: bool) -> None:
    """Measure how it is with twice as much to do as it can."""
    rows = []
    with tempfile.TemporaryDirectory() as name, service() as running:
        for kind in (SMALL, LARGE):
            pictures = [path.read_bytes() for path in draw(Path(name) / kind, kind)]
            bodies = [pictures[i % len(pictures)] for i in range(scaled(REQUESTS[kind]))]
            quiet = asyncio.run(send_all(running.port, bodies, 1))
            most = asyncio.run(send_all(running.port, bodies, 4)).rate
            got = asyncio.run(send_steadily(running.port, bodies, 2 * most))
            times = f"{got.at(0.95) / quiet.at(0.95):.2f}"
            rows.append((kind, f"{2 * most:.0f}", got.statuses, f"{quiet.at(0.95):.0f}", f"{got.at(0.95):.0f}", times))
    titles = ("pictures", "sent a second", "answers", "p95 ms, one client", "p95 ms of what was read", "times")
    show("service_overload", titles, rows, write)


def memory(write: bool) -> None:
    """Measure memory over many requests."""
    rows = []
    with service() as running:
        from vinchar.imaging import find_pictures

        pictures = [path.read_bytes() for path in find_pictures([ROOT / "images"]).paths]
        for count in (1000, 4000, 5000, 5000, 5000):
            bodies = [pictures[i % len(pictures)] for i in range(scaled(count))]
            asyncio.run(send_all(running.port, bodies, 4))
            done = sum(row[0] for row in rows[-1:]) + len(bodies)
            rows.append((done, *(round(one) for one in running.memory)))
            print(rows[-1], file=sys.stderr)
    show("service_memory", ("requests", "MB of the service", "MB of its 2 processes that read"), rows, write)


def kills(write: bool) -> None:
    """Kill processes that read, while they do."""
    with tempfile.TemporaryDirectory() as name, service() as running:
        pictures = [path.read_bytes() for path in draw(Path(name) / SMALL, SMALL)]
        bodies = [pictures[i % len(pictures)] for i in range(scaled(600))]

        async def killing() -> int:
            count = 0
            try:
                while True:
                    await asyncio.sleep(1)
                    os.kill(random.choice(running.children), signal.SIGKILL)
                    count += 1
            except asyncio.CancelledError:
                return count

        async def both() -> tuple[Answers, int]:
            task = asyncio.create_task(killing())
            answers = await send_all(running.port, bodies, 4)
            task.cancel()
            return answers, await task

        got, count = asyncio.run(both())
    show("service_kills", ("requests", "processes killed", "answers"), [(len(bodies), count, got.statuses)], write)


def hostile_bodies(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield bodies that no client should send, each with its content type."""
    from vinchar.imaging import find_pictures

    samples = [path.read_bytes() for path in find_pictures([ROOT / "images"]).paths]
    samples = [data for data in samples if len(data) < 100_000]
    rng = np.random.default_rng(5)
    kinds = ("image/jpeg", "image/png", "application/octet-stream", "multipart/form-data; boundary=b", "text/html", "x")
    bomb = _bomb()
    for _ in range(count):
        kind = kinds[int(rng.integers(len(kinds)))]
        match int(rng.integers(6)):
            case 0 | 1:
                body = mutated(samples[int(rng.integers(len(samples)))], rng)
            case 2:
                body = rng.bytes(int(rng.integers(0, 5000)))
            case 3:
                body = samples[int(rng.integers(len(samples)))][: int(rng.integers(0, 2000))]
            case 4:
                inner = mutated(samples[int(rng.integers(len(samples)))], rng)
                form = (
                    b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
                    + inner
                    + b"\r\n--b--\r\n"
                )
                body, kind = mutated(form, rng), kinds[3]
            case _:
                body = bomb
        yield kind, body


def _bomb() -> bytes:
    """Return a PNG file of a few kilobytes that says it has 60,000 x 60,000 pixels."""
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10**6))) + chunk(b"IEND", b"")
    )


def hostile(write: bool) -> None:
    """Send bodies that no client should send, while some clients are slow; all must be answered, and in time."""
    answers, statuses, slowest, count = Counter[int](), Counter[str](), 0.0, scaled(10_000)
    with service("--body-seconds", "3") as running:
        before = set(running.children)

        async def client(bodies: Iterator[tuple[str, bytes]]) -> None:
            nonlocal slowest
            connection = None
            for kind, body in bodies:
                connection = connection or await asyncio.open_connection(HOST, running.port)
                started = time.perf_counter()
                try:
                    status, content = await asyncio.wait_for(post(*connection, body, kind), GIVE_UP)
                    answers[status] += 1
                    said = json.loads(content)
                    statuses[said.get("code") or said["status"]] += 1
                except (ConnectionError, asyncio.IncompleteReadError):
                    answers[0] += 1
                    await close(connection)
                    connection = None
                slowest = max(slowest, time.perf_counter() - started)
            await close(connection)

        async def slow() -> float:
            """Send half a picture and wait; return the seconds until the service has had enough."""
            started = time.perf_counter()
            reader, writer = await asyncio.open_connection(HOST, running.port)
            writer.write(b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc")
            await asyncio.wait_for(reader.readuntil(b"}"), GIVE_UP)
            await close((reader, writer))
            return time.perf_counter() - started

        async def everything() -> list[float]:
            bodies = hostile_bodies(count)
            waits = [asyncio.create_task(slow()) for _ in range(20)]
            await asyncio.gather(*(client(bodies) for _ in range(2 * WORKERS)))
            return await asyncio.gather(*waits)

        waits = asyncio.run(everything())
        died = len(before - set(running.children))
        alive = running.process.poll() is None
    said = ", ".join(f"{name}: {number}" for name, number in statuses.most_common())
    row = (
        count,
        ", ".join(f"{s}: {n}" for s, n in sorted(answers.items())),
        said,
        f"{slowest:.2f} s",
        f"{max(waits):.1f} s",
        died,
    )
    titles = ("bodies", "answers", "of these", "slowest", "a slow client, at most", "processes that died")
    show("service_hostile", titles, [row], write)
    if not alive:
        raise SystemExit("the service died")


def fuzz(write: bool) -> None:
    """Let schemathesis send what OpenAPI says may be sent, and what it says may not."""
    with service("--keep", "1") as running, tempfile.TemporaryDirectory() as folder:
        address = f"http://{HOST}:{running.port}/openapi.json"
        command = [Path(sys.executable).with_name("schemathesis"), "run", address, "--seed", "1", "--no-color"]
        # What a picture must be cannot be said in a schema, so what fits the schema may be refused.
        flags = ["--exclude-checks", "positive_data_acceptance", "--max-examples", str(scaled(EXAMPLES))]
        run = subprocess.run([*command, *flags], cwd=folder, capture_output=True, text=True, timeout=1800)
        alive = running.process.poll() is None
    cases = re.search(r"(\d+) generated(?:, (\d+) found)?", run.stdout)
    if cases is None or run.returncode or not alive:
        raise SystemExit(run.stdout[-9000:] + run.stderr[-2000:])
    show("service_fuzz", ("cases", "failures"), [(cases[1], cases[2] or 0)], write)


PARTS: dict[str, Callable[[bool], None]] = {
    "load": load,
    "overload": overload,
    "memory": memory,
    "kills": kills,
    "hostile": hostile,
    "fuzz": fuzz,
}


def main() -> None:
    """Measure what was named, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure (default: all)")
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
    parser.add_argument("--photos", type=Path, metavar="FOLDER", help="small photos to send instead of drawn ones")
    parser.add_argument("--share", type=float, default=1.0, help="of all that is sent, for a try")
    args = parser.parse_args()
    global share, photos
    share, photos = args.share, args.photos and args.photos.resolve()
    for name in args.parts or PARTS:
        PARTS[name](args.write)


if __name__ == "__main__":
    main()
