"""Scripts, instructions, links and the lines of the organisation chart: what the practice decides."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import or_, select
from sqlmodel import col

from vetagenda_agenda.desk.calls.popups import Popup
from vetagenda_agenda.desk.scripts import ScriptStep, Steps, actions, check_steps
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.desk.tables import ChartLine, Instruction, Link, Script
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.schemas import Phone, Remark
from vetagenda_agenda.tables import AppointmentType, Record
from vetagenda_contracts import desk as events
from vetagenda_kit.db import WriteSession
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Instant, Line, LongText, Name, PatchModel, RequestModel, ViewModel
from vetagenda_kit.problems import Conflict, InvalidRequest, NotFound

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2_000)]
Phones = Annotated[list[Phone], Field(max_length=5)]
LinkPage = Literal["inside", "outside"]


class OnCalls(Conflict):
    """The desk settings name it as what is shown when the telephone rings. Member: `popup`."""

    code, title = "shown-on-calls", "It is what the practice shows when the telephone rings"


class OpenedByScript(Conflict):
    """A step of a call script opens it. Member: `script_id`."""

    code, title = "opened-by-script", "A call script opens it"


class NewScript(RequestModel):
    """It begins with the first of its `steps`."""

    name: Name
    steps: Steps


class ScriptPatch(PatchModel):
    name: Name | None = None
    steps: Steps | None = None


class ScriptView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    name: str
    steps: list[ScriptStep]


class NewInstruction(RequestModel):
    """Shown with every call from `from_at` to before `until`; without them from now on, and for good."""

    title: Name
    content: LongText
    from_at: Instant | None = None
    until: Instant | None = None


class InstructionPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"from_at", "until"})

    title: Name | None = None
    content: LongText | None = None
    from_at: Instant | None = None
    until: Instant | None = None


class InstructionView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    title: str
    content: str
    from_at: datetime | None
    until: datetime | None


class NewDeskLink(RequestModel):
    """`page` says where a front-end opens it. One that is shown `on_calls` can be the practice's pop-up."""

    title: Name
    url: WebAddress
    page: LinkPage = "inside"
    on_calls: bool = False


class DeskLinkPatch(PatchModel):
    title: Name | None = None
    url: WebAddress | None = None
    page: LinkPage | None = None
    on_calls: bool | None = None


class DeskLinkView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    title: str
    url: str
    page: LinkPage
    on_calls: bool


class NewChartLine(RequestModel):
    """A line of the organisation chart. `shared`: the organisation's other practices show it too."""

    service: Name
    name: Name
    function: Line = ""
    phones: Phones = []
    email: EmailAddress | None = None
    remark: Remark = ""
    shared: bool = False


class ChartLinePatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"email"})

    service: Name | None = None
    name: Name | None = None
    function: Line | None = None
    phones: Phones | None = None
    email: EmailAddress | None = None
    remark: Remark | None = None
    shared: bool | None = None


class ChartLineView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    service: str
    name: str
    function: str
    phones: list[str]
    email: str | None
    remark: str
    shared: bool


async def _check_script(session: WriteSession, row: Script) -> None:
    """Raises InvalidRequest and NotFound, which name each step that leads nowhere."""
    steps = [ScriptStep.model_validate(each) if isinstance(each, dict) else each for each in row.steps]
    check_steps(steps)
    row.steps = [each.model_dump(mode="json") for each in steps]
    for at, action in actions(steps):
        await _exists(session, AppointmentType, action.appointment_type_id, f"{at}/appointment_type_id")
        await _exists(session, Link, action.link_id, f"{at}/link_id")


async def _exists(session: WriteSession, table: type[Record], record_id: UUID | None, at: str) -> None:
    if record_id is None:
        return
    found = await session.get(table, record_id)
    if found is None or found.deleted_at is not None:
        raise NotFound(f"{at}: there is no such thing")


async def _check_instruction(_session: WriteSession, row: Instruction) -> None:
    if row.from_at is not None and row.until is not None and row.until <= row.from_at:
        raise InvalidRequest.at("/until", "it must be after from_at")


async def _check_link(session: WriteSession, row: Link) -> None:
    if not row.on_calls:
        await _leave_popup(session, row, Popup.LINK)


async def _leave_script(session: WriteSession, row: Script) -> None:
    await _leave_popup(session, row, Popup.SCRIPT)


async def _leave_link(session: WriteSession, row: Link) -> None:
    await _leave_popup(session, row, Popup.LINK)
    used = select(Script).where(
        col(Script.practice_id) == row.practice_id,
        col(Script.deleted_at).is_(None),
        or_(
            col(Script.steps).contains([{"action": {"link_id": str(row.id)}}]),
            col(Script.steps).contains([{"answers": [{"action": {"link_id": str(row.id)}}]}]),
        ),
    )
    if (script := (await session.scalars(used)).first()) is not None:
        raise OpenedByScript(f"the script {script.name} opens it", script_id=str(script.id))


async def _leave_popup(session: WriteSession, row: Script | Link, popup: Popup) -> None:
    choices, _version = await settings.chosen(session, row.practice_id)
    shown = choices.script_id if popup is Popup.SCRIPT else choices.link_id
    if choices.popup is popup and shown == row.id:
        raise OnCalls("choose another pop-up in the desk settings first", popup=popup.value)


def _desk(**more: Any) -> dict[str, Any]:
    return {"scope": "desk", "written_by": "practice:write", **more}


SCRIPTS = Resource(
    noun="script",
    path="desk/scripts",
    table=Script,
    new=NewScript,
    patch=ScriptPatch,
    view=ScriptView,
    created=events.ScriptCreated,
    updated=events.ScriptUpdated,
    removed=events.ScriptDeleted,
    personal=frozenset({"name", "steps"}),
    check=_check_script,
    deleted=_leave_script,
    refusals=(OnCalls,),
    **_desk(),
)
INSTRUCTIONS = Resource(
    noun="instruction",
    path="desk/instructions",
    table=Instruction,
    new=NewInstruction,
    patch=InstructionPatch,
    view=InstructionView,
    created=events.InstructionCreated,
    updated=events.InstructionUpdated,
    removed=events.InstructionDeleted,
    personal=frozenset({"title", "content"}),
    check=_check_instruction,
    **_desk(),
)
LINKS = Resource(
    noun="desk-link",
    path="desk/links",
    table=Link,
    new=NewDeskLink,
    patch=DeskLinkPatch,
    view=DeskLinkView,
    created=events.LinkCreated,
    updated=events.LinkUpdated,
    removed=events.LinkDeleted,
    personal=frozenset({"title", "url"}),
    check=_check_link,
    deleted=_leave_link,
    refusals=(OnCalls, OpenedByScript),
    **_desk(),
)
CHART_LINES = Resource(
    noun="chart-line",
    path="desk/chart-lines",
    table=ChartLine,
    new=NewChartLine,
    patch=ChartLinePatch,
    view=ChartLineView,
    created=events.ChartLineCreated,
    updated=events.ChartLineUpdated,
    removed=events.ChartLineDeleted,
    personal=frozenset({"service", "name", "function", "phones", "email", "remark"}),
    **_desk(),
)
