"""Organisations and their charts on the wire."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Name, PatchModel, RequestModel, ViewModel

PracticeIds = Annotated[list[UUID], Field(max_length=200), EachOnce()]


class NewOrganisation(RequestModel):
    """`practice_ids` are its practices; each can be of one organisation."""

    name: Name
    practice_ids: PracticeIds = []


class OrganisationPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset()

    name: Name | None = None
    practice_ids: PracticeIds | None = None


class OrganisationView(ViewModel):
    id: UUID
    version: int
    name: str
    practice_ids: list[UUID]


class ChartRow(ViewModel):
    """`account` is the way to the practice that the line is of, `send_message` where a message to it is
    posted: both are open to whoever that practice has let in."""

    practice_id: UUID
    practice_name: str
    account: str
    send_message: str
    line_id: UUID
    service: str
    name: str
    function: str
    phones: list[str]
    email: str | None
    remark: str


class OrganisationChart(ViewModel):
    """`organisation_id` and `name` are null for a practice that is of none: the chart has its own lines
    then."""

    organisation_id: UUID | None
    name: str | None
    lines: list[ChartRow]
