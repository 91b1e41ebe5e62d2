"""RFC 8058, REM-10, REM-12: one click ends recalls by e-mail."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox
from sqlalchemy import text

from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.channels.unsubscribing.page import page
from vetagenda_reminders.channels.unsubscribing.rules import Recipient, read, sign, unsubscribe_url
from vetagenda_reminders.ledger.vocabulary import Purpose, is_recall

YEARLY = {"name": "Vaccin", "offset": {"count": 1, "unit": "month"}, "channels": ["email"]}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load_or_create(tmp_path / "keys.json")


@pytest.fixture
async def anybody(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """A mail server or a browser, without a key."""
    transport = clinic.house.transports["reminders"]
    async with httpx.AsyncClient(base_url="https://rdv.example.org", transport=transport) as client:
        yield client


@pytest.mark.parametrize(
    ("purpose", "rule", "expected"),
    [
        (Purpose.PRODUCT, "resend_1", True),
        (Purpose.PRODUCT, "product", False),
        (Purpose.REMINDER, "resend_1", False),
        (Purpose.CONFIRMATION, "confirmation", False),
    ],
)
def test_only_what_is_sent_again_is_a_recall(purpose: Purpose, rule: str, expected: bool) -> None:
    """SMS-3: the reminders of REM-6 are transactional."""
    assert is_recall(purpose, rule) is expected


def test_a_token_names_one_owner_and_outlives_a_rotation_of_keys(ring: KeyRing) -> None:
    somebody = Recipient(uuid4(), uuid4())
    token = sign(somebody, ring)
    assert len(token) == 64
    assert read(token, ring.rotated()) == somebody
    with pytest.raises(NotFound):
        read(token, ring.rotated().rotated())


@pytest.mark.parametrize("damage", ["", "é", "A" * 64, "short", "=" * 64])
def test_what_was_not_signed_is_no_address(ring: KeyRing, damage: str) -> None:
    with pytest.raises(NotFound):
        read(damage, ring)


def test_no_other_token_of_the_platform_is_one(ring: KeyRing) -> None:
    token = sign(Recipient(uuid4(), uuid4()), ring)
    changed = ("B" if token[0] != "B" else "C") + token[1:]
    with pytest.raises(NotFound):
        read(changed, ring)


def test_without_https_there_is_no_header(ring: KeyRing) -> None:
    assert unsubscribe_url(uuid4(), uuid4(), "http://127.0.0.1:8080", ring) is None


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("done", [True, False])
def test_the_page_shows_a_practices_name_as_text(language: str, done: bool) -> None:
    shown = page(language, '<script>"x"</script> & {form}', done=done)
    assert "<script" not in shown
    assert "&lt;script&gt;&quot;x&quot;&lt;/script&gt; &amp; {form}" in shown
    assert f'<html lang="{language}">' in shown
    assert ("<button" in shown) is not done


async def recall(clinic: Clinic, mailbox: Mailbox, rule: str = "resend_1") -> EmailMessage:
    """A product's reminder as it leaves under this rule."""
    ids = [(await clinic.make("reminder-rules", **YEARLY))["id"]]
    product = await clinic.make("products", name="Rage", rule_ids=ids)
    await clinic.make("administrations", product_id=product["id"], animal_id=clinic.animal)
    async with service_of(clinic).db.jobs_writing() as session:
        change = text("UPDATE reminder SET rule = :rule WHERE practice_id = :practice")
        await session.execute(change, {"rule": rule, "practice": clinic.id})
    await clinic.advance("P40D")
    return mailbox.to(clinic.email)[-1]


def path_in(mail: EmailMessage) -> str:
    url = str(mail["List-Unsubscribe"]).strip("<>")
    assert url.startswith("https://rdv.example.org/v1/unsubscribe/")
    return urlsplit(url).path


async def consents(clinic: Clinic) -> dict[str, bool]:
    answer = await clinic.agenda.get(f"{clinic.path}/owners/{clinic.owner}")
    given: dict[str, bool] = answer.json()["consents"]
    return given


async def test_one_click_withdraws_the_consent(
    clinic: Clinic, mailbox: Mailbox, anybody: httpx.AsyncClient
) -> None:
    """As a mail provider does it: one POST, no cookie, no redirect. The practice sees who did it, and the
    next e-mail is skipped."""
    mail = await recall(clinic, mailbox)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert await consents(clinic) == {"sms": True, "email": True, "letter": False, "phone": False}
    for _twice in range(2):
        answer = await anybody.post(path_in(mail), data=ONE_CLICK)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
    assert await consents(clinic) == {"sms": True, "email": False, "letter": False, "phone": False}
    told = [
        event
        for event in await clinic.house.events("agenda", clinic.id)
        if event["type"] == "agenda.owner.updated"
    ]
    actors = [event["data"]["actor"] for event in told]
    assert [(each["kind"], each["id"]) for each in actors] == [("owner", f"unsubscribe:{clinic.owner}")]
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])
    await clinic.book("2027-01-20T10:00:00+01:00")
    assert (await clinic.statuses())["confirmation/email@0"] == "no_consent"


async def test_reading_the_page_changes_nothing(
    clinic: Clinic, mailbox: Mailbox, anybody: httpx.AsyncClient
) -> None:
    """Mail scanners open every address. The page asks, in the owner's language, and its button posts."""
    await clinic.change(f"owners/{clinic.owner}", locale="de-AT")
    path = path_in(await recall(clinic, mailbox))
    asked = await anybody.get(path)
    assert asked.headers["content-type"] == "text/html; charset=utf-8"
    assert "Keine E-Mails dieser Praxis mehr erhalten?" in asked.text
    assert 'method="post"' in asked.text
    assert (await consents(clinic))["email"] is True
    assert "Erledigt" in (await anybody.post(path, data=ONE_CLICK)).text
    assert "Erledigt" in (await anybody.get(path)).text


async def test_a_products_own_reminder_is_no_recall(clinic: Clinic, mailbox: Mailbox) -> None:
    """SMS-3, REM-6: it is a service that was agreed."""
    mail = await recall(clinic, mailbox, "product")
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None


async def test_an_address_without_an_owner_is_not_there(clinic: Clinic, anybody: httpx.AsyncClient) -> None:
    """PART-6: nor is an owner of another practice."""
    ring = service_of(clinic).ring
    for practice, owner in ((clinic.id, uuid4()), (uuid4(), UUID(clinic.owner))):
        path = f"/v1/unsubscribe/{sign(Recipient(practice, owner), ring)}"
        for answer in (await anybody.get(path), await anybody.post(path, data=ONE_CLICK)):
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await anybody.post("/v1/unsubscribe/nonsense")).status_code == 404
