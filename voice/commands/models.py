"""`python -m voice models`: list, install and check the models that the engines run on."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from pathlib import Path

from voice.commands.model_folder import open_model_folder
from voice.commands.refusal import Refused, refusing
from voice.models import CATALOGUE, Model, ModelError, ModelStore, Progress

FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments; without any, `list` is meant."""
    parser.set_defaults(action="list")
    actions = parser.add_subparsers(dest="action", metavar="{list,install,check}")
    actions.add_parser("list", help="what there is, under which licence, and what is installed")
    install = actions.add_parser("install", help="fetch, check and unpack models")
    install.add_argument("names", nargs="+", metavar="NAME", choices=tuple(CATALOGUE), help=", ".join(CATALOGUE))
    install.add_argument("--file", type=Path, metavar="ARCHIVE.zip", help="an archive that you fetched yourself")
    install.add_argument("--again", action="store_true", help="replace what is installed")
    actions.add_parser("check", help="read every byte of what is installed and compare it with the catalogue")


@refusing
def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; the exit code."""
    store = open_model_folder(os.environ)
    if arguments.action == "install":
        return _install(store, arguments)
    if arguments.action == "check":
        return _check(store)
    installed = store.installed()
    print("\n\n".join(_entry(model, installed=model.name in installed) for model in CATALOGUE.values()))
    return 0


def _entry(model: Model, *, installed: bool) -> str:
    state = "installed" if installed else "not installed"
    lines = [
        f"{model.name} ({model.engine}, {model.fetched_bytes / 1_000_000:.0f} MB, {state})",
        *_indented(model.about),
        *_indented(f"Licence: {model.licence}. {model.licence_note}"),
    ]
    lines += [f"    package {one.name}=={one.version}, SHA-256 {one.sha256}" for one in model.packages]
    if model.download:
        lines.append(f"    from {model.download.url}, SHA-256 {model.download.sha256}")
    return "\n".join(lines)


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="    ", subsequent_indent="    ")


def _install(store: ModelStore, arguments: argparse.Namespace) -> int:
    if arguments.file and len(arguments.names) > 1:
        raise Refused("models: --file goes with one NAME; expected a single model")
    for name in arguments.names:
        try:
            store.install(name, archive=arguments.file, again=arguments.again, progress=_tell(name))
        except ModelError as error:
            if arguments.file:
                raise Refused(f"models: {error}") from None
            print(f"models: {error}", file=sys.stderr)
            return FAILED
    return 0


def _tell(name: str) -> Progress:
    return lambda line: print(f"{name}: {line}", file=sys.stderr, flush=True)


def _check(store: ModelStore) -> int:
    problems = []
    installed = sorted(store.installed())
    if not installed:
        print("no models are installed")
    for name in installed:
        found = store.check(name)
        print("\n".join(found) if found else f"{name}: as it should be")
        problems += found
    return FAILED if problems else 0
