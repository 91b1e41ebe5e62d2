"""From the feed to messages: each endpoint gets one for every event of its choice, in the feed's order."""

from datetime import datetime

from sqlalchemy import text

from vetagenda_gateway.partners.sight import sight
from vetagenda_kit.db import Database

BATCH = 1000

# The endpoint's row lock makes it one reader at a time; what is made and how far it was read is one commit.
_FILL = text(f"""
    WITH behind AS (
        SELECT endpoint.* FROM webhook_endpoint endpoint
        JOIN practice_feed USING (practice_id)
        WHERE endpoint.position < practice_feed.last AND endpoint.disabled_reason IS NULL
        ORDER BY endpoint.id LIMIT 1
        FOR UPDATE OF endpoint SKIP LOCKED
    ), news AS (
        SELECT feed_event.* FROM feed_event JOIN behind USING (practice_id)
        WHERE feed_event.sequence > behind.position ORDER BY feed_event.sequence LIMIT :batch
    ), made AS (
        INSERT INTO webhook_delivery (
            id, endpoint_id, practice_id, event_id, sequence, type, status, is_aside, attempts, next_try_at,
            created_at
        )
        SELECT gen_random_uuid(), behind.id, behind.practice_id, CAST(event->>'id' AS uuid), sequence,
            event->>'type', 'waiting', false, 0, :now, :now
        FROM news CROSS JOIN behind
        WHERE (behind.types IS NULL OR event->>'type' = ANY (behind.types))
            AND (behind.partner_id IS NULL
                OR {sight("event", "behind.practice_id", "behind.partner_id")} IS NOT NULL)
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    UPDATE webhook_endpoint SET
        position = coalesce((SELECT max(sequence) FROM news), practice_feed.last),
        next_try_at = CASE WHEN EXISTS (SELECT FROM made)
            THEN least(coalesce(webhook_endpoint.next_try_at, :now), :now)
            ELSE webhook_endpoint.next_try_at END
    FROM behind JOIN practice_feed USING (practice_id)
    WHERE webhook_endpoint.id = behind.id
    RETURNING webhook_endpoint.id
""")


async def fill(database: Database, now: datetime) -> None:
    """Until no endpoint is behind its practice's feed."""
    while True:
        async with database.jobs_writing() as session:
            if (await session.execute(_FILL, {"now": now, "batch": BATCH})).first() is None:
                return
