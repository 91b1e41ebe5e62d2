"""One document out of several (PART-10)."""

from typing import Any

import pytest

from vetagenda_gateway.contracts import merge


def operation(name: str, schema: str | None = None, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}} if schema else {}
    return {"operationId": name, "responses": {"200": {"description": "ok", "content": content}}, **more}


def document(paths: dict[str, Any], **schemas: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def test_internal_routes_and_what_only_they_need_are_left_out() -> None:
    agenda = document(
        {"/v1/x": {"get": operation("x", "X")}, "/internal/y": {"get": operation("y", "Y")}},
        X={"type": "object", "properties": {"z": {"$ref": "#/components/schemas/Z"}}},
        Y={"type": "object"},
        Z={"type": "string"},
    )
    merged = merge.merge({"agenda": agenda}, "1")
    assert list(merged["paths"]) == ["/v1/x"]
    assert set(merged["components"]["schemas"]) == {"X", "Z"}
    assert merged["paths"]["/v1/x"]["get"]["x-service"] == "agenda"


def test_one_name_for_two_things_becomes_two_names() -> None:
    """Also when the difference lies in what the schema refers to."""

    def service(path: str, status: str) -> dict[str, Any]:
        view = {"type": "object", "properties": {"status": {"$ref": "#/components/schemas/Status"}}}
        return document(
            {path: {"get": operation("show", "View")}},
            View=view,
            Status={"enum": [status]},
            Shared={"type": "string"},
        )

    merged = merge.merge(
        {"agenda": service("/v1/a", "booked"), "calendar-sync": service("/v1/b", "linked")}, "1"
    )
    schemas = merged["components"]["schemas"]
    assert schemas["AgendaStatus"] == {"enum": ["booked"]}
    assert schemas["CalendarSyncStatus"] == {"enum": ["linked"]}
    status = schemas["CalendarSyncView"]["properties"]["status"]
    assert status == {"$ref": "#/components/schemas/CalendarSyncStatus"}
    show = merged["paths"]["/v1/b"]["get"]
    assert show["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/CalendarSyncView"
    }
    assert show["operationId"] == "calendar_sync_show"


def test_one_name_for_one_thing_stays_one() -> None:
    first = document({"/v1/a": {"get": operation("a", "Same")}}, Same={"type": "object"})
    second = document({"/v1/b": {"get": operation("b", "Same")}}, Same={"type": "object"})
    assert set(merge.merge({"a": first, "b": second}, "1")["components"]["schemas"]) == {"Same"}


def test_two_services_cannot_serve_one_operation() -> None:
    both = document({"/v1/a": {"get": operation("a")}})
    with pytest.raises(merge.DocumentsDisagree):
        merge.merge({"a": both, "b": both}, "1")


def test_the_gateways_own_answers_are_documented_once_for_all() -> None:
    paths = {
        "/v1/a": {"post": operation("a", requestBody={})},
        "/v1/open": {"get": operation("open", security=[])},
    }
    merged = merge.merge({"a": document(paths)}, "1")
    answers = merged["paths"]["/v1/a"]["post"]["responses"]
    assert {"401", "403", "404", "409", "413", "429", "503", "504"} <= set(answers)
    assert answers["429"] == {"$ref": "#/components/responses/RateLimited"}
    assert "401" not in merged["paths"]["/v1/open"]["get"]["responses"]


def test_parameters_are_there_or_not_but_never_null() -> None:
    def asked(name: str, place: str, *kinds: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": place, "schema": {"anyOf": [*kinds, {"type": "null"}], "title": name}}

    one, either = {"type": "string", "maxLength": 9}, {"type": "integer"}
    given = [asked("q", "query", one), asked("r", "query", one, either), asked("if-match", "header", one)]
    read = operation("read", parameters=given)
    merged = merge.merge({"a": document({"/v1/a": {"get": read}})}, "1")["paths"]["/v1/a"]["get"]
    assert [each["name"] for each in merged["parameters"]] == ["q", "r", "If-Match"]
    assert [each["schema"] for each in merged["parameters"]] == [
        {"title": "q", **one},
        {"title": "r", "anyOf": [one, either]},
        {"title": "if-match", **one},
    ]
