"""Who wants no SMS of a practice any more."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_sms.tables import SmsTable, stored


class Source(StrEnum):
    """Who said so."""

    REPLY = "reply"  # the owner, by SMS
    CARRIER = "carrier"  # it refuses the number for that reason
    PRACTICE = "practice"  # somebody there, for an owner who asked


class Scope(StrEnum):
    ALL = "all"  # every class of message, also the urgent ones


class OptOut(SmsTable, table=True):
    """One wish, of a number that is kept as a keyed hash only. A lifted one stays as evidence. Both instants
    are the practice's time."""

    __tablename__ = "opt_out"
    __table_args__ = (
        Index(
            "opt_out_holds",
            "practice_id",
            "number_hash",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    number_hash: str = Field(sa_type=Text)
    scope: Scope = Field(default=Scope.ALL, sa_type=stored(Scope))
    source: Source = Field(sa_type=stored(Source))
    opted_out_at: datetime = Field(sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
