"""The tables of the desk, the same in SQLite and PostgreSQL.

No number is given twice, hence autoincrement: who still holds that of a picture which is gone must not meet another.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.types import TypeDecorator

VERSION = 1  # raised when the tables change


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept as UTC without one: SQLite knows no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time as it is kept."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts by itself only what is called INTEGER

tables = MetaData()

version = Table("desk", tables, Column("version", Integer, nullable=False))

pictures = Table(
    "pictures",
    tables,
    Column("id", NUMBER, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("width", Integer, nullable=False),  # of the upright picture, as is the height
    Column("height", Integer, nullable=False),
    Column("origin", String, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("expires_at", Moment, index=True),
    Column("data", LargeBinary, nullable=False),  # the last one: SQLite walks through it to what follows
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    tables,
    Column("id", NUMBER, primary_key=True),
    Column("picture_id", NUMBER, ForeignKey("pictures.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("waiting", Boolean, nullable=False),  # for an answer: open or disputed; said by the state, but found fast
    Column("looks", Integer, nullable=False),
    Column("worth", Float, nullable=False),
    Column("split", String(16), nullable=False),  # the part of the labels that its owner wants it in, or empty
    Column("vin", String(17)),  # once it is settled
    Column("leased_by", String(64)),  # who took it last, after the end of the lease, too
    Column("leased_until", Moment, index=True),
    Column("model", String),
    Column("reading", JSON, nullable=False),
    Index("tasks_in_state", "state", "id"),
    Index("queue", "waiting", text("worth DESC"), "id"),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    tables,
    Column("id", NUMBER, primary_key=True),
    Column("task_id", NUMBER, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("reviewer", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("vin", String(17)),
    Column("at", Moment, nullable=False),
    Index("answers_of_task", "task_id", "reviewer"),
    sqlite_autoincrement=True,
)
