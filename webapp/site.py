"""What every request shares: settings, clock, database, and the engines that hear and speak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app

from services.clock import Clock
from services.database import Database
from services.settings import Settings

if TYPE_CHECKING:
    from webapp.talk_engines import Engines


@dataclass(frozen=True)
class Site:
    """One running site."""

    settings: Settings
    clock: Clock
    database: Database
    engines: Engines


def this_site() -> Site:
    """The site that answers the current request."""
    site: Site = current_app.extensions["yinian"]
    return site


def now() -> datetime:
    """The time now by the site's clock, aware, in UTC."""
    return this_site().clock.now()
