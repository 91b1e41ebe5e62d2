"""Documents in the records of owners and animals (AGD-8)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.documents import commands, queries, rules
from vetagenda_agenda.documents.files import DocumentFiles
from vetagenda_agenda.documents.schemas import DocumentView
from vetagenda_agenda.documents.tables import Document
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import etag
from vetagenda_kit.models import Name
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, TooLarge, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["documents"], prefix="/v1/practices/{practice_id}/documents")
Reader = Annotated[Caller, Depends(requires("documents:read", apps=True))]
Writer = Annotated[Caller, Depends(requires("documents:write"))]

_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_THE_BODY_IS_THE_FILE: dict[str, Any] = {
    "x-max-body-bytes": rules.LARGEST_BYTES,
    "requestBody": {"required": True, "content": dict.fromkeys(rules.MEDIA_TYPES, _FILE)},
}
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, as an attachment", "content": dict.fromkeys(rules.MEDIA_TYPES, _FILE)}
}


async def _context(caller: Writer, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


async def _body(request: Request, _caller: Writer) -> bytes:
    """Read before the session is open: a slow upload holds no connection."""
    return await request.body()


async def _locked(practice_id: UUID, document_id: UUID, session: Write, caller: Writer) -> Document:
    return await queries.one(session, practice_id, document_id, caller, lock=True)


Locked = Annotated[Document, Depends(_locked)]


def _answered(response: Response, document: Document) -> DocumentView:
    response.headers["ETag"] = etag(document.version)
    return queries.view(document)


@api.post(
    "",
    status_code=201,
    openapi_extra=_THE_BODY_IS_THE_FILE,
    max_body_size=rules.LARGEST_BYTES,
    responses=problems(NotFound, InvalidRequest, TooLarge, rules.UnsupportedFile),
)
async def upload_document(
    practice_id: UUID,
    request: Request,
    content: Annotated[bytes, Depends(_body)],
    session: Write,
    acting: Acting,
    files: DocumentFiles,
    response: Response,
    name: Annotated[Name, Query()],
    owner_id: UUID | None = None,
    animal_id: UUID | None = None,
) -> DocumentView:
    """The body is the whole file, `Content-Type` its type: pdf, png, jpeg or UTF-8 text, at most 10 MB.

    `owner_id` or `animal_id` says into whose record it goes. It is not shared yet.
    """
    content_type = request.headers.get("content-type", "")
    wanted = commands.Upload(name, content_type, content, owner_id, animal_id)
    document = await commands.upload(session, practice_id, wanted, files, acting)
    response.headers["Location"] = f"/v1/practices/{practice_id}/documents/{document.id}/content"
    return _answered(response, document)


@api.get("")
async def list_documents(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    caller: Reader,
    owner_id: UUID | None = None,
    animal_id: UUID | None = None,
) -> Page[DocumentView]:
    """Of the practice, of an owner (with the owner's animals) or of an animal.

    A key without `agenda:read` acts for owners: it sees only what is shared with them.
    """
    return await queries.page(session, practice_id, caller, paging, owner_id=owner_id, animal_id=animal_id)


@api.get("/{document_id}/content", response_class=Response, responses={**_DOWNLOAD, **problems(NotFound)})
async def download_document(
    practice_id: UUID, document_id: UUID, session: Read, caller: Reader, files: DocumentFiles
) -> Response:
    """The file as it was uploaded. Its name ends as its type does: one that does not is given an ending."""
    document = await queries.one(session, practice_id, document_id, caller)
    content = await files.read(practice_id, document_id)
    headers = rules.download_headers(document.name, document.media_type)
    return Response(content, media_type=document.media_type, headers=headers)


@api.post("/{document_id}/share", responses=problems(NotFound))
async def share_document(
    document: Locked, session: Write, acting: Acting, response: Response
) -> DocumentView:
    """Show it to the owner, and to the apps that act for owners."""
    return _answered(response, await commands.share(session, document, acting))


@api.post("/{document_id}/unshare", responses=problems(NotFound))
async def unshare_document(
    document: Locked, session: Write, acting: Acting, response: Response
) -> DocumentView:
    """Take it back: apps no longer list it and cannot download it."""
    return _answered(response, await commands.unshare(session, document, acting))
