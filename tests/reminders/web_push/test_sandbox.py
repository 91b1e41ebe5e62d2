"""PLAT-5: push services at which a test practice's pushes end as an integrator wishes."""

import pytest
from harness import House
from reminders.clinic import Clinic
from reminders.web_push.push_service import Browser, PushService
from reminders.web_push.test_delivery import A_DAY_BEFORE, WEDNESDAY, deliveries
from reminders.web_push.test_subscriptions import subscribe, subscribed

from vetagenda_contracts.sandbox import Push, push_of


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("ok/milou", "sent", None),
        ("gone", "gone", None),
        ("refused", "failed", "refused"),
        ("busy", "planned", None),
        ("answer-lost", "failed", "outcome_unknown"),
    ],
)
async def test_each_ends_as_the_documentation_says(
    clinic: Clinic, pushes: PushService, pushing_house: House, path: str, status: str, reason: str | None
) -> None:
    await clinic.choose(confirmation=[], notices=[], reminders=[], push_lead_hours=[25])
    answer = await subscribe(clinic, Browser(f"https://push.example.org/{path}"))
    assert answer.status_code == 201, answer.text
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    assert await deliveries(pushing_house, clinic) == [(status, reason, 1)]
    assert len(await subscribed(clinic)) == (0 if status == "gone" else 1)
    assert pushes.arrived == []


def test_nothing_else_is_magic() -> None:
    assert push_of("https://push.example.org/gone/42") is Push.GONE
    for other in (
        "https://push.example.org/",
        "https://push.example.org.evil.example/ok",
        "http://push.example.org/ok",
    ):
        assert push_of(other) is None
