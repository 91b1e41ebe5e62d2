"""The route of forecasts: one answer, or lines of progress that end in it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from vetagenda_contracts.merge_fields import TYPICAL
from vetagenda_contracts.sms import MOST_SEGMENTS
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import ReadSession
from vetagenda_kit.logs import request_id
from vetagenda_kit.merge_fields import check_fields, render
from vetagenda_kit.operation_marks import costly
from vetagenda_kit.problems import InvalidRequest, NotFound, Problem, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_sms.choices.tables import Choices
from vetagenda_sms.editor import profile_named
from vetagenda_sms.forecast import recipients
from vetagenda_sms.forecast.fields import KNOWN, SAMPLES, of_practice, shared_values
from vetagenda_sms.forecast.outcome import forecast
from vetagenda_sms.forecast.schemas import ForecastRequest, ForecastView, Price, ProgressView
from vetagenda_sms.forecast.tally import Recipient, Tally
from vetagenda_sms.practices import AskedPractice, Practice
from vetagenda_sms.quota.allowance import allowance_of
from vetagenda_sms_text import CarrierProfile, segment

NDJSON = "application/x-ndjson"
public = router(tags=["sms"], prefix="/v1/practices/{practice_id}/sms")
_STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The forecast; with `Accept: application/x-ndjson` a line for each page of owners "
        '(`{"recipients": 2417}`), and at the end `{"forecast": {...}}`.',
        "content": {NDJSON: {"schema": {"type": "string"}}},
    }
}


@public.post(
    "/forecast",
    response_model=ForecastView,
    responses=_STREAMED | problems(InvalidRequest, NotFound),
    openapi_extra=costly("forecasts"),
)
async def forecast_message(
    wanted: ForecastRequest,
    _caller: Annotated[Caller, Depends(requires("sms:read"))],
    practice: AskedPractice,
    request: Request,
) -> Response | ForecastView:
    """What a text would cost: rendered for every living animal whose owner has a mobile telephone and agreed
    to SMS, or once for each such owner. Nothing is sent."""
    run = _Run(request.app.state.service, practice, wanted, _checked(wanted))
    await run.begin()
    if NDJSON in request.headers.get("accept", ""):
        return StreamingResponse(run.lines(str(request.url.path)), media_type=NDJSON)
    async for _counted in run.counted():
        pass
    return await run.outcome()


def _checked(wanted: ForecastRequest) -> CarrierProfile:
    check_fields(wanted.text, "/text", KNOWN)
    for name in wanted.values:
        if name not in SAMPLES:
            raise InvalidRequest.at(f"/values/{name}", f"one of {', '.join(SAMPLES)} is expected")
    profile = profile_named(wanted.profile)
    usual = segment(render(wanted.text, TYPICAL | wanted.values), profile).segments
    most = min(profile.max_segments, MOST_SEGMENTS)
    if usual > most:
        said = f"this makes about {usual} segments; {most} is the most"
        raise InvalidRequest.at("/text", said)
    return profile


class _Run:
    """One forecast as it is counted. No session is open while the agenda is asked."""

    def __init__(
        self, service: Service, practice: Practice, wanted: ForecastRequest, profile: CarrierProfile
    ) -> None:
        self._service, self._practice, self._wanted, self._profile = service, practice, wanted, profile
        shared = shared_values(wanted.values, of_practice(practice.name, practice.phone, practice.address))
        self._tally = Tally(wanted.text, shared, profile)
        self._pages = recipients.pages(service, practice, wanted.per)
        self._first: list[Recipient] = []

    async def begin(self) -> None:
        """The first page before the answer begins: what is wrong can still be told as a problem."""
        self._first = await anext(self._pages, [])

    async def counted(self) -> AsyncIterator[int]:
        """After each page, how many recipients."""
        await self._add(self._first)
        yield self._tally.recipients
        async for page in self._pages:
            await self._add(page)
            yield self._tally.recipients

    async def _add(self, page: list[Recipient]) -> None:
        """In a thread: a long text of many fields takes milliseconds for each, and others wait meanwhile."""
        await asyncio.to_thread(self._tally.add, page)

    async def outcome(self) -> ForecastView:
        async with self._service.db.reading([self._practice.id]) as session:
            limit, used = await allowance_of(session, self._practice)
            price = self._wanted.price_per_segment or await _price_of(session, self._practice)
        today = self._practice.now.astimezone(self._practice.zone).date()
        wanted = self._wanted.model_copy(update={"price_per_segment": price})
        return forecast(wanted, self._profile, self._tally, today, limit, used)

    async def lines(self, path: str) -> AsyncIterator[str]:
        try:
            async for recipients_counted in self.counted():
                yield _line(ProgressView(recipients=recipients_counted))
            yield _line(ProgressView(forecast=await self.outcome()))
        except Problem as problem:
            yield json.dumps({"problem": problem.document(path, request_id.get())}) + "\n"


async def _price_of(session: ReadSession, practice: Practice) -> Price | None:
    """The practice's own, where it has told one."""
    chosen = await session.get(Choices, practice.id)
    if chosen is None or chosen.price_per_segment is None or chosen.currency is None:
        return None
    return Price(amount=f"{chosen.price_per_segment:f}", currency=chosen.currency)


def _line(progress: ProgressView) -> str:
    return progress.model_dump_json(exclude_unset=True) + "\n"
