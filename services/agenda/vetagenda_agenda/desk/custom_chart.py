"""A table of texts that the practice writes itself, with a search (DESK-1)."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Depends, Header, Query, Response
from pydantic import ConfigDict, Field, StringConstraints, model_validator

from vetagenda_agenda import history
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.tables import CustomChart
from vetagenda_contracts.desk import CustomChartUpdated
from vetagenda_contracts.folding import folded
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read, WriteSession
from vetagenda_kit.etags import check_version, etag, parse_if_match
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Name, RequestModel
from vetagenda_kit.problems import InvalidRequest, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk/custom-chart")
Cell = Annotated[str, StringConstraints(max_length=500)]
Columns = Annotated[tuple[Name, ...], Field(max_length=12), EachOnce()]


class Chart(RequestModel):
    """Texts alone; every row has as many cells as there are columns."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"columns": ["Service", "Call"], "rows": [["Surgery", "Dr Lefèvre, room 2"]]}]
        }
    )

    columns: Columns
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, there are {len(self.columns)} columns")
        return self

    def with_rows_of(self, wanted: str) -> "Chart":
        """Those in which every word is found, in whichever cell; accents and capitals do not count."""
        words = folded(wanted).split()
        found = [row for row in self.rows if all(word in folded(" ".join(row)) for word in words)]
        return self.model_copy(update={"rows": tuple(found)})


_EMPTY = Chart(columns=())


def _chart(row: CustomChart | None) -> Chart:
    return Chart(columns=tuple(row.columns), rows=tuple(map(tuple, row.rows))) if row else _EMPTY


@api.get("")
async def get_custom_chart(
    practice_id: UUID,
    session: Read,
    _caller: Annotated[Caller, Depends(requires("desk:read"))],
    response: Response,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Chart:
    """The table, or with `q` the rows in which all of its words are found."""
    row = await session.get(CustomChart, practice_id)
    response.headers["ETag"] = etag(row.version if row else 0)
    return _chart(row).with_rows_of(q)


@api.put("", responses=problems(InvalidRequest, StaleVersion, VersionRequired))
async def put_custom_chart(
    practice_id: UUID,
    chart: Chart,
    session: Write,
    caller: Annotated[Caller, Depends(requires("practice:write"))],
    now: Now,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> Chart:
    """Write the whole table. The first time needs no If-Match."""
    row = await session.get(CustomChart, practice_id, with_for_update=True)
    if row is not None or if_match is not None:
        check_version(parse_if_match(if_match), row.version if row else 0)
    row = await _write(
        session, row or CustomChart(practice_id=practice_id), chart, Context(caller.actor, now)
    )
    response.headers["ETag"] = etag(row.version)
    return chart


def _facts(row: CustomChart) -> dict[str, Any]:
    """What it says is fetched at use."""
    return {"columns": len(row.columns), "rows": len(row.rows)}


async def _write(session: WriteSession, row: CustomChart, chart: Chart, context: Context) -> CustomChart:
    before, facts_before = (row.model_dump(mode="json"), _facts(row)) if row.version else (None, None)
    row.columns, row.rows = list(chart.columns), [list(each) for each in chart.rows]
    row.version += 1
    session.add(row)
    event = CustomChartUpdated(
        practice_id=row.practice_id,
        actor=context.actor,
        aggregate_id=row.practice_id,
        version=row.version,
        before=facts_before,
        after=_facts(row),
        fields=["columns", "rows"],
    )
    after = row.model_dump(mode="json")
    history.tell(session, event, kind="custom-chart", at=context.now, before=before, after=after)
    return row
