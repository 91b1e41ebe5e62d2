"""From a caller's query to the question that the rules judge."""

from datetime import UTC, datetime, timedelta

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.slots.facts import Wanted
from vetagenda_booking.slots.people import owner_kind_of
from vetagenda_booking.slots.queries import Findings, Lookup, look_up
from vetagenda_booking.slots.question import Question
from vetagenda_booking.slots.schemas import SlotInputs
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.service import Service

LONGEST = timedelta(days=100)
TYPE_AT = "?appointment_type_id"


async def asked_for(
    service: Service, origin: Origin, inputs: SlotInputs, begin: datetime, end: datetime
) -> tuple[Findings, Question]:
    """For a new booking. Raises InvalidRequest and NotFound, naming the parameter."""
    type_id = inputs.appointment_type_id
    if type_id is None:
        raise InvalidRequest.at(TYPE_AT, "Field required, unless appointment_id is given")
    owners = (inputs.owner_id,) if inputs.owner_id else ()
    lookup = Lookup(type_id, begin, end, owner_ids=owners, type_at=TYPE_AT)
    findings, people = await look_up(service, origin, lookup)
    wanted = Wanted(
        type_id,
        inputs.calendar_ids,
        owner_kind_of(inputs.owner_id, inputs.owner_kind, people, "?owner_kind"),
        inputs.species,
        inputs.animal_count,
        inputs.arrangement,
        calendars_at="?calendar_id",
        animals_at="?animal_count",
    )
    return findings, findings.question(wanted)


def check_interval(begin: datetime, end: datetime) -> None:
    """Raises InvalidRequest: what is listed ends after it begins, and not too late for one answer."""
    length = end.replace(tzinfo=end.tzinfo or UTC) - begin.replace(tzinfo=begin.tzinfo or UTC)
    if length <= timedelta(0):
        raise InvalidRequest.at("?to", "it must be after from")
    if length > LONGEST:
        raise InvalidRequest.at("?to", f"at most {LONGEST.days} days after from")
