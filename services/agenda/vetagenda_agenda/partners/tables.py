"""Partners and what ties them to practices and owners. No row here holds an owner's personal data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from vetagenda_agenda.tables import Table, Tenant, instant, optional_instant

_OPEN = text("ended_at IS NULL")


def _some_of() -> Any:
    return Field(default=None, sa_column=Column(ARRAY(Uuid), nullable=True))


class Partner(Table, table=True):
    """An organisation of the platform, of no practice. `terms_version` is what practices accept now;
    `invitation_url` is where its app takes invitations, with `{token}` in it."""

    id: UUID = Field(primary_key=True)
    version: int = 1
    name: str
    kind: str
    terms_version: str
    terms_url: str
    invitation_url: str | None = None
    created_at: datetime = instant()


class PartnerActivation(Tenant, table=True):
    """A practice lets a partner in. Who accepted which terms and when stays, also after the end. What the
    partner sees are `calendar_ids` and `appointment_type_ids`, null for all of them."""

    __tablename__ = "partner_activation"
    __table_args__ = (
        Index("partner_activation_once", "practice_id", "partner_id", unique=True, postgresql_where=_OPEN),
    )

    partner_id: UUID
    terms_version: str
    accepted_by: str
    accepted_through: str
    accepted_at: datetime = instant()
    calendar_ids: list[UUID] | None = _some_of()
    appointment_type_ids: list[UUID] | None = _some_of()
    ended_at: datetime | None = optional_instant()
    ended_by: str | None = None


class PrivacyText(Tenant, table=True):
    """One wording of a practice's privacy text. The one with the highest `number` holds."""

    __tablename__ = "privacy_text"
    __table_args__ = (Index("privacy_text_once", "practice_id", "number", unique=True),)

    number: int
    content: str = Field(sa_type=Text)
    put_at: datetime = instant()
    put_by: str


class PartnerInvitation(Tenant, table=True):
    """An owner was invited to a partner's app. `email_digest` is that of the address written to, which the
    owner must register with; `wrong_addresses` counts tries with another one; `ordered_at` is when the e-mail
    was handed to reminders."""

    __tablename__ = "partner_invitation"
    __table_args__ = (
        Index("partner_invitation_to_send", "id", postgresql_where=text("ordered_at IS NULL")),
        Index("partner_invitation_of_owner", "owner_id", "partner_id"),
    )

    partner_id: UUID
    owner_id: UUID
    email_digest: bytes = Field(sa_type=LargeBinary)
    wrong_addresses: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    issued_by: str
    issued_at: datetime = instant()
    expires_at: datetime = instant()
    ordered_at: datetime | None = optional_instant()
    accepted_at: datetime | None = optional_instant()
    withdrawn_at: datetime | None = optional_instant()


class PartnerConnection(Tenant, table=True):
    """A partner's app acts for an owner, who agreed to the privacy text with the number, kept in the record
    as `document_id`."""

    __tablename__ = "partner_connection"
    __table_args__ = (
        Index(
            "partner_connection_once",
            "practice_id",
            "partner_id",
            "owner_id",
            unique=True,
            postgresql_where=_OPEN,
        ),
        Index("partner_connection_of_owner", "owner_id"),
    )

    partner_id: UUID
    owner_id: UUID
    invitation_id: UUID | None = None
    privacy_text_number: int | None = None
    document_id: UUID | None = None
    connected_at: datetime = instant()
    ended_at: datetime | None = optional_instant()
    ended_by: str | None = None


class LikelyDuplicate(Tenant, table=True):
    """A record that was made and one that was there may be of one person. `because` names what is alike,
    `score` (0 to 100) says how much the names are."""

    __tablename__ = "likely_duplicate"
    __table_args__ = (
        Index("likely_duplicate_once", "owner_id", "other_id", unique=True),
        Index("likely_duplicate_open", "practice_id", "id", postgresql_where=text("settled_at IS NULL")),
    )

    owner_id: UUID
    other_id: UUID
    because: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    score: int
    found_at: datetime = instant()
    settled_at: datetime | None = optional_instant()
    settled_by: str | None = None
    verdict: str | None = None
