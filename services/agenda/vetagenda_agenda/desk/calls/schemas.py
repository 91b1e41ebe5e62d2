"""What a call pops up, on the wire."""

from typing import Any
from uuid import UUID

from vetagenda_agenda.desk.callbacks.schemas import CallBackView
from vetagenda_agenda.desk.calls.popups import Popup
from vetagenda_agenda.desk.contact_fields import ContactField
from vetagenda_agenda.desk.contacts.schemas import ContactView, ContactVisit
from vetagenda_agenda.desk.records import DeskLinkView, InstructionView, ScriptView
from vetagenda_kit.models import ViewModel


class CalledPractice(ViewModel):
    id: UUID
    name: str
    phone: str | None
    address: Any
    time_zone: str
    locale: str


class PopupView(ViewModel):
    """What is shown first. `href` is where its content is read; a script and a link are here whole."""

    kind: Popup
    href: str
    script: ScriptView | None = None
    link: DeskLinkView | None = None


class KnownCaller(ContactView):
    """Somebody who has the caller's number, with their visits to come."""

    visits: list[ContactVisit] = []


class CalledView(ViewModel):
    """One practice that the number dialled may be of. `callers` and what they have to come are null for who
    may not read the agenda (`agenda:read`). `call_backs` are the open ones of the caller's number."""

    practice: CalledPractice
    popup: PopupView
    message_info: str
    required_contact_fields: list[ContactField]
    instructions: list[InstructionView]
    callers: list[KnownCaller] | None
    call_backs: list[CallBackView]


class CallView(ViewModel):
    """`to` and `from_number` in E.164, the latter null when it was withheld or is no number. Usually one
    practice; several when they share the number: the agent asks which."""

    to: str
    from_number: str | None
    practices: list[CalledView]
