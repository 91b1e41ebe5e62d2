"""Members of a practice on the wire."""

from datetime import datetime
from uuid import UUID

from vetagenda_gateway.staff.rules import Role
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Name, PatchModel, RequestModel, ViewModel


class NewMember(RequestModel):
    """`name` is what this practice calls them; another one may write it otherwise."""

    email: EmailAddress
    name: Name
    role: Role
    enabled: bool = True


class MemberPatch(PatchModel):
    """The address is whose account it is: another address is another member."""

    name: Name | None = None
    role: Role | None = None
    enabled: bool | None = None


class MemberView(ViewModel):
    """`account_id` is the actor (`user`) of what they do, the same in each of their practices."""

    id: UUID
    account_id: UUID
    email: str
    name: str
    role: Role
    enabled: bool
    version: int
    created_at: datetime
