"""The feed on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from vetagenda_contracts.events import TraceParent
from vetagenda_kit.models import ViewModel

_ID = "01a20890-1b2e-7228-9cfe-5c5b552bc835"
_BOOKED: dict[str, Any] = {
    "sequence": 17,
    "specversion": "1.0",
    "id": "01a20890-1b2e-7228-9cfe-5c5b552bc830",
    "source": "/services/agenda",
    "type": "agenda.appointment.booked",
    "subject": _ID,
    "time": "2026-11-25T07:30:00Z",
    "datacontenttype": "application/json",
    "data": {
        "practice_id": "01a20890-1b2e-7228-9cfe-5c5b552bc831",
        "actor": {"kind": "api_key", "id": "01a20890-1b2e-7228-9cfe-5c5b552bc832"},
        "aggregate_id": _ID,
        "version": 1,
        "sequence": 0,
        "after": {
            "status": "confirmed",
            "start": "2026-11-25T09:00:00Z",
            "end": "2026-11-25T09:20:00Z",
            "calendar_ids": ["01a20890-1b2e-7228-9cfe-5c5b552bc833"],
            "appointment_type_id": "01a20890-1b2e-7228-9cfe-5c5b552bc834",
            "owner_id": "01a20890-1b2e-7228-9cfe-5c5b552bc836",
            "animal_ids": ["01a20890-1b2e-7228-9cfe-5c5b552bc837"],
            "published": False,
            "needs_completion": False,
            "source": "staff",
        },
    },
}


class FeedEvent(ViewModel):
    """A CloudEvent (1.0) with its number in the practice's feed: 1, 2, 3 ... without a gap. `traceparent` is
    there where the platform traced the change: it names the trace, for its operator."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BOOKED]})

    sequence: int
    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"]
    traceparent: TraceParent | None = Field(default=None, exclude_if=lambda value: value is None)
    data: dict[str, Any]


class FeedPage(ViewModel):
    """`next` is the `after` of the following page, or null; `last` is the newest number given."""

    items: list[FeedEvent]
    next: int | None
    last: int
