"""Routes of a practice's members."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from vetagenda_gateway.staff import commands, queries
from vetagenda_gateway.staff.queries import Member
from vetagenda_gateway.staff.rules import AlreadyMember, Role, check_grants
from vetagenda_gateway.staff.schemas import MemberPatch, MemberView, NewMember
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import (
    InvalidRequest,
    NotFound,
    ScopeMissing,
    StaleVersion,
    VersionRequired,
    problems,
)
from vetagenda_kit.routing import Write, router

staff = router(tags=["staff"], prefix="/v1/practices/{practice_id}/staff")
Reader = Annotated[Caller, Depends(requires("practice:read"))]
Writer = Annotated[Caller, Depends(requires("practice:write"))]


async def _held(practice_id: UUID, member_id: UUID, session: Write, _caller: Writer) -> Member:
    return await queries.one(session, practice_id, member_id, lock=True)


Held = Annotated[Member, Depends(_held)]


@staff.post("", status_code=201, responses=problems(AlreadyMember, InvalidRequest, ScopeMissing))
async def add_staff_member(
    practice_id: UUID, order: NewMember, session: Write, caller: Writer, response: Response
) -> MemberView:
    """Let somebody sign in to the practice. They set their password after a first sign-in by link.

    One e-mail address is one account, in however many practices. Nobody gives a role that may more than
    they do themselves.
    """
    check_grants(caller.scopes, order.role, at="/role")
    member = await commands.add(session, practice_id, order, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice_id}/staff/{member.id}"
    response.headers["ETag"] = etag(member.version)
    return MemberView.model_validate(member)


@staff.get("")
async def list_staff(practice_id: UUID, session: Read, paging: Paging, _caller: Reader) -> Page[MemberView]:
    """Who may sign in, in the order in which they were added."""
    found = await queries.page(session, practice_id, paging.after_id(), paging.reach)
    rows, following = paging.cut(found)
    return Page(items=[MemberView.model_validate(row) for row in rows], next=following)


@staff.get("/{member_id}", responses=problems(NotFound))
async def get_staff_member(
    practice_id: UUID, member_id: UUID, session: Read, _caller: Reader, response: Response
) -> MemberView:
    """One member, with its `ETag`."""
    member = await queries.one(session, practice_id, member_id)
    response.headers["ETag"] = etag(member.version)
    return MemberView.model_validate(member)


@staff.patch(
    "/{member_id}",
    responses=problems(InvalidRequest, NotFound, ScopeMissing, StaleVersion, VersionRequired),
)
async def patch_staff_member(
    member: Held,
    patch: MemberPatch,
    if_match: IfMatch,
    session: Write,
    caller: Writer,
    response: Response,
) -> MemberView:
    """Change name or role, or enable and disable. It holds from the member's next request on."""
    check_version(if_match, member.version)
    check_grants(caller.scopes, Role(member.role), patch.role or Role(member.role), at="/role")
    changed = await commands.change(session, member, patch, caller.actor)
    response.headers["ETag"] = etag(changed.version)
    return MemberView.model_validate(changed)


@staff.delete("/{member_id}", status_code=204, responses=problems(NotFound, ScopeMissing))
async def remove_staff_member(member: Held, session: Write, caller: Writer) -> None:
    """They enter this practice no more, at once. The account goes with its last membership."""
    check_grants(caller.scopes, Role(member.role), at="{member_id}")
    await commands.remove(session, member, caller.actor)
