"""The description of the HTTP API is true: every route is in it, and answers are as it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import every_input
import pytest
from axe_playwright_python.sync_playwright import Axe
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from playwright.sync_api import expect
from serving import Running
from starlette.routing import Route

from realtime import __version__
from realtime.web import app
from realtime.web.phone import Relay

API: dict[str, Any] = json.loads((app.STATIC / "openapi.json").read_text(encoding="utf-8"))
KINDS = {kind.name: kind for kind in every_input.INPUTS}
PAGES = "/", "/api", "/openapi.json"  # what people and programs read, not what they call


@pytest.fixture(scope="module")
def keeping(tmp_path_factory):
    with Running(corrections=tmp_path_factory.mktemp("own")) as running:
        yield running


def undescribed(schema: dict[str, Any], answer: Any) -> set[str]:
    """Keys of an answer, at any depth, of which its schema says nothing."""
    if isinstance(answer, list):
        return {key for each in answer for key in undescribed(merged(schema).get("items", {}), each)}
    if not isinstance(answer, dict) or "additionalProperties" in merged(schema):
        return set()
    known = merged(schema).get("properties", {})
    deeper = {below for key in answer if key in known for below in undescribed(known[key], answer[key])}
    return (set(answer) - set(known)) | deeper


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to and is composed of; of alternatives it has the properties of all."""
    whole = {**schema, "properties": dict(schema.get("properties", {}))}
    parts = [part for name in ("allOf", "anyOf", "oneOf") for part in schema.get(name, [])]
    if "$ref" in schema:
        parts.append(API["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for part in map(merged, parts):
        whole = {**part, **whole, "properties": {**part["properties"], **whole["properties"]}}
    return whole


def check(schema: dict[str, Any], answer: Any) -> None:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": API["components"], **schema}
    Draft202012Validator(whole).validate(answer)
    assert undescribed(schema, answer) == set()


def answer_to(server: Running, method: str, path: str, template: str, body: bytes | None = None) -> Any:
    """The JSON of an answer, which must be of a status and a schema that the description has."""
    status, headers, content = server.request(method, path, body)
    told = API["paths"][template][method.lower()]["responses"][str(status)]["content"]
    kind = headers["content-type"].split(";")[0]
    if kind == "application/x-ndjson":
        lines = [json.loads(line) for line in content.splitlines()]
        for line in lines:
            check(told[kind]["schema"], line)
        return lines
    answer = json.loads(content)
    check(told[kind]["schema"], answer)
    return answer


def test_it_is_valid_and_of_this_version():
    validate(API)
    assert API["info"]["version"] == __version__


def test_every_route_is_in_it_and_nothing_else(tmp_path: Path):
    routes = app.make_routes(corrections=tmp_path, relay=Relay()).routes
    found = {(route.path, method) for route in routes if isinstance(route, Route) for method in route.methods or ()}
    told = {(path, method.upper()) for path, methods in API["paths"].items() for method in methods}
    assert {each for each in found if each[1] != "HEAD" and each[0] not in PAGES} == told


@pytest.mark.parametrize("name", ["a.png", "half.jpg", "pages.tif"])
def test_photos_are_answered_as_it_says(keeping, name):
    query = "page=1&picture=1&trace=1&expect=2-3&name=a"
    answer = answer_to(keeping, "POST", f"/api/recognize?{query}", "/api/recognize", KINDS[name].contents())
    assert answer["digits"] and answer["numbers"] and answer["seen"]["glyphs"]


def test_a_key_that_it_does_not_describe_is_noticed(keeping):
    _, answer = keeping.post("/api/recognize?trace=1", KINDS["a.png"].contents())
    photo = {"$ref": "#/components/schemas/Photo"}
    assert undescribed(photo, answer) == set()
    answer["seen"]["glyphs"][0]["more"] = answer["numbers"][0]["most"] = 1
    assert undescribed(photo, answer) == {"more", "most"}


def test_all_else_is_answered_as_it_says(keeping):
    lines = answer_to(keeping, "POST", "/api/video?preview=1", "/api/video", KINDS["a.mp4"].contents())
    assert len(lines) == 8 and "preview" in lines[0]
    answer_to(keeping, "GET", "/api/health", "/api/health")
    answer_to(keeping, "GET", "/api/samples", "/api/samples")
    answer_to(keeping, "GET", "/api/check?expect=x", "/api/check")
    photo = KINDS["a.png"].contents()
    word = answer_to(keeping, "POST", "/api/corrections?labels=0:4", "/api/corrections", photo)["undo"]
    assert answer_to(keeping, "DELETE", f"/api/corrections?undo={word}", "/api/corrections") == {"removed": 1}


@pytest.mark.parametrize(
    ("method", "path", "template", "body"),
    [
        ("POST", "/api/recognize", "/api/recognize", b"no picture"),
        ("POST", "/api/recognize?page=0", "/api/recognize", b""),
        ("POST", "/api/recognize?expect=x", "/api/recognize", b""),
        ("POST", "/api/video", "/api/video", b"no video"),
        ("POST", "/api/corrections?labels=x", "/api/corrections", b""),
        ("DELETE", "/api/corrections?undo=x", "/api/corrections", None),
        ("GET", "/api/samples/x", "/api/samples/{name}", None),
    ],
)
def test_errors_are_as_it_says(keeping, method, path, template, body):
    assert answer_to(keeping, method, path, template, body)["error"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_server_that_keeps_nothing_says_so_as_it_says(server, method):
    assert answer_to(server, method, "/api/corrections?undo=x", "/api/corrections")["error"] == "Not Found"


def test_another_page_is_refused_as_it_says(server):
    status, _, content = server.request("GET", "/api/health", headers={"Origin": "http://elsewhere.example"})
    told = API["paths"]["/api/health"]["get"]["responses"][str(status)]["content"]["application/json"]["schema"]
    assert status == 403
    check(told, json.loads(content))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_about_it_has_every_operation_and_axe_finds_nothing(page, server, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(server.address + "/api")
    expect(page.locator("body[data-ready]")).to_be_attached()
    told = [f"{method.upper()} {path}" for path, methods in API["paths"].items() for method in methods]
    assert page.locator("h2 code").all_text_contents() == [*told, *API["components"]["schemas"]]
    assert Axe().run(page).response["violations"] == []
