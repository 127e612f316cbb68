"""Headers, cookies and forged forms.

Nothing on a page comes from elsewhere and nothing is inline, so the Content-Security-Policy allows only the site;
`blob:` media is the assistant's voice. Cookies need HTTPS but in the demonstration, which runs on plain http.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

from webapp.site import this_site

POLICY = "; ".join(
    (
        "default-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = "max-age=31536000; includeSubDomains"
# A sign-in lasts as long as services.sign_in says; the cookie that carries its token must not be what ends it.
COOKIE_LIFETIME = timedelta(days=180)
NUL = "\x00"


def install(app: Flask) -> None:
    """Set what protects every answer."""
    settings = app.extensions["yinian"].settings
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="yinian",
        SESSION_COOKIE_SECURE=not settings.demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFETIME,
        MAX_CONTENT_LENGTH=64 * 1024,
        # No time limit on a form: she may think about it for a day.
        WTF_CSRF_TIME_LIMIT=None,
        # Behind HTTPS Flask-WTF would insist on a Referer, which our own Referrer-Policy withholds.
        WTF_CSRF_SSL_STRICT=False,
    )
    CSRFProtect(app)
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)


def same_origin(origin: str | None) -> bool:
    """Whether a WebSocket was opened by a page of this site. Browsers send `Origin` and scripts cannot change it."""
    return origin == request.host_url.rstrip("/")


def _refuse_nul() -> None:
    """No keyboard writes the character NUL and no text in the database can hold it: who sends it gets 400, before any
    view can break over it."""
    sent = [text for values in (request.args, request.form) for _name, texts in values.lists() for text in texts]
    if any(NUL in text for text in sent):
        abort(400)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not this_site().settings.demo:
        response.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
    if response.mimetype == "text/html":
        # What a shared tablet shows to one person must not come back with the next one's Back key.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
