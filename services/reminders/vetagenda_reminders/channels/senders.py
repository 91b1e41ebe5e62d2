"""Whose name stands on an e-mail, and where an answer to it goes."""

from dataclasses import dataclass

from vetagenda_kit.email_addresses import usable
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.preferences.schemas import ReminderSettings

log = logger("email")


@dataclass(frozen=True, slots=True)
class Sender:
    """`address` stands in From. `replies_to` is the practice's, where it does not send under its own."""

    address: str
    replies_to: str | None = None

    @property
    def answered_at(self) -> str:
        return self.replies_to or self.address


def sender_of(practice: PracticeFacts, choices: ReminderSettings, platform: str) -> Sender:
    """A practice whose domain lets the platform send signs with `sender_email`. The others cannot: a From of
    theirs would fail their domain's SPF and DMARC, so that the platform signs and they are answered."""
    own = choices.sender_email and usable(choices.sender_email)
    if own:
        return Sender(own)
    return Sender(platform, usable(practice.email) if practice.email else None)


async def warn_of_a_local_sender(service: Service) -> None:
    """At start: no server takes mail from an address that exists on this machine only."""
    settings = service.settings
    if settings.smtp_host and settings.sender_email.rpartition("@")[2] == "localhost":
        log.warning("sender_is_local", remedy="set VETAGENDA_SENDER_EMAIL to an address of your domain")
