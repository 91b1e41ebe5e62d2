"""Keeps what partners may see: written in the transaction that numbers the events which change it, so that no
event is judged by what was before."""

from collections.abc import Iterable, Mapping
from typing import Any

from vetagenda_kit.own_connection import OwnConnection

FOLLOWED = ("agenda.activation.", "agenda.connection.")

# Events may come again, also old ones: the newest version counts.
_REACH = """
    INSERT INTO partner_reach AS known (
        practice_id, partner_id, activation_id, version, calendar_ids, appointment_type_ids, is_active
    ) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (practice_id, partner_id) DO UPDATE SET
        activation_id = excluded.activation_id, version = excluded.version,
        calendar_ids = excluded.calendar_ids, appointment_type_ids = excluded.appointment_type_ids,
        is_active = excluded.is_active
    WHERE (known.activation_id, known.version) < (excluded.activation_id, excluded.version)
"""
_CONNECTED = """
    INSERT INTO connected_owner AS known (
        connection_id, practice_id, partner_id, owner_id, version, is_connected
    ) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (connection_id) DO UPDATE SET
        owner_id = excluded.owner_id, version = excluded.version, is_connected = excluded.is_connected
    WHERE known.version < excluded.version
"""


async def follow(connection: OwnConnection, events: Iterable[Mapping[str, Any]]) -> None:
    """Activations are UUIDv7: of two of one practice and partner the later one has the greater id."""
    for event in events:
        data = event["data"]
        if event["type"].startswith("agenda.activation."):
            after = data["after"]
            await connection.fetch(
                _REACH,
                data["practice_id"],
                after["partner_id"],
                data["aggregate_id"],
                data["version"],
                after["calendar_ids"],
                after["appointment_type_ids"],
                event["type"] != "agenda.activation.ended",
            )
        else:
            await connection.fetch(
                _CONNECTED,
                data["aggregate_id"],
                data["practice_id"],
                data["partner_id"],
                data["owner_id"],
                data["version"],
                event["type"] != "agenda.connection.ended",
            )
