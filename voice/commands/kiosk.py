"""`python -m voice kiosk`: the assistant with this machine's microphone and loudspeaker.

Press Enter and talk; the turn ends by itself. A typed line counts as said.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from voice.commands.kiosk_loop import Kiosk
from voice.commands.refusal import Refused, refusing
from voice.commands.sound_devices import NoSoundDevice, open_devices
from voice.commands.talking import add_talk_arguments, open_talk, read_settings, read_words
from voice.models import ModelStore
from voice.recognizers import ENGINES, open_recognizer
from voice.speakers import open_speaker


class TerminalKeys:
    """The Enter key and the keyboard of the terminal."""

    def wait(self) -> str | None:
        """See `Keys.wait`."""
        line = sys.stdin.readline()
        return line.strip() if line else None


class TerminalScreen:
    """Lines on standard output."""

    def show(self, line: str) -> None:
        """See `Screen.show`."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of `kiosk`."""
    add_talk_arguments(parser)
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto", help="what recognises speech")


@refusing
def run(arguments: Namespace) -> int:
    """Talk until goodbye; the exit code."""
    settings = read_settings()
    wording = read_words(settings, arguments.locale)
    models = ModelStore(settings.var_dir / "models")
    try:
        microphone, loudspeaker = open_devices()
    except NoSoundDevice as error:
        raise Refused(str(error)) from None
    recognizer, speaker = open_recognizer(models, arguments.engine), open_speaker(models)
    with open_talk(arguments, settings) as talk:
        screen = TerminalScreen()
        screen.show(wording.say("Press Enter and talk, or type what you want to say."))
        Kiosk(talk, wording, recognizer, speaker, microphone, loudspeaker, TerminalKeys(), screen).run()
    return 0
