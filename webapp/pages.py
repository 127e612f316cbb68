"""Showing a template: the whole page to a browser, its inside to htmx, which swaps it in.

Both come from the same template. `swapping` tells the layout to leave out the frame around the page. Also which address
leads to a page again.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, make_response, render_template, request

# Spreadsheet programs take a file without it for one in the character set of their machine.
BYTE_ORDER_MARK = "\ufeff"


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


def csv_file(text: str, name: str) -> Response:
    """A table as a file to keep, which no browser keeps for others."""
    answer = Response(BYTE_ORDER_MARK + text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def show(template: str, status_code: int = 200, **context: object) -> Response:
    """The template as an answer."""
    response = make_response(render_template(template, **context), status_code)
    response.vary.add("HX-Request")
    return response
