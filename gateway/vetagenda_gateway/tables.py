"""The gateway's own tables: keys, and the event feed of each practice."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from vetagenda_kit.db import UtcDateTime

metadata = MetaData()

# `practices` is null for an operator's key, which reaches every practice; `networks` for one that is used
# from anywhere.
api_key = Table(
    "api_key",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("prefix", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("practices", ARRAY(Uuid)),
    Column("requests_per_minute", Integer),
    Column("networks", ARRAY(Text)),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("successor_id", Uuid),
    Column("expiry_told_at", UtcDateTime),
    CheckConstraint("cardinality(practices) > 0", name="api_key_has_practices"),
    CheckConstraint(
        "practices IS NOT NULL OR 'admin' = ANY (scopes)", name="api_key_all_practices_admin_only"
    ),
)

# Apart from the key: it is written all the time, and nobody waits for it.
api_key_use = Table(
    "api_key_use",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("last_used_at", UtcDateTime, nullable=False),
)

# The last number given in each practice's feed. Its row lock makes the numbers gap-free and commits them in
# order.
practice_feed = Table(
    "practice_feed",
    metadata,
    Column("practice_id", Uuid, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

feed_event = Table(
    "feed_event",
    metadata,
    Column("practice_id", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event", JSONB, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
)
Index("feed_event_age", feed_event.c.recorded_at)

# How far each publisher's stream was read; a stream made anew is read from its beginning.
feed_position = Table(
    "feed_position",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("stream_created_at", UtcDateTime, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
)
