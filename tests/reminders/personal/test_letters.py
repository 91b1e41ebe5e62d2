"""REM-10: a person's own letter beside an e-mail that says the same."""

import pytest
from reminders.clinic import Clinic
from reminders.letters.posting import outcomes, reachable
from reminders.personal.test_personal import remind

TOLD = "told_by_another_channel"


@pytest.mark.parametrize(
    ("alone", "email", "expected"),
    [
        (True, True, {"email": "sent", "letter": TOLD}),
        (True, False, {"email": "no_email", "letter": "ready"}),
        (False, True, {"email": "sent", "letter": "ready"}),
    ],
)
async def test_a_letter_where_nothing_else_tells(
    clinic: Clinic, alone: bool, email: bool, expected: dict[str, str]
) -> None:
    """REM-10: an owner without e-mail gets the letter when both are ticked."""
    await clinic.choose(letter_only_if_alone=alone)
    await reachable(clinic, **({} if email else {"email": None}))
    await remind(clinic, channels=["letter", "email"])
    await clinic.until("2026-11-20T10:00:00+01:00")
    assert await outcomes(clinic) == expected


async def test_each_of_two_reminders_is_judged_for_itself(clinic: Clinic) -> None:
    """REM-10: an e-mail about something else makes no letter needless."""
    await reachable(clinic)
    await remind(clinic, channels=["email"])
    await remind(clinic, channels=["letter"])
    await clinic.until("2026-11-20T10:00:00+01:00")
    assert await outcomes(clinic) == {"email": "sent", "letter": "ready"}
