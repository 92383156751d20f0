"""A database of PostgreSQL for the tests of one process, emptied for each test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, make_url, text


@contextmanager
def new_postgres() -> Iterator[str | None]:
    """Yield the URL of a new database in the server that VINCHAR_TEST_POSTGRES names; None where it names none."""
    server = os.environ.get("VINCHAR_TEST_POSTGRES")
    if not server:
        yield None
        return
    name = f"vinchar_{secrets.token_hex(8)}"  # processes of pytest-xdist share the server
    engine = _engine(server)
    _do(engine, f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _do(engine, f"DROP DATABASE {name} WITH (FORCE)")


def emptied(url: str | None) -> str:
    """Return the URL of a database after all is gone from it.

    Without one the test is skipped, or fails where VINCHAR_REQUIRE names postgres.
    """
    if url is None:
        why = "PostgreSQL is not tested: VINCHAR_TEST_POSTGRES names no server, see tests/postgres.sh"
        if "postgres" in os.environ.get("VINCHAR_REQUIRE", ""):
            pytest.fail(why)
        pytest.skip(why)
    _do(_engine(url), "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return url


def _engine(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+pg8000"), isolation_level="AUTOCOMMIT")


def _do(engine: Engine, *commands: str) -> None:
    try:
        with engine.connect() as connection:
            for command in commands:
                connection.execute(text(command))
    finally:
        engine.dispose()
