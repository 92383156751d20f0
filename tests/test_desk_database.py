"""The desk's databases: where they are, who made them, and many at once, some of whom are killed."""

from __future__ import annotations

import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_tasks import NOON, VIN, filled, new
from sqlalchemy import text

from vinchar.service.desk import database
from vinchar.service.desk.store import open_store, utc_now

CLERKS = 4  # threads of each process
PICTURES = 240  # for clerks to share: so many that no process is through before another has begun
PRELUDE = """
import sys, threading, time
from vinchar.service.desk.store import open_store
print("ready", flush=True)
sys.stdin.readline()
store = open_store(sys.argv[1])
"""
WORK = f"""
def work(clerk):
    while (task := store.next(clerk)) is not None:
        time.sleep(0.005)  # nobody is quicker, and others have their turn
        store.answer(task.id, clerk, "read", "{VIN}")
        print(f"{{task.id}} {{clerk}}\\n", end="", flush=True)
"""
RACE = f"""{PRELUDE}{WORK}
clerks = [threading.Thread(target=work, args=[f"{{sys.argv[2]}}-{{n}}"]) for n in range({CLERKS})]
[clerk.start() for clerk in clerks]
[clerk.join() for clerk in clerks]
"""
KILLED = f"{PRELUDE}{WORK}\nwork('anna')"


@contextmanager
def processes(script: str, *argv: tuple[str, ...]) -> Iterator[list[subprocess.Popen[str]]]:
    """Run a script in a process for each ``argv``, all of which begin at the same time."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", script]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([*command, *one], cwd=root, **pipes) for one in argv]  # type: ignore[call-overload]
    try:
        for process in started:
            assert process.stdout.readline() == "ready\n"
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_clerks_of_many_processes_never_get_the_same_picture(store_url: str) -> None:
    filled(store_url, PICTURES, utc_now).close()
    with processes(RACE, *((store_url, name) for name in "ab")) as started:
        said = [process.communicate(timeout=60)[0].splitlines() for process in started]
        assert [process.returncode for process in started] == [0, 0]
    done = Counter(line.split()[0] for lines in said for line in lines)
    assert done == Counter(map(str, range(1, PICTURES + 1)))
    assert sum(bool(lines) for lines in said) == 2  # they did race
    store = open_store(store_url)
    assert [len(task.answers) for task in store.tasks("settled", limit=PICTURES)] == PICTURES * [1]
    store.close()


def test_processes_that_open_a_store_at_once_make_it_once(store_url: str) -> None:
    with processes(f"{PRELUDE}print(store.counts())", *3 * [(store_url,)]) as started:
        said = [process.communicate(timeout=60)[0] for process in started]
    assert len(set(said)) == 1
    assert said[0].startswith("Counts(open=0")


def test_the_same_picture_of_many_threads_is_one_task(store_url: str) -> None:
    store = filled(store_url, 0, utc_now)
    found: list[int] = []
    start = threading.Barrier(6)

    def add() -> None:
        start.wait()
        found.append(store.add(new()))

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == 6 * [1]
    store.close()


def test_what_was_answered_outlives_a_kill(store_url: str) -> None:
    filled(store_url, 200, utc_now).close()
    with processes(KILLED, (store_url,)) as (process,):
        lines = [process.stdout.readline() for _ in range(70)]  # type: ignore[union-attr]
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
    said = {int(line.split()[0]) for line in [*lines, *rest.splitlines()]}
    store = open_store(store_url)
    settled = {task.id for task in store.tasks("settled", limit=500)}
    store.close()
    assert 70 <= len(said) < 200  # it was in the middle of it
    assert said <= settled
    assert len(settled - said) <= 1  # saved, and killed before it was said


@pytest.mark.parametrize("version", [0, 2])
def test_a_store_of_another_version_is_refused(version: int, store_url: str) -> None:
    store = open_store(store_url)
    with store.engine.begin() as connection:
        connection.execute(text(f"UPDATE desk SET version = {version}"))
    store.close()
    with pytest.raises(ValueError, match=f"got tables of version {version}, expected 1: another vinchar made them"):
        open_store(store_url)


def test_a_database_of_something_else_is_left_alone(store_url: str) -> None:
    engine = database.open_database(store_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE desk"))
    with pytest.raises(ValueError, match=r"it cannot be used as the desk's store: .*already exists"):
        open_store(store_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM tasks")).scalar() == 0
        connection.execute(text("CREATE TABLE desk (version INTEGER)"))
    with pytest.raises(ValueError, match="got tables of version None, expected 1"):
        open_store(store_url)
    engine.dispose()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("desk.db", "sqlite:///desk.db"),
        ("a b?c#%.db", "sqlite:///a b%3Fc%23%25.db"),
        ("sqlite:////tmp/desk.db", "sqlite:////tmp/desk.db"),
        ("postgres://anna@host/name", "postgresql+pg8000://anna@host/name"),
        ("postgresql://anna@host:5433/name", "postgresql+pg8000://anna@host:5433/name"),
        ("postgresql+psycopg://host/name", "postgresql+psycopg://host/name"),
    ],
)
def test_paths_and_urls(where: str, expected: str) -> None:
    assert database.url_of(where).render_as_string() == expected


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "got SQLite in memory, expected a file"),
        (":memory:", "got SQLite in memory, expected a file"),
        ("sqlite://", "got SQLite in memory, expected a file"),
        ("mysql://host/name", "got a URL of 'mysql', expected the path of a file, sqlite:///… or postgresql://…"),
        ("postgresql://host:port/name", "got a URL that cannot be understood"),
        ("nowhere/desk.db", "nowhere/desk.db: it cannot be used as the desk's store: unable to open database file"),
        ("text.db", "text.db: it cannot be used as the desk's store: file is not a database"),
        ("postgresql://anna:secret@127.0.0.1:1/name", "anna:\\*\\*\\*@127.0.0.1:1/name: it cannot be used"),
    ],
)
def test_stores_that_do_not_serve(where: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.db").write_text("this is a letter and no database\n" * 100)
    with pytest.raises(ValueError, match=said) as error:
        open_store(where)
    assert "secret" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["text.db"]


def test_one_who_writes_waits_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    store = filled(str(tmp_path / "desk.db"), 1, lambda: NOON)
    busy = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    assert store.task(1).state == "open"  # who looks does not wait
    with pytest.raises(Exception, match="database is locked"):
        store.next("anna")
    busy.execute("ROLLBACK")
    busy.close()
    assert store.next("anna") is not None
    store.close()


def test_a_server_that_hangs_up_is_one_that_does_not_serve() -> None:
    """In a process of its own: pg8000 never closes that connection."""

    def hang_up() -> None:
        connection, _ = server.accept()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # so that it is reset
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=hang_up, daemon=True).start()
        where = f"postgresql://anna@127.0.0.1:{server.getsockname()[1]}/name"
        code = f"from vinchar.service.desk.store import open_store; open_store({where!r})"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert "ValueError: postgresql+pg8000://anna@127.0.0.1" in run.stderr
    assert "it cannot be used as the desk's store: [Errno" in run.stderr


def test_tests_reach_this_machine_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        client.connect(str(tmp_path / "socket"))
    for host in ("192.0.2.1", "example.org", "127.0.0.1.example.org", "::2", "", None):
        with socket.socket() as plain, pytest.raises(RuntimeError, match="must not use the network"):
            plain.connect((host, 9))
        with socket.socket(type=socket.SOCK_DGRAM) as plain, pytest.raises(RuntimeError, match="must not use"):
            plain.sendto(b"x", (host, 9))
        for look in (socket.create_connection, lambda address: socket.getaddrinfo(*address)):
            with pytest.raises(RuntimeError, match="must not use the network"):
                look((host, 9))
