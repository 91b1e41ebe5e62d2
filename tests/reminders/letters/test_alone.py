"""REM-10: a letter only where no e-mail or SMS tells the same; journeys on the virtual clock."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import lapse, resolve
from reminders.letters.posting import ALL, DUE, outcomes, reachable, vaccinate
from reminders.mailbox import Mailbox

TOLD = "told_by_another_channel"


@pytest.mark.parametrize(
    ("channels", "owner", "expected"),
    [
        (("letter", "email"), {}, {"letter": TOLD, "email": "sent"}),
        (("letter", "sms"), {}, {"letter": TOLD, "sms": "sent"}),
        (("email", "sms", "letter"), {}, {"letter": TOLD, "email": "sent", "sms": "sent"}),
        (("letter", "email"), {"email": None}, {"letter": "ready", "email": "no_email"}),
        (
            ("letter", "email"),
            {"consents": ALL | {"email": False}},
            {"letter": "ready", "email": "no_consent"},
        ),
        (("letter", "sms"), {"phone": None}, {"letter": "ready", "sms": "no_mobile"}),
        (
            ("letter", "email", "sms"),
            {"email": None},
            {"letter": TOLD, "email": "no_email", "sms": "sent"},
        ),
        (
            ("letter", "email"),
            {"consents": ALL | {"letter": False, "email": False}},
            {"letter": "no_consent", "email": "no_consent"},
        ),
        (("letter", "email"), {"address": None}, {"letter": "no_address", "email": "sent"}),
        (("letter", "phone"), {}, {"letter": "ready", "phone": "ready"}),
    ],
)
async def test_a_letter_where_nothing_else_tells(
    clinic: Clinic, channels: tuple[str, ...], owner: dict[str, Any], expected: dict[str, str]
) -> None:
    """REM-10: an owner without e-mail gets the letter alone when both are ticked."""
    await reachable(clinic, **owner)
    await vaccinate(clinic, *channels)
    await clinic.until(DUE)
    assert await outcomes(clinic) == expected


async def test_the_practice_may_want_both(clinic: Clinic) -> None:
    """REM-10: it is a setting."""
    await clinic.choose(letter_only_if_alone=False)
    await reachable(clinic)
    await vaccinate(clinic, "letter", "email")
    await clinic.until(DUE)
    assert await outcomes(clinic) == {"letter": "ready", "email": "sent"}


async def test_before_eight_the_letter_waits_for_the_sms(clinic: Clinic) -> None:
    """REM-10, SMS-3: the SMS leaves at eight, the letter is due at six."""
    await clinic.choose(send_hour="06:00")
    await reachable(clinic)
    await vaccinate(clinic, "letter", "sms")
    await clinic.until("2026-12-17T07:59:00+01:00")
    assert await outcomes(clinic) == {"letter": "planned", "sms": "planned"}
    await clinic.until("2026-12-17T08:00:00+01:00")
    assert await outcomes(clinic) == {"letter": TOLD, "sms": "sent"}


async def test_an_early_letter_is_ready_once_the_sms_cannot_leave(clinic: Clinic) -> None:
    """REM-10."""
    await clinic.choose(send_hour="06:00")
    await reachable(clinic, consents=ALL | {"sms": False})
    await vaccinate(clinic, "letter", "sms")
    await clinic.until("2026-12-17T08:00:00+01:00")
    assert await outcomes(clinic) == {"letter": "ready", "sms": "no_consent"}


async def test_a_letter_follows_an_email_that_is_refused(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-10: who was not told by e-mail is told by letter."""
    await reachable(clinic)
    await vaccinate(clinic, "letter", "email")
    mailbox.answers = ["550 no such mailbox"]
    await clinic.until(DUE)
    assert await outcomes(clinic) == {"letter": "ready", "email": "refused"}


async def test_a_letter_waits_while_an_email_is_tried_again(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-10: a server that is busy for a while makes no second message."""
    await reachable(clinic)
    await vaccinate(clinic, "letter", "email")
    mailbox.answers = ["451 later"]
    await clinic.until(DUE)
    assert await outcomes(clinic) == {"letter": "planned", "email": "planned"}
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("PT1M")
    assert await outcomes(clinic) == {"letter": TOLD, "email": "sent"}


async def test_each_occurrence_is_judged_for_itself(clinic: Clinic) -> None:
    """REM-10: last month's e-mail makes this month's letter needless no more."""
    await reachable(clinic)
    monthly = {"every": {"count": 1, "unit": "month"}, "count": 2}
    await vaccinate(clinic, "letter", "email", recurrence=monthly)
    await clinic.until(DUE)
    await clinic.change(f"owners/{clinic.owner}", email=None)
    await clinic.until("2027-01-17T09:00:00+01:00")
    found = [
        (row["occurrence"], row["skip_reason"] or row["status"])
        for row in await clinic.ledger(channel="letter")
    ]
    assert sorted(found) == [(1, TOLD), (2, "ready")]
