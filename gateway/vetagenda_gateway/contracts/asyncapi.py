"""AsyncAPI 3.0 of the events: one channel per type, generated from the event classes.

The same messages reach integrators by the feed (`GET .../events`, server-sent events) and webhooks.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from vetagenda_contracts.events import CloudEvent

Json = dict[str, Any]
_TEMPLATE = "#/components/schemas/{model}"


def document(registry: Mapping[str, type[BaseModel]], version: str) -> Json:
    """The document for the event classes by type. Import the modules that define them first."""
    types = dict(sorted(registry.items()))
    models = [(model, "serialization") for model in (CloudEvent, *types.values())]
    names, definitions = models_json_schema(models, ref_template=_TEMPLATE)  # type: ignore[arg-type]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "vetagenda events",
            "version": version,
            "description": "CloudEvents 1.0, JSON, structured mode: ids and times, never personal data.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {name: _channel(name) for name in types},
        "operations": {f"send.{name}": _operation(name) for name in types},
        "components": {
            "messages": {name: _message(name, model, names) for name, model in types.items()},
            "schemas": definitions.get("$defs", {}),
        },
    }


def _channel(name: str) -> Json:
    return {"address": name, "messages": {name: {"$ref": f"#/components/messages/{name}"}}}


def _operation(name: str) -> Json:
    channel = f"#/channels/{name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"}],
    }


def _message(name: str, model: type[BaseModel], names: Any) -> Json:
    """The envelope, with `type` fixed and `data` of the event's own shape."""
    own = {"properties": {"type": {"const": name}, "data": names[(model, "serialization")]}}
    return {
        "name": name,
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "payload": {"allOf": [names[(CloudEvent, "serialization")], own]},
    }
