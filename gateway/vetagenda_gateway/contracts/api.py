"""`/v1/openapi.json`, `/v1/asyncapi.json` and the pages under `/docs`, from files of our own."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from vetagenda_gateway.contracts import documents, lifecycle, problem_page, versions_page
from vetagenda_kit.problems import NotFound

STATIC = Path(__file__).parent.parent / "static"
OPEN_PATHS = (
    "/",
    "/docs",
    "/v1/openapi.json",
    "/v1/asyncapi.json",
    "/v1/versions.json",
    "/llms.txt",
    "/livez",
    "/readyz",
)
OPERATOR_PATHS = ("/metrics",)

# The viewer sets styles of its own; scripts, fonts and calls come from here and nowhere else.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-cache"}

_FILES = {
    "rapidoc-min.js": "text/javascript",
    "rapidoc-LICENSE.txt": "text/plain",
    "pages.css": "text/css",
}

pages = APIRouter(include_in_schema=False)


@pages.get("/")
@pages.get("/docs/")
async def to_the_reference() -> Response:
    """Where somebody lands who was given only the address, or wrote it with a slash."""
    return RedirectResponse("/docs", headers={"Cache-Control": "no-cache"})


@pages.get("/docs")
async def reference() -> Response:
    """The viewer of the merged document."""
    return FileResponse(STATIC / "docs.html", media_type="text/html", headers=_PAGE_HEADERS)


@pages.get("/docs/problems")
async def explained_problems() -> Response:
    return HTMLResponse(problem_page.html(), headers=_PAGE_HEADERS)


@pages.get("/docs/versions")
async def supported_versions(request: Request) -> Response:
    return HTMLResponse(versions_page.html(_versions(request)), headers=_PAGE_HEADERS)


@pages.get("/v1/versions.json")
async def versions(request: Request) -> Response:
    """The same as data."""
    return _document(_versions(request))


def _versions(request: Request) -> dict[str, Any]:
    return lifecycle.table(request.app.state.openapi, request.app.state.gone)


@pages.get("/docs/files/{name}")
async def file(name: str) -> Response:
    if name not in _FILES:
        raise NotFound("there is no such file")
    return FileResponse(STATIC / name, media_type=_FILES[name], headers={"Cache-Control": "max-age=86400"})


@pages.get("/v1/openapi.json")
async def openapi(request: Request) -> Response:
    return _document(request.app.state.openapi)


@pages.get("/v1/asyncapi.json")
async def asyncapi(request: Request) -> Response:
    return _document(request.app.state.asyncapi)


@pages.get("/llms.txt")
async def for_language_models() -> Response:
    """What a program that writes programs needs to know first (https://llmstxt.org)."""
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return FileResponse(STATIC / "llms.txt", media_type="text/plain; charset=utf-8", headers=headers)


def _document(document: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return Response(documents.content(document), media_type="application/json", headers=headers)
