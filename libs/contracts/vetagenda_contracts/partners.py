"""Events of the agenda service about partners: who may show a practice's agenda to which owners."""

from typing import ClassVar
from uuid import UUID

from vetagenda_contracts.agenda import RecordEvent
from vetagenda_contracts.events import Event


class ActivationAccepted(RecordEvent):
    """A practice accepted a partner's terms and chose what the partner sees; `aggregate_id` is the
    activation's. `after` has `partner_id`, `terms_version`, `calendar_ids` and `appointment_type_ids`
    (null is all of them)."""

    type: ClassVar[str] = "agenda.activation.accepted"


class ActivationUpdated(RecordEvent):
    """What the partner sees was chosen anew."""

    type: ClassVar[str] = "agenda.activation.updated"


class ActivationEnded(RecordEvent):
    """The partner sees nothing of the practice any more."""

    type: ClassVar[str] = "agenda.activation.ended"


class PrivacyTextUpdated(Event):
    """The practice has a new privacy text: `aggregate_id` is the practice's, `number` the text's."""

    type: ClassVar[str] = "agenda.privacy-text.updated"

    number: int


class _InvitationEvent(Event):
    """`aggregate_id` is the invitation's."""

    partner_id: UUID
    owner_id: UUID


class InvitationIssued(_InvitationEvent):
    """An owner was invited to a partner's app, by an e-mail that leaves now."""

    type: ClassVar[str] = "agenda.invitation.issued"


class InvitationWithdrawn(_InvitationEvent):
    """By staff, or because a newer one takes its place."""

    type: ClassVar[str] = "agenda.invitation.withdrawn"


class _ConnectionEvent(Event):
    """`aggregate_id` is the connection's. `invitation_id` is null for an owner who was new."""

    partner_id: UUID
    owner_id: UUID
    invitation_id: UUID | None = None


class ConnectionMade(_ConnectionEvent):
    """The partner's app may show this owner's published appointments, and make some."""

    type: ClassVar[str] = "agenda.connection.made"


class ConnectionEnded(_ConnectionEvent):
    """The app sees nothing of the owner any more."""

    type: ClassVar[str] = "agenda.connection.ended"


class ConnectionMoved(_ConnectionEvent):
    """Staff found that the owner had a record already: the connection is to that one now."""

    type: ClassVar[str] = "agenda.connection.moved"

    former_owner_id: UUID


class DuplicateFlagged(Event):
    """A new record may be a person who has one already: somebody should look. `because` is what is alike:
    phone, email, name."""

    type: ClassVar[str] = "agenda.duplicate.flagged"

    owner_id: UUID
    other_id: UUID
    because: list[str]


class DuplicateSettled(Event):
    """`verdict` is `different` (two people) or `same` (one record is left)."""

    type: ClassVar[str] = "agenda.duplicate.settled"

    owner_id: UUID
    other_id: UUID
    verdict: str
