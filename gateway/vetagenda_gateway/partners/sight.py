"""What of an event a partner's app sees, as one SQL expression: the feed, webhooks and replays ask the same.

It is judged by whom the partner is connected to when it is read, not when the event came.
"""

from typing import Any, Literal
from uuid import UUID, uuid5

from vetagenda_contracts.gateway import EventRedacted

Sight = Literal["whole", "after", "withdrawn"] | None
"""`after`: without what the app did not see before; `withdrawn`: what it saw it sees no more."""

REDACTED_TYPE = EventRedacted.type
_REDACTED = UUID("6b0e4c5e-6d0b-4f0c-9a42-3f6f0a5f2f11")

_OF_OWNERS = ("agenda.offer.%",)
_OF_DOCUMENTS = ("agenda.document.shared", "agenda.document.unshared")
_OF_RECORDS = ("booking.request.%", "agenda.animal.%", "agenda.waitlist-entry.%")


def sight(event: str, practice: str, partner: str) -> str:
    """A text, or null for what the partner does not see. The arguments are SQL: of a JSON column, of ids."""
    data, kind = f"{event}->'data'", f"{event}->>'type'"
    before, after = f"{data}->'before'", f"{data}->'after'"
    connected = _connected(practice, partner)
    sees_before, sees_after = (_sees_state(state, connected) for state in (before, after))
    return f"""(
        SELECT CASE
            WHEN {kind} LIKE 'agenda.appointment.%' THEN CASE
                WHEN {sees_after} THEN CASE
                    WHEN {before} = 'null' OR {sees_before} THEN 'whole' ELSE 'after' END
                WHEN {sees_before} THEN 'withdrawn' END
            WHEN {_is_like(kind, _OF_OWNERS)} AND {connected(f"{data}->>'owner_id'")} THEN 'whole'
            WHEN {_is_like(kind, _OF_DOCUMENTS)}
                AND {connected(f"coalesce({data}->>'record_owner_id', {data}->>'owner_id')")} THEN 'whole'
            WHEN {_is_like(kind, _OF_RECORDS)} THEN CASE
                WHEN {connected(f"{after}->>'owner_id'")} THEN CASE
                    WHEN {before} = 'null' OR {connected(f"{before}->>'owner_id'")}
                    THEN 'whole' ELSE 'after' END
                WHEN {connected(f"{before}->>'owner_id'")} THEN 'withdrawn' END
            WHEN {kind} IN ('agenda.owner.updated', 'agenda.owner.deleted')
                AND {connected(f"{data}->>'aggregate_id'")} THEN 'whole'
            WHEN {kind} = 'agenda.owner.erased'
                AND {connected(f"{data}->>'aggregate_id'", formerly=True)} THEN 'whole'
            WHEN {kind} LIKE 'agenda.connection.%'
                AND CAST({data}->>'partner_id' AS uuid) = {partner} THEN 'whole'
            WHEN {kind} = 'agenda.activation.updated' AND CAST({after}->>'partner_id' AS uuid) = {partner}
                THEN 'whole'
            WHEN {kind} = 'agenda.privacy-text.updated' THEN 'whole'
        END
        FROM partner_reach AS reach
        WHERE reach.practice_id = {practice} AND reach.partner_id = {partner} AND reach.is_active
    )"""


def _is_like(kind: str, patterns: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"{kind} LIKE '{pattern}'" for pattern in patterns) + ")"


def _connected(practice: str, partner: str) -> Any:
    def of(owner: str, *, formerly: bool = False) -> str:
        lasting = "" if formerly else " AND is_connected"
        return (
            f"EXISTS (SELECT FROM connected_owner WHERE practice_id = {practice} AND partner_id = {partner}"
            f" AND owner_id = CAST({owner} AS uuid){lasting})"
        )

    return of


def _sees_state(state: str, connected: Any) -> str:
    """An appointment that is published, of a connected owner, in a calendar and of a type that was chosen."""
    calendars = f"ARRAY(SELECT CAST(jsonb_array_elements_text({state}->'calendar_ids') AS uuid))"
    return f"""(
        {state} <> 'null' AND CAST({state}->>'published' AS boolean) AND {connected(f"{state}->>'owner_id'")}
        AND (reach.calendar_ids IS NULL OR {calendars} && reach.calendar_ids)
        AND (reach.appointment_type_ids IS NULL
            OR CAST({state}->>'appointment_type_id' AS uuid) = ANY (reach.appointment_type_ids))
    )"""


def shown(event: dict[str, Any], seen: Sight) -> dict[str, Any]:
    """The event as the partner gets it: whole, without what lay before, or a gap that says nothing but what
    is to be forgotten."""
    if seen == "whole":
        return event
    if seen == "after":
        return {**event, "data": {**event["data"], "before": None}}
    withdrawn = event["subject"] if seen == "withdrawn" else None
    return {
        "specversion": "1.0",
        "id": str(uuid5(_REDACTED, event["id"])),
        "source": "/services/gateway",
        "type": REDACTED_TYPE,
        "subject": withdrawn or event["data"]["practice_id"],
        "time": event["time"],
        "datacontenttype": "application/json",
        "data": {"practice_id": event["data"]["practice_id"], "withdrawn": withdrawn},
    }
