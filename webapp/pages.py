"""Showing a template: the whole page to a browser, its inside to htmx, which swaps it in.

Both come from the same template. `swapping` tells the layout to leave out the frame around the page. Also which address
leads to a page again.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, make_response, render_template, request


def install(app: Flask) -> None:
    """Let the layout know how the page was asked for."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"swapping": is_swap(), "here": full_address()})


def is_swap() -> bool:
    """Whether htmx asks for the inside of a page. After a Back without memory it wants the whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page_address() -> str | None:
    """The address of this request, where it can be opened as a page: a form's page has the form's own address."""
    opens = current_app.url_map.bind("").test(request.path, method="GET")
    return full_address() if opens else None


def full_address() -> str:
    """The address of this request, with what it is below of."""
    return request.script_root + request.full_path.rstrip("?")


def show(template: str, status_code: int = 200, **context: object) -> Response:
    """The template as an answer."""
    response = make_response(render_template(template, **context), status_code)
    response.vary.add("HX-Request")
    return response
