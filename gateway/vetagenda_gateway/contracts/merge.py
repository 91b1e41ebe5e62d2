"""One OpenAPI 3.1 document out of those of the services. Pure, and the same input gives the same bytes.

`/internal` paths are left out, and the schemas that only they need. Two services may use one name for
different schemas: each then carries its service's name. Every operation says who serves it (`x-service`):
the gateway's route table is read from the same document that integrators read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from vetagenda_gateway.contracts import door_answers, examples, parameters, problem_examples, samples

Json = dict[str, Any]
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_REFERENCE = "#/components/schemas/"
_BEARER = "a key, vag_live_... or vag_test_..., or the access token of a session, vas_..."

DESCRIPTION = """\
The agenda, online booking, reminders, SMS and calendar sync of veterinary practices.

Every request carries `Authorization: Bearer vag_live_...` (or `vag_test_...`: a separate data space with a
clock of its own), or the access token of somebody who has signed in (`POST /v1/sessions`).
Errors are problem documents (RFC 9457), explained one by one at
[/docs/problems](/docs/problems). Every POST takes an `Idempotency-Key`; lists use cursors; changes need
`If-Match` where a version is shown.
"""


class DocumentsDisagree(Exception):
    """Two services document the same method of the same path."""


def merge(documents: Mapping[str, Json], version: str) -> Json:
    """`documents` by service name. Raises DocumentsDisagree."""
    public = {service: _public(document) for service, document in sorted(documents.items())}
    colliding = _colliding({service: _schemas(document) for service, document in public.items()})
    paths: Json = {}
    webhooks: Json = {}
    schemas: Json = {}
    for service, document in public.items():
        renamed = _renamed(document, {name: _camel(service) + name for name in colliding})
        _take_paths(paths, service, renamed["paths"])
        webhooks |= renamed["webhooks"]
        schemas |= _schemas(renamed)
    _tell_operations_apart(paths)
    for _, method, operation in operations(paths):
        door_answers.add(method, operation)
        parameters.complete(method, operation)
    needed = _needed({**paths, **webhooks}, dict(sorted(schemas.items())))
    examples.complete(needed)
    samples.complete(needed)
    samples.show(paths, needed)
    samples.show(webhooks, needed)
    at_the_door = door_answers.components()
    problems = problem_examples.show([*_answers(paths), *at_the_door.values()])
    return {
        "openapi": "3.1.0",
        "info": {"title": "vetagenda", "version": version, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": tag} for tag in sorted(_tags(paths))],
        "paths": dict(sorted(paths.items())),
        "webhooks": webhooks,
        "components": {
            "examples": problems,
            "responses": {name: answer for name, (_, answer) in at_the_door.items()},
            "schemas": needed,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": _BEARER,
                }
            },
        },
    }


def operations(paths: Json) -> Iterator[tuple[str, str, Json]]:
    """(path, method, operation) of everything that is served."""
    for path, item in paths.items():
        for method in sorted(METHODS & item.keys()):
            yield path, method, item[method]


def _answers(paths: Json) -> Iterator[tuple[str, Json]]:
    """(status, answer) of all that an operation may answer with."""
    for _, _, operation in operations(paths):
        yield from operation["responses"].items()


def references(value: Any) -> Iterator[str]:
    """The names of all schemas that a part of a document points to."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "$ref" and isinstance(child, str):
                yield child.removeprefix(_REFERENCE)
            else:
                yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def _public(document: Json) -> Json:
    paths = {path: item for path, item in document.get("paths", {}).items() if path.startswith("/v1/")}
    webhooks = document.get("webhooks", {})
    needed = _needed({**paths, **webhooks}, _schemas(document))
    return {"paths": paths, "webhooks": webhooks, "components": {"schemas": needed}}


def _schemas(document: Json) -> Json:
    schemas: Json = document.get("components", {}).get("schemas", {})
    return schemas


def _needed(paths: Json, schemas: Json) -> Json:
    """The schemas that the paths reach, in the order given."""
    reached: set[str] = set()
    waiting = set(references(paths))
    while waiting:
        reached |= waiting
        waiting = {name for parent in waiting for name in references(schemas.get(parent, {}))} - reached
    return {name: schema for name, schema in schemas.items() if name in reached}


def _colliding(schemas_by_service: Mapping[str, Json]) -> set[str]:
    """Names that mean different things in two services, directly or through what they refer to."""
    variants: dict[str, list[Json]] = {}
    for schemas in schemas_by_service.values():
        for name, schema in schemas.items():
            variants.setdefault(name, []).append(schema)
    shared = {name: found[0] for name, found in variants.items() if len(found) > 1}
    colliding = {name for name in shared if any(other != shared[name] for other in variants[name])}
    while True:
        further = {name for name, schema in shared.items() if colliding.intersection(references(schema))}
        if further <= colliding:
            return colliding
        colliding |= further


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A document with its component schemas renamed, where they are defined and where they are meant."""
    if isinstance(value, list):
        return [_renamed(child, names) for child in value]
    if isinstance(value, str) and value.startswith(_REFERENCE):
        name = value.removeprefix(_REFERENCE)
        return _REFERENCE + names.get(name, name)
    if not isinstance(value, dict):
        return value
    renamed = {key: _renamed(child, names) for key, child in value.items()}
    if isinstance(renamed.get("schemas"), dict):
        renamed["schemas"] = {names.get(name, name): schema for name, schema in renamed["schemas"].items()}
    return renamed


def _take_paths(paths: Json, service: str, added: Json) -> None:
    for path, item in added.items():
        taken = paths.setdefault(path, {})
        for method, operation in item.items():
            if method in taken:
                raise DocumentsDisagree(f"{method.upper()} {path} is documented twice, also by {service}")
            taken[method] = {**operation, "x-service": service} if method in METHODS else operation


def _tell_operations_apart(paths: Json) -> None:
    """An operation id that two services use gets its service's name in front."""
    services: dict[str, set[str]] = {}
    for _, _, operation in operations(paths):
        services.setdefault(operation["operationId"], set()).add(operation["x-service"])
    for _, _, operation in operations(paths):
        if len(services[operation["operationId"]]) > 1:
            prefix = operation["x-service"].replace("-", "_")
            operation["operationId"] = f"{prefix}_{operation['operationId']}"


def _tags(paths: Json) -> set[str]:
    return {tag for _, _, operation in operations(paths) for tag in operation.get("tags", [])}


def _camel(service: str) -> str:
    return "".join(word.capitalize() for word in service.split("-"))
