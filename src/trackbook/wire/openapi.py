"""The table of endpoints as an OpenAPI description, for generators of clients and for tests that try everything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from trackbook.wire.endpoints import ENDPOINTS, PREFIXES, Endpoint
from trackbook.wire.faults import Fault
from trackbook.wire.messages import Message

PATH = "/openapi.json"
_REFERENCE = "#/components/schemas/{name}"
_IN_PATH = re.compile(r"\{(\w+)(?::path)?\}")
_JSON = "application/json"


def described(version: str) -> dict[str, Any]:
    """The document as a value; `version` is MLflow's whose protocol it is."""
    kinds: list[type[Message]] = [Fault, *(kind for one in ENDPOINTS for kind in (one.request, one.answer))]
    unique = list(dict.fromkeys(kinds))
    references, components = msgspec.json.schema_components(unique, ref_template=_REFERENCE)
    schemas = dict(zip(unique, references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        path = PREFIXES[0] + _IN_PATH.sub(r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, schemas, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MLflow's REST protocol, as trackbook serves it", "version": version},
        "security": [{}, {"token": []}, {"password": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(endpoint: Endpoint, schemas: Mapping[Any, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    named = _IN_PATH.findall(endpoint.path)
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.name}_{endpoint.method.lower()}",
        "parameters": list(_parameters(endpoint, named, components[_name(schemas[endpoint.request])])),
        "responses": {
            "200": {"description": "done", **_content(schemas[endpoint.answer])},
            "default": {"description": "an error", **_content(schemas[Fault])},
        },
    }
    if named:  # a path that leads to no route is answered in plain text
        operation["responses"]["default"]["content"]["text/plain"] = {"schema": {"type": "string"}}
    if endpoint.method != "GET":
        body = _without(components[_name(schemas[endpoint.request])], named) if named else schemas[endpoint.request]
        operation["requestBody"] = _content(body)
    return operation


def _parameters(endpoint: Endpoint, named: Sequence[str], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, schema in request["properties"].items():
        if name in named:
            yield {"name": name, "in": "path", "required": True, "schema": schema}
        elif endpoint.method == "GET":
            yield {"name": name, "in": "query", "required": name in request.get("required", ()), "schema": schema}


def _without(request: Mapping[str, Any], named: Sequence[str]) -> dict[str, Any]:
    """The schema of a body whose other fields stand in the path."""
    properties = {name: schema for name, schema in request["properties"].items() if name not in named}
    required = [name for name in request.get("required", ()) if name not in named]
    return {"type": "object", "properties": properties, "required": required}


def _content(schema: Any) -> dict[str, Any]:
    return {"content": {_JSON: {"schema": schema}}}


def _name(reference: Mapping[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]
