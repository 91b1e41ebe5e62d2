"""Events of the agenda service: practices, their records, appointments and the updates inbox."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from vetagenda_contracts.events import Event
from vetagenda_contracts.privacy import ErasureReason

AppointmentStatus = Literal["requested", "confirmed", "arrived", "completed", "no_show", "cancelled"]
Source = Literal["staff", "online", "partner", "call-centre", "google", "caldav", "import"]


class AppointmentState(BaseModel):
    """What others may know of an appointment without asking: ids, times and flags."""

    model_config = ConfigDict(frozen=True)

    status: AppointmentStatus
    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    appointment_type_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: list[UUID] = []
    published: bool = False
    needs_completion: bool = False
    source: Source = "staff"
    cancelled_by: Literal["owner", "practice"] | None = None


OwnersChannel = Literal["sms", "email"]
PracticesChannel = Literal["message", "email", "sms", "fax"]


class Told(BaseModel):
    """Who is told of one change, chosen where it was made: the owner at once, and the practice's people. Null
    is as the practice has configured it, an empty list is nobody."""

    model_config = ConfigDict(frozen=True)

    owner: list[OwnersChannel] | None = None
    practice: list[PracticesChannel] | None = None


class AppointmentEvent(Event):
    """`aggregate_id` is the appointment's. `before` is None when it was just made."""

    before: AppointmentState | None = None
    after: AppointmentState
    origin: str | None = None
    """What caused the change: a sync link, as `calendar-sync:<link id>`, which need not echo it, or an
    import or its undo, as `import:<import id>`, of which owners are told nothing."""
    told: Told | None = None


class AppointmentBooked(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.booked"


class AppointmentRequested(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.requested"


class AppointmentAccepted(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.accepted"


class AppointmentDeclined(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.declined"


class AppointmentExpired(AppointmentEvent):
    """A request that nobody answered in time."""

    type: ClassVar[str] = "agenda.appointment.expired"


class AppointmentRescheduled(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.rescheduled"


class AppointmentUpdated(AppointmentEvent):
    """Something else than time, calendars or status; `sequence` stays."""

    type: ClassVar[str] = "agenda.appointment.updated"
    fields: list[str] = []


class AppointmentCancelled(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.cancelled"


class AppointmentArrived(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.arrived"


class AppointmentCompleted(AppointmentEvent):
    type: ClassVar[str] = "agenda.appointment.completed"


class AppointmentMissed(AppointmentEvent):
    """The owner did not come (status `no_show`)."""

    type: ClassVar[str] = "agenda.appointment.missed"


class AppointmentRestored(AppointmentEvent):
    """Its end was undone: what was cancelled, missed or completed stands again."""

    type: ClassVar[str] = "agenda.appointment.restored"


APPOINTMENT_EVENTS: tuple[type[AppointmentEvent], ...] = (
    AppointmentBooked,
    AppointmentRequested,
    AppointmentAccepted,
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRescheduled,
    AppointmentUpdated,
    AppointmentCancelled,
    AppointmentArrived,
    AppointmentCompleted,
    AppointmentMissed,
    AppointmentRestored,
)


class HoldEvent(Event):
    """`aggregate_id` is the hold's."""

    start: datetime
    end: datetime
    calendar_ids: list[UUID]


class HoldPlaced(HoldEvent):
    type: ClassVar[str] = "agenda.hold.placed"
    expires_at: datetime


class HoldReleased(HoldEvent):
    type: ClassVar[str] = "agenda.hold.released"


class UpdateAcknowledged(Event):
    """`aggregate_id` is the inbox item's."""

    type: ClassVar[str] = "agenda.update.acknowledged"
    appointment_id: UUID


class RecordEvent(Event):
    """A record of the practice was made, changed or deleted. `before` and `after` hold what is not
    personal; the names of changed personal fields are in `fields`, their values are not."""

    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    fields: list[str] = []


class PracticeCreated(RecordEvent):
    type: ClassVar[str] = "agenda.practice.created"


class PracticeUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.practice.updated"


class ClockMoved(Event):
    """A test practice's virtual clock was set or advanced."""

    type: ClassVar[str] = "agenda.clock.moved"
    now: datetime


class CalendarCreated(RecordEvent):
    type: ClassVar[str] = "agenda.calendar.created"


class CalendarUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.calendar.updated"


class CalendarDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.calendar.deleted"


class AppointmentTypeCreated(RecordEvent):
    type: ClassVar[str] = "agenda.appointment-type.created"


class AppointmentTypeUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.appointment-type.updated"


class AppointmentTypeDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.appointment-type.deleted"


class OwnerCreated(RecordEvent):
    type: ClassVar[str] = "agenda.owner.created"


class OwnerUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.owner.updated"


class OwnerDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.owner.deleted"


class OwnerErased(Event):
    """`aggregate_id` is the owner's. Who keeps data of theirs erases it too: it was asked for (GDPR, articles
    17 and 19). The appointments stay as times without a person."""

    type: ClassVar[str] = "agenda.owner.erased"

    reason: ErasureReason
    animal_ids: list[UUID] = []


class AnimalCreated(RecordEvent):
    type: ClassVar[str] = "agenda.animal.created"


class AnimalUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.animal.updated"


class AnimalDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.animal.deleted"


class AbsenceCreated(RecordEvent):
    type: ClassVar[str] = "agenda.absence.created"


class AbsenceUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.absence.updated"


class AbsenceDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.absence.deleted"


class ClosureCreated(RecordEvent):
    type: ClassVar[str] = "agenda.closure.created"


class ClosureUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.closure.updated"


class ClosureDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.closure.deleted"


class DocumentEvent(Event):
    """`aggregate_id` is the document's; its name is fetched at use. One of the two records is given;
    `record_owner_id` is the owner in any case, also of the animal."""

    owner_id: UUID | None = None
    animal_id: UUID | None = None
    media_type: str
    size_bytes: int
    shared: bool
    record_owner_id: UUID | None = None


class DocumentUploaded(DocumentEvent):
    type: ClassVar[str] = "agenda.document.uploaded"


class DocumentShared(DocumentEvent):
    type: ClassVar[str] = "agenda.document.shared"


class DocumentUnshared(DocumentEvent):
    type: ClassVar[str] = "agenda.document.unshared"


class WaitlistUpdated(RecordEvent):
    """The practice's setting; `aggregate_id` is the practice's."""

    type: ClassVar[str] = "agenda.waitlist.updated"


class WaitlistEntryCreated(RecordEvent):
    type: ClassVar[str] = "agenda.waitlist-entry.created"


class WaitlistEntryUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.waitlist-entry.updated"


class WaitlistEntryBooked(RecordEvent):
    """An offer was accepted: `after` has the appointment's id."""

    type: ClassVar[str] = "agenda.waitlist-entry.booked"


class WaitlistEntryDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.waitlist-entry.deleted"


class OfferEvent(Event):
    """`aggregate_id` is the offer's: a time that became free, held for one waiting entry."""

    entry_id: UUID
    owner_id: UUID
    animal_ids: list[UUID] = []
    appointment_type_id: UUID
    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    expires_at: datetime


class OfferMade(OfferEvent):
    type: ClassVar[str] = "agenda.offer.made"


class OfferAccepted(OfferEvent):
    type: ClassVar[str] = "agenda.offer.accepted"
    appointment_id: UUID


class OfferDeclined(OfferEvent):
    type: ClassVar[str] = "agenda.offer.declined"


class OfferExpired(OfferEvent):
    type: ClassVar[str] = "agenda.offer.expired"


class OfferWithdrawn(OfferEvent):
    """The entry it was made to is gone."""

    type: ClassVar[str] = "agenda.offer.withdrawn"
