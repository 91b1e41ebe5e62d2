"""What the engine remembers of one appointment in one link, and what it reads of both sides. Pure data."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self
from uuid import UUID

from vetagenda_calendar_sync.engine.merge import Winner
from vetagenda_calendar_sync.engine.trail import NO_TRAIL, Trail
from vetagenda_calendar_sync.engine.verdict import Verdict
from vetagenda_calendar_sync.mapping.fields import Days, Fields, Period, RemoteFields
from vetagenda_calendar_sync.mapping.summary import Facts, Privacy

Mode = Literal["two_way", "agenda_to_remote"]
Nature = Literal["ordinary", "absence", "note"]
CANCELLABLE = frozenset({"requested", "confirmed"})
OVER = frozenset({"cancelled", "completed", "no_show"})


@dataclass(frozen=True)
class Rules:
    """What a link's owner has chosen. `country` is where telephone numbers without a prefix belong.

    `verdict` is what a person has decided about the one event at hand. `may_always_insist`: one way, and our
    values are put back however often they were before.
    """

    key: UUID
    mode: Mode = "two_way"
    privacy: Privacy = "full"
    winner: Winner = "agenda"
    country: str = "FR"
    locale: str = "fr"
    zone: str = "UTC"
    verdict: Verdict | None = None
    may_always_insist: bool = False


@dataclass(frozen=True)
class Agenda:
    """The appointment as the agenda holds it now. `is_here`: one of its calendars is the link's;
    `is_shared`: it has several."""

    version: int
    fields: Fields
    facts: Facts
    is_here: bool = True
    is_shared: bool = False

    @property
    def stands(self) -> bool:
        """In whichever calendar."""
        return self.facts.status != "cancelled"

    @property
    def is_live(self) -> bool:
        return self.is_here and self.stands

    @property
    def has_owner(self) -> bool:
        return self.facts.family_name is not None


@dataclass(frozen=True)
class Stamp:
    """Our private mark on a remote event. A hint only: a copied event carries a copied mark."""

    key: str
    appointment_id: str
    revision: int


@dataclass(frozen=True)
class Salvaged:
    """By what people may know an event that cannot be read. For them only: nothing is concluded from it.
    `start` is an instant in ISO 8601."""

    title: str
    start: str | None


@dataclass(frozen=True)
class Seen:
    """A remote event as last read. `period` is None for what is not one timed event, `days` for what is
    not one of whole days.

    `is_confirmed`: read by itself, not from a list, so that its deletion may be believed.
    `is_transparent`: the person says that the time stays free; `is_private`: that nobody else may read what
    it is. `series_id`: it is one time of that series, changed or cancelled by itself. `creator` is the
    address of who typed it, for the agenda's history. `nature`: a note keeps nobody busy (a birthday), an
    absence does and is no visit, whatever its times are. `wall` is the start as text without its
    offset, `zone` the zone or offset that it was given in; `former_wall` what it was at the last agreement.
    `is_unreadable`: it is there, and that is all that can be said of it; `is_too_large`: because of its size.
    `salvaged` is what of it could be made out all the same. `has_no_length`: the link's default makes the end
    of its `period`. In `description` markup and entities stand for what they mean; plain text that looks like
    them is escaped.
    """

    id: str
    etag: str
    is_deleted: bool = False
    is_confirmed: bool = False
    summary: str = ""
    period: Period | None = None
    location: str = ""
    description: str = ""
    stamp: Stamp | None = None
    is_series: bool = False
    days: Days | None = None
    is_transparent: bool = False
    wall: str = ""
    zone: str = ""
    former_wall: str = ""
    is_private: bool = False
    series_id: str | None = None
    creator: str = ""
    nature: Nature = "ordinary"
    is_unreadable: bool = False
    has_no_length: bool = False
    is_too_large: bool = False
    salvaged: Salvaged | None = None

    @property
    def is_block(self) -> bool:
        """No single timed event: it makes the time busy, and is no appointment (SYNC-9). So is one time of a
        series that is not in this calendar, to which the person was invited by itself."""
        is_timed = self.period is not None and self.days is None and self.series_id is None
        return not (self.is_deleted or self.is_unreadable) and (
            self.is_series or self.nature != "ordinary" or not is_timed
        )

    def json(self) -> dict[str, Any]:
        period, days = self.period, self.days
        when = {"period": period.json() if period else None, "days": days.json() if days else None}
        return {**asdict(self), **when}

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> Self:
        period, days, stamp = value["period"], value.get("days"), value["stamp"]
        parts = {
            "period": Period.of_json(period) if period else None,
            "days": Days.of_json(days) if days else None,
            "stamp": Stamp(**stamp) if stamp else None,
            "salvaged": Salvaged(**told) if (told := value.get("salvaged")) else None,
        }
        return cls(**{**value, **parts})


MOST_OCCURRENCES = 2_000
"""Of one series that count; more are no visits, and would fill the agenda."""


@dataclass(frozen=True)
class Occurrence:
    """One time of a series, as the server expands it. `key` is its original start as the series has it, so
    that one which was moved stays the same. Either `period` or `days`."""

    key: str
    summary: str
    period: Period | None = None
    days: Days | None = None
    is_transparent: bool = False
    is_private: bool = False


@dataclass(frozen=True)
class Base:
    """One revision's values. `agenda` in the agenda's words; `sent` is what we wanted the event to be,
    `echo` what the server made of it (None until its answer is known)."""

    revision: int
    agenda: Fields
    sent: RemoteFields
    echo: RemoteFields | None = None

    @property
    def held(self) -> RemoteFields:
        return self.echo or self.sent


@dataclass(frozen=True)
class Tracked:
    """One row of the status table. `pending` are revisions that were begun and not seen to be done.

    `has_ended`: gone on at least one side for good; only a new life on either side wakes it. `was_unclear`:
    its title is flagged.
    """

    appointment_id: UUID
    remote_id: str
    incarnation: int = 0
    revision: int = 0
    agreed: Base | None = None
    pending: tuple[Base, ...] = ()
    seen: Seen | None = None
    has_ended: bool = False
    trail: Trail = NO_TRAIL
    was_unclear: bool = False

    @property
    def bases(self) -> tuple[Base, ...]:
        """Oldest first."""
        return (*((self.agreed,) if self.agreed else ()), *self.pending)
