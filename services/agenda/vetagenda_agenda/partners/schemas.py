"""Partners on the wire."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from vetagenda_agenda.records.owners import NewOwner
from vetagenda_contracts.agenda import AppointmentStatus
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Name, PatchModel, RequestModel, ViewModel

Kind = Literal["app", "call-centre"]
Verdict = Literal["same", "different"]
Url = Annotated[
    str,
    StringConstraints(pattern=r"^https://[^\s<>\"]+$", max_length=500),
    Field(examples=["https://around.pet/terms"]),
]
Chosen = Annotated[list[UUID], Field(max_length=500), EachOnce()]


def _with_token(url: str) -> str:
    if "{token}" not in url:
        raise ValueError("it must say with {token} where the invitation's token goes")
    return url


InvitationUrl = Annotated[
    Url, AfterValidator(_with_token), Field(examples=["https://app.around.pet/invitation?token={token}"])
]


class NewPartner(RequestModel):
    """An organisation whose software works with the agenda of many practices: an `app` acts for pet owners
    who connect with it, a `call-centre` answers the telephone of practices."""

    name: Name
    kind: Kind = "app"
    terms_version: Annotated[Name, Field(examples=["2026-11"])]
    terms_url: Url
    invitation_url: InvitationUrl | None = None


class PartnerPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"invitation_url"})

    name: Name | None = None
    terms_version: Name | None = None
    terms_url: Url | None = None
    invitation_url: InvitationUrl | None = None


class PartnerView(ViewModel):
    id: UUID
    version: int
    name: str
    kind: Kind
    terms_version: str
    terms_url: str
    invitation_url: str | None
    created_at: datetime


class NewActivation(RequestModel):
    """`terms_version` is what was read and accepted, by the person whose name is `accepted_by`. Without
    `calendar_ids` or `appointment_type_ids` the partner sees all of them."""

    partner_id: UUID
    terms_version: Name
    accepted_by: Name
    calendar_ids: Chosen | None = None
    appointment_type_ids: Chosen | None = None


class ActivationPatch(PatchModel):
    """A null shows all of them."""

    clearable: ClassVar[frozenset[str]] = frozenset({"calendar_ids", "appointment_type_ids"})

    calendar_ids: Chosen | None = None
    appointment_type_ids: Chosen | None = None


class ActivationView(ViewModel):
    """`accepted_through` is the key or the account with which it was said."""

    id: UUID
    version: int
    partner_id: UUID
    terms_version: str
    accepted_by: str
    accepted_through: str
    accepted_at: datetime
    calendar_ids: list[UUID] | None
    appointment_type_ids: list[UUID] | None
    ended_at: datetime | None
    ended_by: str | None


class PrivacyTextIn(RequestModel):
    content: Annotated[str, StringConstraints(min_length=1, max_length=100_000, strip_whitespace=True)]


class PrivacyTextView(ViewModel):
    """Show `content` to an owner before they connect, and send `number` with the connection."""

    number: int
    content: str
    put_at: datetime


class NewInvitation(RequestModel):
    """The owner is written to at the address in the record, and must register with that very one."""

    partner_id: UUID
    owner_id: UUID


class InvitationView(ViewModel):
    """`token` is told in test practices only: elsewhere it is in the e-mail and nowhere else."""

    id: UUID
    partner_id: UUID
    owner_id: UUID
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None
    token: str | None = None


class NewConnection(RequestModel):
    """Either an invitation, with the address that its owner registered with (the app has made sure that it
    is theirs), or a new `owner`, with a complete address, telephone number and e-mail address.

    `privacy_text_number` is that of the text that the owner read and agreed to, where the practice has one.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"invitation_token": "...", "email": "chloe@example.org"}]}
    )

    invitation_token: Annotated[str | None, Field(max_length=200)] = None
    email: EmailAddress | None = None
    owner: NewOwner | None = None
    privacy_text_number: int | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.invitation_token is None) == (self.owner is None):
            raise ValueError("give either invitation_token with email, or owner")
        if self.invitation_token is not None and self.email is None:
            raise ValueError("give the email that the invited owner registered with")
        return self


class ConnectedAnimal(ViewModel):
    id: UUID
    name: str
    species: str | None


class ConnectionView(ViewModel):
    """`document_id` is the privacy text in the owner's record, as it was agreed to."""

    id: UUID
    version: int
    partner_id: UUID
    owner_id: UUID
    invitation_id: UUID | None
    privacy_text_number: int | None
    document_id: UUID | None
    connected_at: datetime
    ended_at: datetime | None
    animals: list[ConnectedAnimal] = []


class ConnectedAppointment(ViewModel):
    """What an owner and their app see of an appointment: `description` is the practice's words for them."""

    id: UUID
    version: int
    sequence: int
    status: AppointmentStatus
    description: str
    appointment_type_id: UUID | None
    calendar_ids: list[UUID]
    owner_id: UUID
    animal_ids: list[UUID]
    start: datetime
    end: datetime
    updated_at: datetime


class DuplicateView(ViewModel):
    """`owner_id` is the newer record. `because` is what is alike: phone, email, name."""

    id: UUID
    owner_id: UUID
    other_id: UUID
    because: list[Literal["phone", "email", "name"]]
    score: int
    found_at: datetime
    settled_at: datetime | None
    verdict: Verdict | None


class Settlement(RequestModel):
    """`same`: the newer record's animals, appointments, documents and connections go over to the other one,
    and it is deleted. `different`: both stay, and nobody is asked again."""

    verdict: Verdict
