"""The site for a WSGI server (`gunicorn webapp.wsgi:application`), with settings from this process's environment."""

from __future__ import annotations

import gc
import logging
import os

# What a site is made of stays until its process ends. Looking through it for garbage again and again takes a third of
# the time of a start, and later comes between her press and the page.
gc.disable()

from services.settings import Settings  # noqa: E402 - only what is loaded after that line gains
from webapp import create_app  # noqa: E402

# What the request log says; it holds neither names nor numbers of people.
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
application = create_app(Settings.from_environment(os.environ))
gc.freeze()
gc.enable()
