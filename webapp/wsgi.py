"""The site for a WSGI server (`gunicorn webapp.wsgi:application`), with settings from this process's environment."""

from __future__ import annotations

import logging
import os

from services.settings import Settings
from webapp import create_app

# What the request log says; it holds neither names nor numbers of people.
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
application = create_app(Settings.from_environment(os.environ))
