"""One appointment's own choices, which stand before its type's and the practice's (REM-2). Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.appointments.schemas import OwnMessage
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.preferences.schemas import (
    MessageChannel,
    ReminderChoice,
    ReminderState,
)
from vetagenda_reminders.templates.lengths import check_sms
from vetagenda_reminders.templates.precedence import Personal
from vetagenda_reminders.templates.rules import APPOINTMENT, check_fields

CONFIRMATION = Purpose.CONFIRMATION.value
CHANNELS: tuple[MessageChannel, ...] = (Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True)
class Choices:
    """What was chosen for one appointment, by rule and channel; what is not in it keeps the default."""

    messages: Mapping[tuple[str, Channel], OwnMessage] = field(default_factory=dict)

    @classmethod
    def of(cls, messages: Iterable[OwnMessage]) -> Self:
        return cls({(one.rule, one.channel): one for one in messages})

    @classmethod
    def stored(cls, messages: Iterable[Any]) -> Self:
        return cls.of(map(OwnMessage.model_validate, messages))

    def silences(self, rule: str, channel: Channel) -> bool:
        own = self.messages.get((rule, channel))
        return own is not None and not own.enabled

    def orders(self, rule: str, channel: Channel) -> bool:
        own = self.messages.get((rule, channel))
        return own is not None and own.enabled

    def confirmation(self, configured: Collection[Channel]) -> tuple[Channel, ...]:
        """The channels by which it is confirmed; without a choice of its own the `configured` ones."""
        possible = dict.fromkeys((*configured, *CHANNELS))
        return tuple(
            channel
            for channel in possible
            if self.orders(CONFIRMATION, channel)
            or (channel in configured and not self.silences(CONFIRMATION, channel))
        )

    def reminder(self, rule: str, channel: Channel, choice: ReminderChoice) -> ReminderChoice | None:
        """The practice's reminder as it holds for this appointment; None is off."""
        own = self.messages.get((rule, channel))
        if own is None:
            stands = choice.state is not ReminderState.OFF and channel in choice.channels
            return choice if stands else None
        if not own.enabled:
            return None
        return choice.model_copy(update={"state": ReminderState.ON, "lead": own.lead or choice.lead})

    @property
    def personal(self) -> Personal:
        """The personal words: rule -> channel -> body and subject."""
        words: dict[str, dict[str, dict[str, str | None]]] = {}
        for (rule, channel), own in self.messages.items():
            words.setdefault(rule, {})[channel.value] = {"body": own.text, "subject": own.subject}
        return words


NONE = Choices()


def check(messages: Iterable[OwnMessage]) -> None:
    """Raises InvalidRequest for a pair that is named twice, a lead or a subject where there is none, and a
    merge field that does not exist."""
    named: set[tuple[str, Channel]] = set()
    for number, one in enumerate(messages):
        at = f"/messages/{number}"
        if (one.rule, one.channel) in named:
            raise InvalidRequest.at(at, "this rule and channel are named twice")
        named.add((one.rule, one.channel))
        if one.lead and one.rule == CONFIRMATION:
            raise InvalidRequest.at(f"{at}/lead", "a confirmation has no lead")
        if one.subject and one.channel is not Channel.EMAIL:
            raise InvalidRequest.at(f"{at}/subject", "only an e-mail has a subject")
        check_fields(one.text or "", f"{at}/text", APPOINTMENT)
        if one.channel is Channel.SMS:
            check_sms(one.text or "", f"{at}/text")
        check_fields(one.subject or "", f"{at}/subject", APPOINTMENT)
