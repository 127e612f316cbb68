"""`python -m voice converse`: a conversation on the terminal, with typed lines or with recordings as turns.

An empty line is silence; the end of the input or a goodbye ends the conversation. With --batch, whole conversations
come as JSON lines (`converse_batch`). With --json each turn is one line:
{"turn", "heard", "confidence", "reply", "speech", "effect", "pace", "loudness",
"phones", "ended"}.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

from voice.audio import AudioError, read_audio
from voice.commands.converse_batch import run_batch
from voice.commands.large_digits import large
from voice.commands.refusal import Refused, refusing
from voice.commands.talking import Talk, add_talk_arguments, open_talk, read_settings, read_words
from voice.conversation import Heard, Reply
from voice.models import ModelStore
from voice.recognizers import ENGINES, Recognizer, Samples, open_recognizer
from voice.wording import Line, Wording


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of `converse`."""
    add_talk_arguments(parser)
    parser.add_argument("--audio", nargs="+", metavar="FILE", help="recordings (wav or flac) instead of typed lines")
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto", help="what recognises the recordings")
    parser.add_argument("--json", action="store_true", help="print each turn as one line of JSON")
    parser.add_argument("--batch", action="store_true", help="whole conversations on standard input, as JSON lines")


@refusing
def run(arguments: Namespace) -> int:
    """Hold the conversation; the exit code."""
    settings = read_settings()
    if arguments.batch:
        _refuse_beside_batch(arguments)
        run_batch(settings, sys.stdin.buffer)
        return 0
    wording = read_words(settings, arguments.locale)
    recordings = read_recordings(arguments.audio) if arguments.audio else []
    models = ModelStore(settings.var_dir / "models")
    recognizer = open_recognizer(models, arguments.engine) if recordings else None
    with open_talk(arguments, settings) as talk:
        if recognizer is not None:
            turns = heard_in(recordings, recognizer, talk)
        else:
            turns = typed(sys.stdin, prompt=sys.stdin.isatty() and not arguments.json)
        converse(talk, turns, wording, as_json=arguments.json)
    return 0


def _refuse_beside_batch(arguments: Namespace) -> None:
    given = {"--as": arguments.person, "--now": arguments.now, "--audio": arguments.audio, "--json": arguments.json}
    for name, value in given.items():
        if value:
            raise Refused(f"{name} does not go with --batch: each line says who, when and what")


def converse(talk: Talk, turns: Iterable[Heard], wording: Wording, *, as_json: bool) -> None:
    """Answer turn by turn until somebody says goodbye or nobody says anything more."""
    opening = talk.open()
    if not as_json:
        _show(_told(wording, opening))
    for number, heard in enumerate(turns, start=1):
        reply = talk.say(heard)
        if as_json:
            _show(json.dumps(_as_json(number, heard, reply), ensure_ascii=False))
        else:
            if heard.spoken:
                _show(_heard(wording, heard))
            _show(_told(wording, reply))
            for phone in reply.phones:
                _show(f"{phone.words}\n{large(phone.number)}")
        if reply.ended:
            return


def read_recordings(files: Iterable[str]) -> list[Samples]:
    """The sound of every file, read before the first turn so that a bad file changes nothing. Raises Refused."""
    recordings = []
    for file in files:
        try:
            recordings.append(read_audio(Path(file)))
        except AudioError as error:
            raise Refused(f"{file} {error}") from None
    return recordings


def heard_in(recordings: Iterable[Samples], recognizer: Recognizer, talk: Talk) -> Iterator[Heard]:
    """What is heard in each recording, with the words that the conversation expects at that moment."""
    for samples in recordings:
        utterance = recognizer.utterance(talk.expected_words)
        utterance.accept(samples)
        transcript = utterance.finish()
        text = transcript.text if transcript.speech else ""
        yield Heard(text, transcript.confidence, spoken=True, alternatives=transcript.alternatives)


def typed(lines: Iterable[str], *, prompt: bool) -> Iterator[Heard]:
    """What is typed, line by line."""
    waiting = iter(lines)
    while True:
        if prompt:
            sys.stdout.write("> ")
            sys.stdout.flush()
        line = next(waiting, None)
        if line is None:
            return
        yield Heard(line.strip())


def _as_json(number: int, heard: Heard, reply: Reply) -> dict[str, object]:
    return {
        "turn": number,
        "heard": heard.text,
        "confidence": round(heard.confidence, 3),
        "reply": reply.text,
        "speech": reply.speech_text,
        "effect": reply.effect,
        "pace": reply.manner.pace,
        "loudness": reply.manner.loudness,
        "phones": [phone.number for phone in reply.phones],
        "ended": reply.ended,
    }


def _heard(wording: Wording, heard: Heard) -> str:
    return wording.line("Heard: %(words)s", words=Line.same(heard.text or "…")).text


def _told(wording: Wording, reply: Reply) -> str:
    return wording.line("Assistant: %(words)s", words=Line.same(reply.text)).text


def _show(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
