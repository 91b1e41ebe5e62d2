"""REM-13: select, generate, mark as printed."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import faulty
from reminders.letters.pdf import pages, text
from reminders.letters.posting import ADDRESS, ALL, letter_ready, listed, make, mark, reachable, vaccinate
from sqlalchemy import text as sql

LOST = httpx.ConnectError("the line was lost")


async def test_select_generate_and_mark(clinic: Clinic) -> None:
    """REM-13: what is ready is listed, printed as often as one likes, and sent when a person says so."""
    ids = await letter_ready(clinic, 4)
    assert len(ids) == 4
    for paper, count, name in (("a4", 4, "letters"), ("cards", 2, "cards"), ("a4", 4, "letters")):
        answer = await make(clinic, ids, paper)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}-2026-12-17.pdf"'
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["letters-skipped"] == "0"
        sheets = pages(answer.content)
        assert len(sheets) == count
        assert "Élodie Plutôt" in text(sheets[0])
        assert "RAGE" in text(sheets[0])
        assert "Paris" in text(sheets[0])
        assert "17 décembre 2026" in text(sheets[0])
    marked = await mark(clinic, ids[:3])
    assert marked.json() == {"printed": ids[:3], "left_out": []}
    assert [row["id"] for row in await listed(clinic)] == ids[3:]
    rows = {row["id"]: row for row in await clinic.ledger()}
    assert {(rows[one]["status"], rows[one]["delivery"]) for one in ids[:3]} == {("sent", "printed")}
    sent = await clinic.events("reminders.reminder.sent")
    assert {event["subject"] for event in sent} == set(ids[:3])


async def test_letters_stand_in_the_order_asked(clinic: Clinic) -> None:
    """REM-13."""
    await reachable(clinic)
    for name in ("Aa", "Bb", "Cc"):
        clinic.animal = (await clinic.make("animals", owner_id=clinic.owner, name=name, species="cat"))["id"]
        await vaccinate(clinic, "letter")
    await clinic.until("2026-12-17T09:00:00+01:00")
    rows = sorted(await listed(clinic), key=lambda row: row["subject"], reverse=True)
    sheets = pages((await make(clinic, [row["id"] for row in rows])).content)
    assert [line.text for page in sheets for line in page if line.text.startswith("Rappel pour")] == [
        "Rappel pour Cc",
        "Rappel pour Bb",
        "Rappel pour Aa",
    ]


async def test_marking_again_changes_nothing(clinic: Clinic) -> None:
    """REM-13."""
    ids = await letter_ready(clinic)
    for _ in range(2):
        assert (await mark(clinic, ids)).json() == {"printed": ids, "left_out": []}
    assert len(await clinic.events("reminders.reminder.sent")) == 1


async def test_the_list_has_pages_and_filters(clinic: Clinic) -> None:
    """REM-13."""
    ids = await letter_ready(clinic, 3)
    first = (await clinic.reminders.get(f"{clinic.path}/letters", params={"limit": 2})).json()
    assert [row["id"] for row in first["items"]] == ids[:2]
    assert [row["id"] for row in await listed(clinic, limit=2, cursor=first["next"])] == ids[2:]
    assert len(await listed(clinic, animal_id=clinic.animal, owner_id=clinic.owner)) == 3
    assert await listed(clinic, animal_id=str(uuid4())) == []
    assert await listed(clinic, owner_id=str(uuid4())) == []


@pytest.mark.parametrize(
    ("path", "change", "reason"),
    [
        ("owners", {"consents": ALL | {"letter": False}}, "no_consent"),
        ("owners", {"address": None}, "no_address"),
        ("animals", {"deceased_on": "2026-12-16"}, "deceased"),
    ],
)
async def test_what_has_changed_is_not_printed(
    clinic: Clinic, path: str, change: dict[str, Any], reason: str
) -> None:
    """REM-1, REM-10, REM-13: everything is asked anew before the PDF is made."""
    (one,) = await letter_ready(clinic)
    subject = clinic.owner if path == "owners" else clinic.animal
    await clinic.change(f"{path}/{subject}", **change)
    answer = await make(clinic, [one])
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == "letters-changed"
    assert answer.json()["left_out"] == [{"reminder_id": one, "reason": reason}]
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("skipped", reason)
    assert (await mark(clinic, [one])).json()["left_out"] == [{"reminder_id": one, "reason": reason}]


async def test_what_has_changed_is_left_out_of_the_others(clinic: Clinic) -> None:
    """REM-13: the header counts, the rows say why."""
    ids = await letter_ready(clinic, 3)
    await clinic.reminders.post(f"{clinic.path}/reminders/{ids[0]}/cancel")
    await mark(clinic, ids[1:2])
    answer = await make(clinic, ids)
    assert answer.headers["letters-skipped"] == "2"
    assert len(pages(answer.content)) == 1


async def test_the_words_are_those_of_the_moment(clinic: Clinic) -> None:
    """REM-9, REM-13: address, name and template of now are on the paper and in the ledger."""
    await reachable(clinic)
    template = await clinic.make("templates", name="Rage", texts={"letter": {"body": "Chère {owner}"}})
    await vaccinate(clinic, "letter", template_id=template["id"])
    await clinic.until("2026-12-17T09:00:00+01:00")
    (before,) = await listed(clinic)
    assert before["body"] == "Chère Élodie Plutôt"
    moved = ADDRESS | {"street": "8 quai de la Loire", "country": "BE"}
    await clinic.change(f"owners/{clinic.owner}", family_name="Rivière", address=moved)
    await clinic.change(
        f"templates/{template['id']}", texts={"letter": {"body": "Bonjour {owner} #sys.version"}}
    )
    page = text(pages((await make(clinic, [before["id"]])).content)[0])
    assert "Élodie Rivière\n8 quai de la Loire\n75014 Paris\nBELGIQUE" in page
    assert "Bonjour Élodie Rivière #sys.version" in page
    (after,) = await listed(clinic)
    assert after["body"] == "Bonjour Élodie Rivière #sys.version"
    assert after["recipient"] == "Élodie Rivière\n8 quai de la Loire\n75014 Paris"


async def test_a_text_too_long_for_a_card_is_left_out_by_name(clinic: Clinic) -> None:
    """REM-13: the others are printed, and it can still be printed on A4."""
    await reachable(clinic)
    long = await clinic.make("templates", name="Long", texts={"letter": {"body": "Bonjour {owner}. " * 150}})
    await vaccinate(clinic, "letter")
    await vaccinate(clinic, "letter", template_id=long["id"])
    await clinic.until("2026-12-17T09:00:00+01:00")
    rows = sorted(await listed(clinic), key=lambda row: len(row["body"]))
    ids = [row["id"] for row in rows]
    answer = await make(clinic, ids, "cards")
    assert answer.status_code == 200, answer.text
    assert (answer.headers["letters-skipped"], answer.headers["letters-too-long"]) == ("1", ids[1])
    assert "RAGE" in text(pages(answer.content)[0])
    assert len(await listed(clinic)) == 2
    alone = await make(clinic, ids[1:], "cards")
    assert alone.status_code == 422, alone.text
    assert [error["pointer"] for error in alone.json()["errors"]] == ["/reminder_ids/0"]
    assert ids[1] in alone.json()["detail"]
    assert alone.json()["detail"].endswith("shorten its template, or print it on A4")
    whole = await make(clinic, ids, "a4")
    assert "letters-too-long" not in whole.headers
    assert len(pages(whole.content)) == 2


async def test_a_letter_is_made_anew_with_the_same_key(clinic: Clinic) -> None:
    """REM-13, R3: no PDF is kept with the answers; making it again is harmless."""
    (one,) = await letter_ready(clinic)
    key = {"Idempotency-Key": uuid4().hex}
    first, second = await make(clinic, [one], **key), await make(clinic, [one], "cards", **key)
    assert (first.status_code, second.status_code) == (200, 200)
    async with clinic.house.services["reminders"].db.jobs_reading() as session:
        kept = await session.execute(sql("SELECT headers FROM idempotency"))
        assert not [row for row in kept if "pdf" in str(row[0])]


async def test_nothing_is_printed_while_nobody_can_be_asked(clinic: Clinic) -> None:
    """REM-1: what holds now is not known, so it waits."""
    (one,) = await letter_ready(clinic)
    async with faulty(clinic, "agenda", before=LOST):
        assert (await make(clinic, [one])).status_code == 503
    assert [row["id"] for row in await listed(clinic)] == [one]
    assert (await make(clinic, [one])).status_code == 200


async def test_only_letters_of_the_practice(clinic: Clinic, house: House) -> None:
    """REM-13, PART-6: an id that is not ours is not there, one that is no letter is named."""
    (ours,) = await letter_ready(clinic)
    await clinic.choose(letter_only_if_alone=False)
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    (theirs,) = await letter_ready(other)
    await vaccinate(clinic, "phone")
    call = next(row["id"] for row in await clinic.ledger() if row["channel"] == "phone")
    for ask in (make, mark):
        assert (await ask(clinic, [ours, theirs])).status_code == 404
        refused = await ask(clinic, [ours, call])
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reminder_ids/1")
        assert (await ask(clinic, [ours, ours])).status_code == 422
        assert (await ask(clinic, [])).status_code == 422
    assert [row["id"] for row in await listed(other)] == [theirs]
    await other.close()


async def test_what_is_not_due_is_not_printed(clinic: Clinic) -> None:
    """REM-13."""
    await reachable(clinic)
    await vaccinate(clinic, "letter")
    (row,) = await clinic.ledger()
    answer = await make(clinic, [row["id"]])
    assert answer.json()["left_out"] == [{"reminder_id": row["id"], "reason": "planned"}]
    assert (await mark(clinic, [row["id"]])).json()["printed"] == []
    assert [row["status"] for row in await clinic.ledger()] == ["planned"]
