"""The envelope of every event: CloudEvents 1.0 attributes, JSON, structured mode.

An event's type is its NATS subject, `<service>.<noun>.<past participle>`. Events carry ids and times,
never names, phones, addresses or free text: those are fetched at use, and gone once erased.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

ActorKind = Literal["user", "api_key", "owner", "sync_run", "job", "service"]


class Actor(BaseModel):
    """Who caused a change: a person, a key, an owner by link, a sync run or a job.

    `partner_id` is the organisation whose app acts for owners with a key of its own, `call_centre_id` the one
    whose agents answer a practice's telephone with theirs.
    """

    model_config = ConfigDict(frozen=True)

    kind: ActorKind
    id: str
    partner_id: UUID | None = None
    call_centre_id: UUID | None = None


class Event(BaseModel):
    """What every event says; a subclass with a `type` adds its own facts.

    `version` is the aggregate's after the change (its ETag), `sequence` is RFC 5545's.
    A field is only ever added, with a default; a changed meaning is a new type.
    """

    model_config = ConfigDict(frozen=True)

    type: ClassVar[str] = ""

    practice_id: UUID
    actor: Actor
    aggregate_id: UUID
    version: int
    sequence: int = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        name = cls.__dict__.get("type", "")
        if name:
            taken = EVENT_TYPES.setdefault(name, cls)
            if taken.__qualname__ != cls.__qualname__:
                raise TypeError(f"event type {name} is claimed twice")

    @classmethod
    def service(cls) -> str:
        return cls.type.partition(".")[0]


EVENT_TYPES: dict[str, type[Event]] = {}
"""Every event class of the imported contract modules, by its type."""


TraceParent = Annotated[str, Field(examples=["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])]
"""CloudEvents' extension for distributed tracing, in W3C Trace Context."""


class CloudEvent(BaseModel):
    """The wire form. `data` holds the fields of the event class that `type` names. `traceparent` is there
    when the change was traced."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    traceparent: TraceParent | None = Field(default=None, exclude_if=lambda value: value is None)
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event, *, id: UUID, time: datetime, traceparent: str | None = None) -> Self:
        return cls(
            id=id,
            source=f"/services/{event.service()}",
            type=event.type,
            subject=str(event.aggregate_id),
            time=time,
            traceparent=traceparent,
            data=event.model_dump(mode="json"),
        )

    def event(self) -> Event:
        """The typed event. Raises KeyError for a type that this release does not know."""
        return EVENT_TYPES[self.type].model_validate(self.data)
