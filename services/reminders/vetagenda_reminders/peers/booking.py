"""The links that reminders puts into messages: booking makes them, one call for a batch."""

from collections.abc import Collection
from uuid import UUID

from vetagenda_kit.service import Service
from vetagenda_reminders.facts import AppointmentFacts


async def links_to(
    service: Service, practice_id: UUID, appointments: Collection[AppointmentFacts]
) -> dict[UUID, str]:
    """Addresses by appointment, each for the very revision that is given. Raises ServiceUnavailable."""
    told = [
        {"appointment_id": str(one.id), "sequence": one.sequence, "start": one.start.isoformat()}
        for one in appointments
    ]
    answer = await service.peers.call(
        "booking",
        "POST",
        f"/internal/practices/{practice_id}/links",
        actor=service.job("send"),
        practices=[practice_id],
        json={"appointments": told},
    )
    return {UUID(made["appointment_id"]): made["url"] for made in answer["links"]}
