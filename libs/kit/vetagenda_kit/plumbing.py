"""The tables that every service has in its own schema, beside its own."""

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from vetagenda_kit.db import UtcDateTime

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("practice_id", Uuid, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
)
Index("outbox_unpublished", outbox.c.id, postgresql_where=outbox.c.published_at.is_(None))

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)

# `source` is the publishing service: each counts the versions of what it tells by itself.
aggregate_seen = Table(
    "aggregate_seen",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("aggregate_id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("practice_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("error", Text, nullable=False),
    Column("dead_at", UtcDateTime, nullable=False),
    Column("replayed_at", UtcDateTime),
    UniqueConstraint("consumer", "event_id", name="dead_letter_once"),
)

# The key is a digest over caller, method, path and Idempotency-Key: nobody else can name the row.
idempotency = Table(
    "idempotency",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("body_digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

TENANT_TABLES = ("outbox", "inbox", "aggregate_seen", "dead_letter")
