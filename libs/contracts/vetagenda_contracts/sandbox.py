"""Magic values: what an integrator writes to, so that a test practice's message ends as it would out there.

The one table of them; docs/sandbox.md shows it. The sms service plays the numbers, reminders the addresses.
Pure.
"""

from enum import StrEnum


class Phone(StrEnum):
    """A French number for each outcome. `phone_of` knows the German ones that end in the same two digits."""

    UNREACHABLE = "+33600000001"
    REFUSED = "+33600000002"
    LOSES_THE_ANSWER = "+33600000003"
    BUSY = "+33600000004"
    SAYS_YES = "+33600000005"
    SAYS_STOP = "+33600000006"
    SAYS_NO = "+33600000007"
    TELLS_LATE = "+33600000008"
    NEVER_TELLS = "+33600000009"
    OPTED_OUT = "+33600000010"

    @property
    def german(self) -> str:
        return _GERMAN + self.value[-2:]


_GERMAN = "+4917139200"
"""For use in fiction (Bundesnetzagentur). The French (ARCEP) and British (Ofcom) ones are invalid to
libphonenumber, so that no owner can have them."""
_PHONES = {number: phone for phone in Phone for number in (phone.value, phone.german)}


class Mail(StrEnum):
    """The local part of a magic address at `example.org` (RFC 2606). `+anything` may follow, for one address
    a record."""

    BOUNCES = "bounce"
    MAILBOX_FULL = "mailbox-full"
    REFUSED = "refused"
    LOSES_THE_ANSWER = "answer-lost"


class Push(StrEnum):
    """The path of a magic push service, `https://push.example.org/<path>`; a further `/anything` may follow,
    for one address a browser."""

    ARRIVES = "ok"
    GONE = "gone"
    REFUSED = "refused"
    BUSY = "busy"
    LOSES_THE_ANSWER = "answer-lost"


_DOMAIN = "example.org"
_PUSH_SERVICE = f"https://push.{_DOMAIN}/"


def phone_of(number: str) -> Phone | None:
    """`number` in E.164."""
    return _PHONES.get(number)


def push_of(endpoint: str) -> Push | None:
    """`endpoint` is a push subscription's."""
    if not endpoint.startswith(_PUSH_SERVICE):
        return None
    name = endpoint.removeprefix(_PUSH_SERVICE).partition("/")[0]
    return Push(name) if name in set(Push) else None


def mail_of(address: str | None) -> Mail | None:
    local, _at, domain = (address or "").strip().lower().rpartition("@")
    name = local.partition("+")[0]
    return Mail(name) if domain == _DOMAIN and name in set(Mail) else None
