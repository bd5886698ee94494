"""What the server says of itself: what it serves, whether it lives, whether it is ready, and the document."""
from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from shopkeeper.api.context import TheShop
from shopkeeper.api.document import DATABASE, answers, problems

router = APIRouter(tags=["service"])


@router.get("/", responses=answers())
async def what_is_served(request: Request) -> dict[str, Any]:
    """Which parts of the shop this process serves."""
    return {"service": "shopkeeper", "version": request.app.version, "parts": list(request.app.state.options.only),
            "document": "/openapi.json", "docs": "/docs"}


@router.get("/healthz", responses=problems("internal_error"))
async def alive() -> dict[str, str]:
    """The process lives."""
    return {"status": "alive"}


@router.get("/readyz", responses=problems(*DATABASE))
def ready(shop: TheShop) -> dict[str, str]:
    """The database answers."""
    shop.check_files()
    shop.settings.all()
    return {"status": "ready"}


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """The document as a page for people, with nothing from outside."""
    document = request.app.openapi()
    rows = [_row(method, path, told) for path, methods in document["paths"].items() for method, told in methods.items()]
    return HTMLResponse(_PAGE.format(title=escape(document["info"]["title"]), rows="\n".join(rows)), headers={
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})


@router.get("/openapi.json", include_in_schema=False)
async def document(request: Request) -> Response:
    """The OpenAPI document."""
    return JSONResponse(request.app.openapi())


def _row(method: str, path: str, told: dict[str, Any]) -> str:
    answers = "".join(f"<li><b>{escape(status)}</b> {escape(answer.get('description', ''))}</li>"
                      for status, answer in sorted(told["responses"].items()))
    asked = "".join(f"<li><code>{escape(each['name'])}</code> {escape(each.get('description', ''))}</li>"
                    for each in told.get("parameters", ()))
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    sends = f"<p>Sends <code>{escape(body['$ref'].rsplit('/', 1)[-1])}</code></p>" if "$ref" in body else ""
    return (f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>"
            f"<p>{escape(told.get('description', ''))}</p>{sends}<ul>{asked}</ul><ul>{answers}</ul></section>")


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}}
h2{{font-size:1rem;border-top:1px solid #ccc;padding-top:1rem}}</style>
<h1>{title}</h1><p>The whole of it, for programs: <a href="/openapi.json">openapi.json</a>.</p>{rows}</html>"""
