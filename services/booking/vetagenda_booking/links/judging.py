"""What a link shows, and whether what its owner orders may be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from vetagenda_booking.links import rules
from vetagenda_booking.links.calls import origin_of
from vetagenda_booking.links.orders import CancelByLink, ConfirmByLink, MoveByLink
from vetagenda_booking.links.rules import OwnerLink
from vetagenda_booking.links.schemas import LinkAction, LinkPractice, LinkReschedule, LinkView
from vetagenda_booking.owner_changes import judging as owner_changes
from vetagenda_booking.owner_changes import moving
from vetagenda_booking.owner_changes.rules import may_change
from vetagenda_booking.owner_changes.schemas import OwnerReschedule
from vetagenda_booking.problems import CancellationWindowClosed, SlotNotOffered
from vetagenda_booking.profile.queries import profile as read_profile
from vetagenda_kit.service import Service


@dataclass(frozen=True)
class Seen:
    """An appointment that lives, as its link finds it."""

    facts: Mapping[str, Any]
    start: datetime
    hides_time: bool
    in_time: bool
    current: bool

    @property
    def appointment(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.facts["appointment"]
        return found

    def actions(self) -> Iterator[LinkAction]:
        if not self.current:
            return
        if self.appointment["status"] == "confirmed":
            yield "confirm"
        if self.in_time:
            yield "cancel"
            if not self.hides_time:
                yield "reschedule"


async def see(service: Service, link: OwnerLink) -> Seen:
    """Raises LinkEnded; NotFound when there is no such appointment any more."""
    facts = await owner_changes.facts_of(service, origin_of(link), link.appointment_id)
    async with service.db.reading([link.practice_id]) as session:
        limit = (await read_profile(session, link.practice_id)).cancel_limit
    now, appointment = await service.clock.now(link.practice_id), facts["appointment"]
    start = datetime.fromisoformat(appointment["start"])
    rules.check_alive(link, appointment["status"], start, now)
    rules.check_expected(facts["animals"])
    return Seen(
        facts=facts,
        start=start,
        hides_time=bool(facts["appointment_type"] and facts["appointment_type"]["hide_time"]),
        in_time=may_change(now, start, limit),
        current=rules.is_current(link, start),
    )


async def view(service: Service, link: OwnerLink) -> LinkView:
    seen = await see(service, link)
    practice, appointment = seen.facts["practice"], seen.appointment
    return LinkView(
        practice=LinkPractice(**{name: practice[name] for name in ("name", "phone", "time_zone")}),
        status=appointment["status"],
        description=appointment["description"],
        animals=[animal["name"] for animal in seen.facts["animals"]],
        date=seen.start.astimezone(ZoneInfo(practice["time_zone"])).date(),
        start=None if seen.hides_time else appointment["start"],
        end=None if seen.hides_time else appointment["end"],
        arrival_window=seen.facts["appointment_type"]["arrival_window"] if seen.hides_time else None,
        confirmed_by_owner_at=appointment["confirmed_by_owner_at"],
        may=list(seen.actions()),
    )


async def prepare_confirmation(service: Service, link: OwnerLink) -> ConfirmByLink:
    """Raises LinkEnded, LinkOutdated and NotFound. The agenda looks at the revision once more."""
    seen = await see(service, link)
    rules.check_current(link, seen.start)
    return ConfirmByLink(
        appointment_id=link.appointment_id,
        sequence=seen.appointment["sequence"],
        token=rules.sign(link, service.ring),
    )


async def prepare_cancel(service: Service, link: OwnerLink, reason: str) -> CancelByLink:
    """Raises LinkEnded, LinkOutdated, CancellationWindowClosed and NotFound."""
    await _changeable(service, link)
    return CancelByLink(appointment_id=link.appointment_id, reason=reason)


async def prepare_move(service: Service, link: OwnerLink, order: LinkReschedule) -> MoveByLink:
    """Raises LinkEnded, LinkOutdated, CancellationWindowClosed, SlotNotOffered and NotFound."""
    seen = await _changeable(service, link)
    if seen.hides_time:
        raise SlotNotOffered.because("type", "This appointment is moved by the practice: please call.")
    move = OwnerReschedule(start=order.start)
    place = await moving.new_place(service, origin_of(link), seen.facts, move)
    offer = place.offer
    stays = offer.start == seen.start and set(map(str, offer.calendar_ids)) == set(
        seen.appointment["calendar_ids"]
    )
    moved = replace(link, sequence=link.sequence + (not stays), expires_at=offer.start)
    return MoveByLink.to(link.appointment_id, place, token=rules.sign(moved, service.ring))


async def _changeable(service: Service, link: OwnerLink) -> Seen:
    seen = await see(service, link)
    rules.check_current(link, seen.start)
    if not seen.in_time:
        # Until when it would have been possible would tell the hour that some types hide.
        raise CancellationWindowClosed.call(seen.facts["practice"]["phone"])
    return seen
