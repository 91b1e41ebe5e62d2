"""OpenAPI 3.1 as the services publish it: problem documents instead of FastAPI's own error schema."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from vetagenda_kit.problems import MEDIA_TYPE, FieldError, ProblemDocument

_REFERENCE = {"$ref": "#/components/schemas/ProblemDocument"}
_FASTAPI_OWN = ("HTTPValidationError", "ValidationError")


def install(app: FastAPI) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def build(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, routes=app.routes, webhooks=app.webhooks.routes
    )
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FASTAPI_OWN:
        schemas.pop(name, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    problem.pop("$defs", None)
    schemas |= {"ProblemDocument": problem, "FieldError": FieldError.model_json_schema()}
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"key": []}]
    for posted in schema.get("webhooks", {}).values():
        for operation in posted.values():
            operation["responses"].pop("422", None)  # what is not served answers nothing
            operation["security"] = []
    for operations in schema["paths"].values():
        for operation in operations.values():
            _document_problems(operation)
    return schema


def _document_problems(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if status == "422" and "HTTPValidationError" in str(response):
            response["description"] = "`invalid-request`: The request is not valid"
            response["content"] = {MEDIA_TYPE: {"schema": _REFERENCE}}
