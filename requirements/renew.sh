#!/bin/sh
# Renews every lock from pyproject.toml and package.json: `make lock` in the root of the project.
# No addresses are written: who installs asks the registry that their own machine is set to.
set -eu

compile() {
    .venv/bin/uv pip compile --quiet --upgrade --universal --system-certs --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url pyproject.toml "$@"
}

# Everything that main.lock has already, so that the other locks hold only what they add.
beside_main() {
    sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' requirements/main.lock
}

compile --output-file requirements/main.lock
compile --constraint requirements/main.lock --extra dev $(beside_main) --output-file requirements/test.lock
compile --constraint requirements/main.lock --extra build $(beside_main) --output-file requirements/build.lock
compile --constraint requirements/main.lock --extra npm $(beside_main) --output-file requirements/npm.lock

# npm of the virtual environment, where the machine has none.
PATH="$PATH:$PWD/.venv/bin" npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund
