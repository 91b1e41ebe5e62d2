"""SMS-6: what carriers' words mean, and whose they are."""

from uuid import UUID

import pytest

from vetagenda_kit.keys import KeyRing, SigningKey
from vetagenda_kit.problems import InvalidRequest
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.receipts.rules import Receipt, counted, read_kannel, read_twilio
from vetagenda_sms.receipts.signatures import is_ours, is_twilios, receipt_url

RING = KeyRing((SigningKey("new", "n" * 64), SigningKey("old", "o" * 64)), ())
OLD = KeyRing((SigningKey("old", "o" * 64),), ())
STRANGER = KeyRing((SigningKey("new", "x" * 64),), ())
MESSAGE = UUID(int=7)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("1", Status.DELIVERED),
        ("2", Status.UNDELIVERED),
        ("4", Status.ACCEPTED),
        ("8", Status.ACCEPTED),
        ("16", Status.REJECTED),
        ("32", None),
        ("%d", None),
    ],
)
def test_kannels_reports(told: str, status: Status | None) -> None:
    """SMS-6."""
    assert read_kannel({"status": told}) == Receipt(status)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("queued", Status.ACCEPTED),
        ("sent", Status.ACCEPTED),
        ("delivered", Status.DELIVERED),
        ("undelivered", Status.UNDELIVERED),
        ("failed", Status.UNDELIVERED),
        ("canceled", Status.REJECTED),
        ("partially_delivered", None),
    ],
)
def test_twilios_words(told: str, status: Status | None) -> None:
    """SMS-6."""
    said = {"MessageStatus": told, "MessageSid": "SM1", "NumSegments": "2"}
    assert read_twilio(said) == Receipt(status, "SM1", 2)


def test_a_receipt_that_says_nothing_names_what_is_missing() -> None:
    """SMS-6."""
    for read, pointer in ((read_kannel, "?status"), (read_twilio, "/MessageStatus")):
        with pytest.raises(InvalidRequest) as refusal:
            read({})
        assert refusal.value.members["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("told", "parts"), [("2", 2), (2, 2), ("0", None), (None, None), ("x", None), ("-1", None), ("²", None)]
)
def test_a_count_of_parts(told: object, parts: int | None) -> None:
    """SMS-6: Twilio says 0 until it has counted."""
    assert counted(told) == parts


def signature(provider: str = "kannel", reference: UUID = MESSAGE, ring: KeyRing = RING) -> str:
    return receipt_url("https://vet.test", provider, reference, ring).partition("signature=")[2]


def test_an_address_is_good_for_its_message_and_carrier_alone() -> None:
    """SMS-6."""
    assert is_ours("kannel", MESSAGE, signature(), RING)
    assert not is_ours("twilio", MESSAGE, signature(), RING)
    assert not is_ours("kannel", UUID(int=8), signature(), RING)
    assert not is_ours("kannel", MESSAGE, signature(ring=STRANGER), RING)
    for wrong in ("", "é", signature()[:-1], signature() + "0", signature().upper() + " "):
        assert not is_ours("kannel", MESSAGE, wrong, RING)


def test_an_address_outlives_one_rotation_of_the_platforms_keys() -> None:
    """SMS-6."""
    assert is_ours("kannel", MESSAGE, signature(ring=OLD), RING)


def test_twilios_own_example() -> None:
    """SMS-6: the one of its "Security" page."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    url, said = "https://mycompany.com/myapp.php?foo=1&bar=2", list(form.items())
    assert is_twilios("12345", url, said, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")
    assert not is_twilios("12346", url, said, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")
    assert not is_twilios("12345", url + "1", said, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")
    assert not is_twilios("12345", url, said, "")
