"""The browser's libraries, from their npm packages into static/vendor/ (docs/decisions/003), and the SMS centre of the
tests into var/node/ (docs/decisions/052).

package-lock.json pins them by digest. npm does the fetching and checking; a machine without npm gets it as a Python
package into the virtual environment. Of the thousands of icons only those that static/icons.txt names are kept.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from setup.commands import Log, SetupFailed
from setup.paths import ENVIRONMENT, PROJECT, REQUIREMENTS, VAR, VENDOR
from setup.python_packages import pip_install
from setup.steps import Step, stamped

DESCRIPTION = PROJECT / "package.json"
LOCK = PROJECT / "package-lock.json"
ICON_NAMES = PROJECT / "static" / "icons.txt"
NPM_LOCK = REQUIREMENTS / "npm.lock"
# Older ones don't know this form of package-lock.json.
OLDEST_NPM = 7
WORKPLACE = VAR / "npm"
# The SMS centre of the tests and what it needs: packages that node runs from here.
NODE_MODULES = VAR / "node" / "node_modules"
NODE_PACKAGES = ("smpp", "iconv-lite", "safer-buffer")

# Path in node_modules, path in static/vendor.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
    "axe-core/axe.min.js": "axe.min.js",
    "axe-core/LICENSE": "axe.LICENSE",
    "lucide-static/LICENSE": "icons/LICENSE",
}


def step() -> Step:
    return stamped(
        "browser-libraries",
        title="fetching the browser libraries",
        usually="seconds",
        made_from=lambda: [DESCRIPTION, LOCK, ICON_NAMES, *FILES.values(), *NODE_PACKAGES],
        makes=lambda: [*(VENDOR / name for name in FILES.values()), *(NODE_MODULES / name for name in NODE_PACKAGES)],
        work=_fetch,
    )


def icon_names() -> list[str]:
    """The names in static/icons.txt, one a line; lines that open with # are comments."""
    lines = ICON_NAMES.read_text(encoding="utf-8").splitlines() if ICON_NAMES.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _fetch(log: Log) -> None:
    npm = _npm(log)
    shutil.rmtree(WORKPLACE, ignore_errors=True)
    WORKPLACE.mkdir(parents=True)
    for file in (DESCRIPTION, LOCK):
        shutil.copy(file, WORKPLACE)
    log.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        folder=WORKPLACE,
        # npm from the virtual environment starts the node beside it, and home folders may be read-only.
        environment={
            "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}",
            "npm_config_cache": str(WORKPLACE / "cache"),
            "npm_config_update_notifier": "false",
        },
        sorry="The browser libraries could not be fetched. Is there a way to the package registry from here?",
    )
    _copy(WORKPLACE / "node_modules")
    shutil.rmtree(WORKPLACE)


def _copy(packages: Path) -> None:
    files = FILES | {f"lucide-static/icons/{name}.svg": f"icons/{name}.svg" for name in icon_names()}
    draft = WORKPLACE / "vendor"
    (draft / "icons").mkdir(parents=True)
    for source, target in files.items():
        if not (packages / source).exists():
            raise SetupFailed(f"{source} is in none of the browser libraries. Icons are named in static/icons.txt.")
        shutil.copyfile(packages / source, draft / target)
    shutil.rmtree(VENDOR, ignore_errors=True)
    draft.rename(VENDOR)
    shutil.rmtree(NODE_MODULES, ignore_errors=True)
    NODE_MODULES.mkdir(parents=True)
    for name in NODE_PACKAGES:
        (packages / name).rename(NODE_MODULES / name)


def _npm(log: Log) -> Path:
    """An npm that is new enough: the machine's, or the one from the Python package index."""
    here = shutil.which("npm")
    if here and _major_version(here) >= OLDEST_NPM:
        return Path(here)
    pip_install(log, NPM_LOCK)
    return ENVIRONMENT / "bin" / "npm"


def _major_version(npm: str) -> int:
    # Some machines have an npm without the node that it runs on; it then says no version.
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"\d+", answer.stdout)
    return int(version.group()) if version else 0
