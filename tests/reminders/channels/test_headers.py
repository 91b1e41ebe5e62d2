"""What a mail server gets, byte for byte: one sender, one recipient, and headers that a mail client can use
(RFC 5322, RFC 2047, RFC 2369)."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from reminders.channels.test_email import letter, send, settings
from reminders.mailbox import Mailbox

from vetagenda_reminders.channels.email import Letter, Outcome, message_id

NASTY = [
    "Clinique vétérinaire de l'Orangerie, Strasbourg",
    "Évil <ceo@bank.example>, x",
    "Evil <ceo@bank.example>, x",
    '"Évil" <ceo@bank.example>',
    "Dr. Müller; Söhne (Tierärzte) [GbR]: a@b.example",
    'Le "Chat" \\ Noir',
    'à"\\',
    "=?utf-8?q?x=22_=3Cceo=40bank=2Eexample=3E=2C?=",
    "Parc\r\nBcc: victim@x.fr\u2028Chien",
    "動物病院、東京、<ceo@bank.example>",
    "🐾" * 60,
    "Clinique, " * 20,
    "é" * 200,
    "@,;:<>()[]\\.\"'",
]


async def raw(mailbox: Mailbox, written: Letter) -> bytes:
    assert await send(settings(mailbox), written) is Outcome.SENT
    return mailbox.raw[message_id(written.reminder_id, written.sender)]


def shown(name: str) -> str:
    return " ".join(name.split())


def headers_of(content: bytes) -> dict[str, str]:
    """By name what stands in the bytes, without being decoded."""
    head = content.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    return {name: value for name, _colon, value in (line.partition(": ") for line in lines)}


@pytest.mark.parametrize("name", NASTY)
async def test_whatever_a_practice_is_called_there_is_one_sender(mailbox: Mailbox, name: str) -> None:
    """Seen as it is called, by those who decode first and by those who split first."""
    content = await raw(mailbox, letter(sender_name=name))
    in_bytes = headers_of(content)["From"]
    ((_name, address),) = getaddresses([in_bytes])
    assert address == "rappels@parc.test"
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert [found for _name, found in getaddresses([str(mail["From"])])] == [address]
    assert [one.addr_spec for one in mail["From"].addresses] == [address]
    assert mail["From"].defects == ()
    if "=?" in in_bytes:
        phrase = in_bytes.removesuffix(f" <{address}>")
        assert str(make_header(decode_header(phrase))) == shown(name)
    else:
        assert mail["From"].addresses[0].display_name == shown(name)
    assert "Bcc" not in mail


@pytest.mark.parametrize("name", NASTY)
async def test_no_line_is_longer_than_a_server_takes(mailbox: Mailbox, name: str) -> None:
    content = await raw(mailbox, letter(sender_name=name, subject=f"{name} {'x' * 400}"))
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert all(len(line) <= 78 for line in lines if b"=?utf-8?" in line)
    assert content.isascii()


async def test_one_click_finds_its_address(mailbox: Mailbox) -> None:
    """RFC 2369, RFC 8058: a plain address in angle brackets, on one line."""
    url = f"https://agenda.clinique-veterinaire.example.org/v1/unsubscribe/{'AbC-_' * 13}"
    content = await raw(mailbox, letter(unsubscribe=url))
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


async def test_a_long_address_stays_an_address(mailbox: Mailbox) -> None:
    recipient = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.org"
    sender = f"rappels@{'d' * 60}.{'e' * 60}.example.org"
    written = letter(recipient=recipient, sender=sender, replies_to=recipient)
    content = await raw(mailbox, written)
    found = headers_of(content)
    assert (found["To"], found["Reply-To"]) == (recipient, recipient)
    assert found["Message-ID"] == f"<{written.reminder_id}@{sender.partition('@')[2]}>"
    assert found["From"].endswith(f"<{sender}>")


async def test_a_subject_of_several_lines_is_one(mailbox: Mailbox) -> None:
    written = letter(subject="Rappel de Milou\r\nBcc: victim@x.fr")
    await raw(mailbox, written)
    (mail,) = mailbox.to(written.recipient)
    assert mail["Subject"] == "Rappel de Milou Bcc: victim@x.fr"


@pytest.mark.parametrize("recipient", ["é2@x.fr", "a3@é.fr", "a <b@x.fr", "a@x.fr\r\nBcc: b@x.fr"])
async def test_what_no_server_can_be_told_ends_at_once(mailbox: Mailbox, recipient: str) -> None:
    """REM-10: never tried again, because it will not be an address tomorrow either."""
    before = len(mailbox.kept)
    assert await send(settings(mailbox), letter(recipient=recipient)) is Outcome.REFUSED
    assert len(mailbox.kept) == before
