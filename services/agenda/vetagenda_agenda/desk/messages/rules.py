"""Which messages are shown, who can be told of one, and what an e-mail about it is called (DESK-5). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from vetagenda_kit.problems import InvalidRequest


class MessageKind(StrEnum):
    NOTE = "note"
    TASK = "task"
    DATED_TASK = "dated_task"
    URGENT = "urgent"
    CALL_BACK = "call_back"


TASKS = frozenset({MessageKind.TASK, MessageKind.DATED_TASK, MessageKind.CALL_BACK})
"""What can be done, beside read."""


class Filter(StrEnum):
    ALL = "all"
    READ = "read"
    UNREAD = "unread"
    TO_DO = "tasks_to_do"
    DONE = "tasks_done"


class MessageChannel(StrEnum):
    EMAIL = "email"
    FAX = "fax"
    SMS = "sms"


ADDRESS_OF = {MessageChannel.EMAIL: "email", MessageChannel.FAX: "fax", MessageChannel.SMS: "mobile"}
"""The field of the practice's account without which a channel notifies nobody."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`hide_done` and `hide_read` take what is done or read out of the list, and switch the filter off."""

    chosen: Filter = Filter.ALL
    hide_done: bool = False
    hide_read: bool = False

    @property
    def filter(self) -> Filter:
        return Filter.ALL if self.hide_done or self.hide_read else self.chosen


def check_channels(
    channels: Collection[MessageChannel], addresses: Mapping[str, str | None], *, at: str
) -> None:
    """Raises InvalidRequest, which names each channel that leads nowhere."""
    errors = [
        {"pointer": f"{at}/{number}", "detail": f"there is no {ADDRESS_OF[each]} to notify by {each}"}
        for number, each in enumerate(channels)
        if not (addresses.get(ADDRESS_OF[each]) or "").strip()
    ]
    if errors:
        raise InvalidRequest(errors[0]["detail"], errors=errors)


def subject(template: str, *, contact: str, about: str) -> str:
    """`[contact]` is the contact's name, `[sujet]` the message's subject; what they contain is none."""
    parts = template.replace("[contact]", "\0c").replace("[sujet]", "\0s")
    filled = parts.replace("\0c", contact.replace("\0", "")).replace("\0s", about.replace("\0", ""))
    return " ".join((filled if filled.strip() else about).split())
