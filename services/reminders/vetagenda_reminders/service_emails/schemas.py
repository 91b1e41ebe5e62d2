"""Orders on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Instant, RequestModel, ShortText, ViewModel
from vetagenda_reminders.service_emails.tables import EmailStatus
from vetagenda_reminders.service_emails.wording import Kind


class EmailOrder(RequestModel):
    """`values` are the fields of the kind's text. It is tried until `useful_until`."""

    practice_id: UUID
    kind: Kind
    locale: ShortText | None = None
    to: EmailAddress
    values: dict[str, Annotated[str, Field(max_length=2000)]] = {}
    useful_until: Instant


class EmailView(ViewModel):
    """What became of it: neither the address nor the text."""

    id: UUID
    practice_id: UUID
    kind: Kind
    status: EmailStatus
    attempts: int
