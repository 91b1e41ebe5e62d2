"""What the gateway says about itself: documents, reference, problems, health (PART-10, PLAT-3, PLAT-4)."""

import re
from uuid import UUID

import pytest
from gateway.conftest import Front
from gateway.test_forwarding import problem

from vetagenda_gateway.contracts import documents, merge
from vetagenda_gateway.contracts.api import STATIC
from vetagenda_gateway.contracts.problem_texts import EXPLAINED
from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_kit import problems


async def test_the_documents_are_served_as_they_are(gateway: Front) -> None:
    async with gateway.client() as client:
        openapi = (await client.get("/v1/openapi.json")).json()
        asyncapi = (await client.get("/v1/asyncapi.json")).json()
    assert openapi == gateway.document
    assert openapi["openapi"].startswith("3.1")
    assert asyncapi["asyncapi"].startswith("3.0")
    assert asyncapi["channels"]["gateway.key.revoked"]["address"] == "gateway.key.revoked"


async def test_every_reference_in_the_documents_leads_somewhere(gateway: Front) -> None:
    async with gateway.client() as client:
        for path in ("/v1/openapi.json", "/v1/asyncapi.json"):
            document = (await client.get(path)).json()
            for reference in merge.references(document):
                part = document
                for name in reference.removeprefix("#/").split("/") if reference.startswith("#") else []:
                    part = part[name]
                if not reference.startswith("#"):
                    assert reference in document["components"]["schemas"]


async def test_the_reference_page_needs_nothing_from_elsewhere(gateway: Front) -> None:
    async with gateway.client() as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        addresses = re.findall(r'(?:src|href|spec-url)="([^"]+)"', page.text)
        local = [address for address in addresses if address.startswith("/")]
        assert local
        assert [address for address in addresses if address not in local] == ["data:,"]
        for address in local:
            assert (await client.get(address)).status_code == 200, address
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/", "/docs/"])
async def test_the_bare_address_leads_to_the_reference(gateway: Front, path: str) -> None:
    async with gateway.client() as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_what_is_vendored_is_licensed_and_points_nowhere() -> None:
    script = (STATIC / "rapidoc-min.js").read_text()
    assert "sourceMappingURL" not in script
    assert "fonts.gstatic" not in script
    assert "MIT License" in (STATIC / "rapidoc-LICENSE.txt").read_text()


async def test_every_problem_has_a_paragraph(gateway: Front) -> None:
    """The `type` of a problem document points to it."""
    async with gateway.client() as client:
        page = (await client.get("/docs/problems")).text
        refused = (await client.get("/v1/keys/self")).json()
    explained = set(re.findall(r'<h2 id="([^"]+)">', page))
    assert refused["type"] == "/docs/problems#unauthenticated"
    kit = {kind.code for kind in vars(problems).values() if isinstance(kind, type) and hasattr(kind, "code")}
    assert kit <= explained
    assert explained == EXPLAINED.keys()


@pytest.mark.parametrize(
    "path", ["/docs/files/docs.html", "/docs/files/..%2fapp.py", "/docs/files/", "/docs/none"]
)
async def test_only_the_listed_files_are_served(gateway: Front, path: str) -> None:
    async with gateway.client() as client:
        assert (await client.get(path)).status_code == 404


async def test_health_is_for_everybody_and_tells_nothing_else(gateway: Front) -> None:
    async with gateway.client() as client:
        assert (await client.get("/livez")).json() == {"status": "ok"}
        assert (await client.get("/readyz")).json() == {"status": "ok", "nats": False}


async def test_metrics_are_for_operators(gateway: Front, practice: UUID) -> None:
    _, operator = await create_admin_key(gateway.settings.database_url)
    for scopes in (["practice:read"], ["admin"]):
        async with gateway.client(await gateway.key(practice, scopes=scopes)) as client:
            answer = await client.get("/metrics")
        assert problem(answer, 403, "scope-missing")["scope"] == "admin"
        assert "ratelimit" in answer.headers
    async with gateway.client() as client:
        problem(await client.get("/metrics"), 401, "unauthenticated")
        await client.get("/v1/keys/self")
    async with gateway.client(operator) as client:
        metrics = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/v1/keys/self",service="gateway",status="401"}' in metrics
    for waiting in ("outbox_oldest_seconds", "dead_letters", "webhook_messages_waiting"):
        assert re.search(rf"^{waiting} [0-9.]+$", metrics, re.MULTILINE), waiting


async def test_what_programs_are_told_first_is_true(gateway: Front) -> None:
    """PART-10: every address in it is there."""
    async with gateway.client() as client:
        answer = await client.get("/llms.txt")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        links = re.findall(r"\]\((/[^)]*)\)", answer.text)
        assert len(links) == 5
        for link in links:
            assert (await client.get(link)).status_code == 200, link
    named = re.findall(r"`(GET|POST) (/v1/[^`?]*)", answer.text)
    known = documents.load("gateway")["paths"]
    assert len(named) == 13
    assert [path for method, path in named if method.lower() not in known.get(path, {})] == []
