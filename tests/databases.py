"""Databases of PostgreSQL for the tests, each empty and for one test alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text


@contextmanager
def empty_postgres() -> Iterator[str]:
    """Yield the URL of a new database in the server that VINCHAR_TEST_POSTGRES names (see tests/postgres.sh).

    Without a server the test is skipped, or fails where VINCHAR_REQUIRE names postgres.
    """
    server = os.environ.get("VINCHAR_TEST_POSTGRES")
    if not server:
        why = "PostgreSQL is not tested: VINCHAR_TEST_POSTGRES names no server, see tests/postgres.sh"
        if "postgres" in os.environ.get("VINCHAR_REQUIRE", ""):
            pytest.fail(why)
        pytest.skip(why)
    name = f"vinchar_{secrets.token_hex(8)}"
    url = make_url(server).set(drivername="postgresql+pg8000")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()
