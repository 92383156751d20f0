"""The database of the desk: a file of SQLite, or PostgreSQL; what the two need differently is here alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from vinchar.service.desk.tables import VERSION, tables, version

PATIENCE = 30.0  # seconds that a writer of SQLite waits for others
AWAY = (DBAPIError, PoolTimeoutError, OSError)  # raised where a database cannot be used; pg8000 lets some through
_LOCK = 8674_665_223  # of PostgreSQL, held while the tables are made; any number that nobody else takes

# auto_vacuum first: it counts only while the file is empty. secure_delete: what is deleted is overwritten.
_PRAGMAS = (
    "auto_vacuum=INCREMENTAL",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)


def open_database(where: str | os.PathLike[str]) -> Engine:
    """Return the engine of a database whose tables are there, made if there was nothing.

    ``where``: the path of a file for SQLite, or an SQLAlchemy URL of SQLite or PostgreSQL. Raises ``ValueError`` with
    the reason where that is no database, cannot be reached, or is one of another version.
    """
    url = url_of(os.fspath(where))
    shown = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with writing(engine) as connection:
            _expect_tables(connection)
    except (*AWAY, ValueError) as error:
        engine.dispose()
        said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        raise ValueError(f"{shown}: it cannot be used as the desk's store: {said}") from error
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that is durable when this ends, and undone if it fails.

    In SQLite no other writes meanwhile: waiting for the lock only at the first write would fail where two have read.
    """
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees the store as it is now; in SQLite it waits for no writer."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # else each statement would see another moment
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def reclaim(engine: Engine) -> None:
    """Give up the room of what was deleted. In SQLite nothing of it is in the files then, unless somebody still reads.

    PostgreSQL does so by itself, in its own time.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        # As a script: every step of the first pragma frees a page, and execute would take one.
        raw.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")


def url_of(where: str) -> URL:
    """Return the URL of a path or a URL; PostgreSQL's without a driver gets that of the one that is installed."""
    if "://" not in where:
        url = URL.create("sqlite", database=where)
    else:
        try:
            url = make_url(where)
        except (ArgumentError, ValueError) as error:  # of a port that is no number
            raise ValueError("store: got a URL that cannot be understood, expected dialect://user@host/name") from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+pg8000")  # the driver that is installed; psycopg is under the LGPL
    name = url.drivername.partition("+")[0]
    if name not in ("sqlite", "postgresql"):
        raise ValueError(f"store: got a URL of {name!r}, expected the path of a file, sqlite:///… or postgresql://…")
    in_memory = url.database in (None, "", ":memory:") or "memory" in (url.query.get("mode"), url.query.get("vfs"))
    if name == "sqlite" and in_memory:
        raise ValueError("store: got SQLite in memory, expected a file: corrections must outlive the process")
    return url


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)  # errors go to a log


def _sqlite(url: URL) -> Engine:
    arguments = {"timeout": PATIENCE, "isolation_level": None}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _expect_tables(connection: Connection) -> None:
    """Make the tables where there are none. Raises ``ValueError`` if they are of another version."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if not inspect(connection).has_table(version.name):
        tables.create_all(connection, checkfirst=False)  # tables of these names that are somebody else's are no store
        connection.execute(insert(version).values(version=VERSION))
    found = connection.execute(select(version.c.version)).scalar()
    if found != VERSION:
        raise ValueError(f"got tables of version {found}, expected {VERSION}: another vinchar made them")
