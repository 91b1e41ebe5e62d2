"""The gateway's own tables: keys, the event feed of each practice, and its webhooks."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from vetagenda_kit import outward_calls_table
from vetagenda_kit.db import UtcDateTime

metadata = MetaData()

# `practices` is null for an operator's key, which reaches every practice; `networks` for one that is used
# from anywhere. `partner_id` is the organisation whose key it is; an `app` acts for owners only.
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
    Column("partner_id", Uuid),
    Column("partner_kind", Text),
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

# One row a request with a key. Nothing personal: routes are templates, `subjects` the ids in the path.
access_log = Table(
    "access_log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("subjects", ARRAY(Uuid), nullable=False),
    Column("status", Integer, nullable=False),
    Column("request_id", Text, nullable=False),
)
Index("access_log_of_practice", access_log.c.practice_id, access_log.c.at, access_log.c.id)
Index("access_log_age", access_log.c.at)

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

# What an app sees of a practice, by its newest activation, and the owners who are or were connected to it.
partner_reach = Table(
    "partner_reach",
    metadata,
    Column("practice_id", Uuid, primary_key=True),
    Column("partner_id", Uuid, primary_key=True),
    Column("activation_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("calendar_ids", ARRAY(Uuid)),
    Column("appointment_type_ids", ARRAY(Uuid)),
    Column("is_active", Boolean, nullable=False),
)
connected_owner = Table(
    "connected_owner",
    metadata,
    Column("connection_id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    Column("partner_id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_connected", Boolean, nullable=False),
)
Index(
    "connected_owner_of",
    connected_owner.c.practice_id,
    connected_owner.c.partner_id,
    connected_owner.c.owner_id,
)

# How far each publisher's stream was read; a stream made anew is read from its beginning.
feed_position = Table(
    "feed_position",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("stream_created_at", UtcDateTime, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
)

# `secret` is encrypted; the former one signs too until `former_until`. `position` is the number of the last
# event that deliveries were made of. `next_try_at` is when its next delivery is due, null when nothing
# waits; who works on it holds it until `leased_until`. That it was disabled is told by e-mail.
webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    Column("key_id", Uuid, nullable=False),
    Column("partner_id", Uuid),
    Column("version", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("types", ARRAY(Text)),
    Column("secret", LargeBinary, nullable=False),
    Column("former_secret", LargeBinary),
    Column("former_until", UtcDateTime),
    Column("disabled_reason", Text),
    Column("contact_email", Text),
    Column("is_email_due", Boolean, nullable=False, server_default=text("false")),
    Column("position", BigInteger, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("leased_until", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("last_delivered_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)
Index("webhook_endpoint_of_practice", webhook_endpoint.c.practice_id)
Index("webhook_endpoint_of_key", webhook_endpoint.c.key_id)
Index(
    "webhook_endpoint_due",
    webhook_endpoint.c.next_try_at,
    postgresql_where=text("disabled_reason IS NULL AND next_try_at IS NOT NULL"),
)

# One event for one endpoint. The id is the message's (`webhook-id`), the same at every attempt. `event` is
# kept here only of one that is in no feed: a test. What `is_aside` keeps no other waiting.
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("endpoint_id", Uuid, nullable=False),
    Column("practice_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("sequence", BigInteger),
    Column("type", Text, nullable=False),
    Column("event", JSONB),
    Column("status", Text, nullable=False),
    Column("is_aside", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    UniqueConstraint("endpoint_id", "event_id", name="webhook_delivery_once"),
)
Index(
    "webhook_delivery_waiting",
    webhook_delivery.c.endpoint_id,
    webhook_delivery.c.sequence,
    postgresql_where=text("status = 'waiting'"),
)
Index("webhook_delivery_age", webhook_delivery.c.created_at)

webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    Column("delivery_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("practice_id", Uuid, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer),
    Column("trouble", Text),
)

# Who may sign in to a practice. `email` and `name` are as this practice wrote them.
staff_member = Table(
    "staff_member",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("practice_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("practice_id", "account_id", name="staff_member_once"),
)
Index("staff_member_of_account", staff_member.c.account_id)

# The person behind memberships; no practice sees it. `email` is folded.
staff_account = Table(
    "staff_account",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("password_hash", Text),
    Column("created_at", UtcDateTime, nullable=False),
)

# One sign-in and all tokens that came of it. `generation` counts how often it was refreshed.
staff_session = Table(
    "staff_session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("by_link", Boolean, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("rotated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
Index("staff_session_of_account", staff_session.c.account_id)
Index("staff_session_age", staff_session.c.expires_at)

# `generation` is null of an access token; a refresh token has that of the session when it was made.
staff_token = Table(
    "staff_token",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    Column("generation", Integer),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("staff_token_of_session", staff_token.c.session_id)
Index("staff_token_age", staff_token.c.expires_at)

# A sign-in link that was asked for. `sealed` (encrypted) holds the address and the token until the e-mail is
# ordered; before that nobody has looked whether there is such an account.
staff_link = Table(
    "staff_link",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("account_id", Uuid),
    Column("sealed", LargeBinary),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("staff_link_waiting", staff_link.c.id, postgresql_where=text("sealed IS NOT NULL"))
Index("staff_link_age", staff_link.c.expires_at)

outward_calls_table.table(metadata)
