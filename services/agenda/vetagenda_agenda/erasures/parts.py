"""The other services, as far as they hold something of owners."""

from typing import Any

from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit.service import Service

HOLDERS = ("booking", "calendar-sync", "reminders", "sms")
"""The gateway keeps events and accesses, which are ids and times."""


def parts_of(service: Service) -> list[str]:
    """Those that this platform has."""
    return [name for name in HOLDERS if name in service.peers.names()]


def subject_of(erasure: Erasure) -> DataSubject:
    names = ("owner_id", "animal_ids", "appointment_ids", "invitation_ids", "sealed_numbers")
    return DataSubject(**{name: getattr(erasure, name) for name in names})


async def order(service: Service, part: str, erasure: Erasure) -> Erased:
    """May be said again and again. Raises ServiceUnavailable, PeerProblem."""
    answer: Any = await service.peers.call(
        part,
        "PUT",
        f"/internal/practices/{erasure.practice_id}/erasures/{erasure.owner_id}",
        actor=service.job("erasures"),
        practices=[erasure.practice_id],
        json=subject_of(erasure).model_dump(mode="json"),
    )
    return Erased.model_validate(answer)
