"""REM-1, REM-10, R9, SMS-3: may this message leave now?"""

from dataclasses import replace
from typing import Any

import pytest
from reminders.appointments.sample import MILOU, OWNER, PARIS, appointment, paris

from vetagenda_reminders.facts import AnimalFacts, AppointmentFacts, OwnerFacts
from vetagenda_reminders.ledger.rules import Due, Facts, Send, Skip, Wait, decide, is_mobile
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason

NOON = "2026-11-24T12:00"
REMINDER = Due(Purpose.REMINDER, Channel.SMS, 0, paris("2026-11-24T09:00"), paris("2026-11-25T10:00"), OWNER)


def facts(about: AppointmentFacts | None = None, **owner: Any) -> Facts:
    about = about or appointment()
    known = about.model_dump()["owner"]
    return Facts(PARIS, about, owner=OwnerFacts.model_validate(known | owner) if known else None)


def decided(row: Due = REMINDER, about: Facts | None = None, now: str = NOON, email: bool = True) -> object:
    return decide(row, about or facts(), paris(now), email_ready=email)


def test_a_good_row_leaves_to_the_owners_number() -> None:
    assert decided() == Send("+33612345678")


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        (appointment(sequence=1), SkipReason.SUPERSEDED),
        (appointment(state="cancelled"), SkipReason.SUPERSEDED),
        (appointment(state="no_show"), SkipReason.SUPERSEDED),
        (appointment(state="requested"), SkipReason.SUPERSEDED),
        (appointment(owner=None), SkipReason.SUPERSEDED),
        (appointment(animals=[{"id": MILOU, "deceased_on": "2026-11-20"}]), SkipReason.DECEASED),
    ],
)
def test_a_past_revision_never_leaves(about: AppointmentFacts, reason: SkipReason) -> None:
    assert decided(about=facts(about)) == Skip(reason)


def test_one_living_animal_is_enough() -> None:
    two = [{"id": MILOU, "deceased_on": "2026-11-20"}, {"id": OWNER, "name": "Rex"}]
    assert isinstance(decided(about=facts(appointment(animals=two))), Send)


def test_an_appointment_that_is_gone_is_not_reminded_of() -> None:
    assert decided(about=Facts(PARIS)) == Skip(SkipReason.GONE)


@pytest.mark.parametrize(
    ("channel", "owner", "expected"),
    [
        (Channel.SMS, {"phone": None}, Skip(SkipReason.NO_MOBILE)),
        (Channel.SMS, {"phone": "+33142345678"}, Skip(SkipReason.NO_MOBILE)),
        (Channel.SMS, {"consents": {"sms": False, "email": True}}, Skip(SkipReason.NO_CONSENT)),
        (Channel.SMS, {"consents": None}, Skip(SkipReason.NO_CONSENT)),
        (Channel.EMAIL, {}, Send("elodie@example.org")),
        (Channel.EMAIL, {"email": None}, Skip(SkipReason.NO_EMAIL)),
        (Channel.EMAIL, {"consents": {"sms": True}}, Skip(SkipReason.NO_CONSENT)),
        (Channel.EMAIL, {"email": "a4,victim@x.fr"}, Skip(SkipReason.INVALID_EMAIL)),
        (Channel.EMAIL, {"email": "é2@x.fr"}, Skip(SkipReason.INVALID_EMAIL)),
        (Channel.EMAIL, {"email": "a3@é.fr"}, Send("a3@xn--9ca.fr")),
    ],
)
def test_a_channel_needs_an_address_and_consent(
    channel: Channel, owner: dict[str, Any], expected: object
) -> None:
    assert decided(replace(REMINDER, channel=channel), facts(**owner)) == expected


def test_without_a_mail_server_an_email_says_so() -> None:
    row = replace(REMINDER, channel=Channel.EMAIL)
    assert decided(row, email=False) == Skip(SkipReason.EMAIL_NOT_CONFIGURED)


@pytest.mark.parametrize(
    ("purpose", "now", "expected"),
    [
        (Purpose.REMINDER, "2026-11-24T08:59", Wait(paris("2026-11-24T09:00"))),
        (Purpose.REMINDER, "2026-11-24T19:59", Send("+33612345678")),
        (Purpose.REMINDER, "2026-11-24T20:00", Wait(paris("2026-11-25T08:00"))),
        (Purpose.REMINDER, "2026-11-25T03:00", Wait(paris("2026-11-25T08:00"))),
        (Purpose.REMINDER, "2026-11-25T10:00", Skip(SkipReason.TOO_LATE)),
        (Purpose.RESCHEDULED, "2026-11-24T23:00", Send("+33612345678")),
    ],
)
def test_the_hour(purpose: Purpose, now: str, expected: object) -> None:
    assert decided(replace(REMINDER, purpose=purpose), now=now) == expected


def test_a_night_that_ends_too_late_skips() -> None:
    early = replace(REMINDER, useful_until=paris("2026-11-25T08:00"))
    assert decided(early, now="2026-11-24T21:00") == Skip(SkipReason.TOO_LATE)


def test_a_push_needs_publication_but_no_address() -> None:
    push = replace(REMINDER, purpose=Purpose.PUSH, channel=Channel.PUSH)
    assert decided(push, facts(phone=None)) == Send(None)
    assert decided(push, facts(appointment(published=False))) == Skip(SkipReason.NOT_PUBLISHED)


@pytest.mark.parametrize(
    ("animal", "owner", "expected"),
    [
        (AnimalFacts(id=MILOU), facts().owner, Send("+33612345678")),
        (AnimalFacts(id=MILOU, deceased_on=paris(NOON).date()), facts().owner, Skip(SkipReason.DECEASED)),
        (AnimalFacts(id=MILOU), None, Skip(SkipReason.NO_OWNER)),
        (None, facts().owner, Skip(SkipReason.GONE)),
    ],
)
def test_product_rows_look_at_the_animal(
    animal: AnimalFacts | None, owner: OwnerFacts | None, expected: object
) -> None:
    row = replace(REMINDER, purpose=Purpose.PRODUCT)
    assert decided(row, Facts(PARIS, animal=animal, owner=owner)) == expected


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+33612345678", True),
        ("+33751234567", True),
        ("+33123456789", False),
        ("+4915123456789", True),
        ("+32470123456", True),
        ("+41791234567", True),
        ("+12125550123", True),
        ("0612345678", False),
        ("nonsense", False),
    ],
)
def test_mobile_numbers(number: str, mobile: bool) -> None:
    assert is_mobile(number) is mobile
