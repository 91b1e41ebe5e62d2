"""REM-13: letters are looked at anew when they are listed, and what cannot be printed whole is named."""

from typing import Any

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import faulty
from reminders.letters.posting import ADDRESS, ALL, DUE, letter_ready, listed, make, reachable, vaccinate

LOST = httpx.ConnectError("the line was lost")


@pytest.mark.parametrize(
    ("path", "change", "reason"),
    [
        ("owners", {"consents": ALL | {"letter": False}}, "no_consent"),
        ("animals", {"deceased_on": "2026-12-16"}, "deceased"),
    ],
)
async def test_the_list_is_true_when_it_is_shown(
    clinic: Clinic, path: str, change: dict[str, Any], reason: str
) -> None:
    """REM-1, REM-13: what may not be printed any more is not offered, and the ledger says why."""
    (one,) = await letter_ready(clinic)
    await clinic.change(f"{path}/{clinic.owner if path == 'owners' else clinic.animal}", **change)
    assert await listed(clinic) == []
    (row,) = await clinic.ledger()
    assert (row["id"], row["status"], row["skip_reason"]) == (one, "skipped", reason)


async def test_the_list_shows_the_address_and_the_words_of_now(clinic: Clinic) -> None:
    """REM-13; and says when it was checked, or that it was not: work is not hidden."""
    (one,) = await letter_ready(clinic)
    await clinic.change(f"owners/{clinic.owner}", address=ADDRESS | {"street": "8 quai de la Loire"})
    async with faulty(clinic, "agenda", before=LOST):
        away = (await clinic.reminders.get(f"{clinic.path}/letters")).json()
    assert ([row["id"] for row in away["items"]], away["checked_at"]) == ([one], None)
    back = (await clinic.reminders.get(f"{clinic.path}/letters")).json()
    assert back["checked_at"] == "2026-12-17T08:00:00Z"
    assert back["items"][0]["recipient"] == "Élodie Plutôt\n8 quai de la Loire\n75014 Paris"


async def test_a_text_too_long_for_any_sheet_is_to_be_shortened(clinic: Clinic) -> None:
    """REM-13: A4 is no way out of A4; what was not printed is not in the post either."""
    await reachable(clinic)
    long = await clinic.make("templates", name="Long", texts={"letter": {"body": "Bonjour\n" * 800}})
    await vaccinate(clinic, "letter", template_id=long["id"])
    await clinic.until(DUE)
    (row,) = await listed(clinic)
    answer = await make(clinic, [row["id"]])
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].endswith("shorten its template")
    await clinic.until("2026-12-18T09:00:00+01:00")
    assert [row["skip_reason"] for row in await clinic.ledger()] == ["too_late"]


async def test_a_name_that_no_font_can_write_is_told(clinic: Clinic) -> None:
    """REM-13: it is printed, and the answer names the letter."""
    (one,) = await letter_ready(clinic)
    assert "letters-undrawn-characters" not in (await make(clinic, [one])).headers
    await clinic.change(f"animals/{clinic.animal}", name="Milou 🐶")
    answer = await make(clinic, [one])
    assert (answer.status_code, answer.headers["letters-undrawn-characters"]) == (200, one)
