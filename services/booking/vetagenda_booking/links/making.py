"""Makes owners' links: signed, not stored (ADR 10), as addresses that an owner's telephone can open."""

from datetime import datetime
from uuid import UUID

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.links import rules
from vetagenda_booking.links.rules import LinkEnded, OwnerLink
from vetagenda_booking.links.schemas import LinkMade
from vetagenda_booking.owner_changes.judging import facts_of
from vetagenda_kit.service import Service


def link_to(service: Service, link: OwnerLink) -> LinkMade:
    token = rules.sign(link, service.ring)
    url = f"{service.settings.public_url.rstrip('/')}/v1/links/{token}"
    return LinkMade(appointment_id=link.appointment_id, url=url, token=token, expires_at=link.expires_at)


async def present_link(service: Service, origin: Origin, appointment_id: UUID) -> LinkMade:
    """A link to the appointment as it is now. Raises LinkEnded and NotFound."""
    facts = await facts_of(service, origin, appointment_id)
    appointment, now = facts["appointment"], await service.clock.now(origin.practice_id)
    start = datetime.fromisoformat(appointment["start"])
    if appointment["status"] not in rules.ALIVE or now >= start:
        raise LinkEnded("there is nothing to link to")
    rules.check_expected(facts["animals"])
    return link_to(service, OwnerLink(origin.practice_id, appointment_id, appointment["sequence"], start))
