"""`python -m voice`: the assistant's commands, each in a module of its own.

A command is looked up in the table and only then imported, so that none waits for another's engine and a broken one
breaks only itself. A command module has `add_arguments(parser)` and `run(arguments) -> exit code`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

BAD_INPUT = 2
# As the shell says it of a program that Ctrl-C ended.
INTERRUPTED = 130

# Command: its module, and what it does.
COMMANDS = {
    "understand": ("voice.commands.understand", "sentences on stdin to intents and slots on stdout, as JSON lines"),
    "transcribe": ("voice.commands.transcribe", "what was said in wav or flac files"),
    "say": ("voice.commands.say", "speak a text into a wav file"),
    "converse": ("voice.commands.converse", "a conversation on the terminal, typed or from recordings"),
    "kiosk": ("voice.commands.kiosk", "a conversation by this machine's microphone and loudspeaker"),
    "models": ("voice.commands.models", "list, install and check the models that the engines run on"),
}


class OneLineParser(argparse.ArgumentParser):
    """Tells bad arguments in one line and ends with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """See argparse."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print(_overview())
        return 0 if given else BAD_INPUT
    name, *rest = given
    if name not in COMMANDS:
        print(f"python -m voice: unknown command {name!r}: expected one of {', '.join(COMMANDS)}", file=sys.stderr)
        return BAD_INPUT
    module_name, summary = COMMANDS[name]
    module = import_module(module_name)
    parser = OneLineParser(prog=f"python -m voice {name}", description=summary)
    module.add_arguments(parser)
    try:
        return module.run(parser.parse_args(rest))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has had enough (`| head`). Python would complain once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _overview() -> str:
    lines = [f"  {name:<12}{summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        ["usage: python -m voice COMMAND ...", "", *lines, "", "python -m voice COMMAND --help tells more."]
    )


if __name__ == "__main__":
    sys.exit(main())
