"""`python -m voice transcribe`: what was said in wav or flac files.

All files are read before the first is recognized: where one of them is bad nothing is transcribed, and whoever gave a
hundred files learns it at once.
"""

from __future__ import annotations

import argparse
import json
import os

from voice.audio import AudioError, read_audio
from voice.commands.model_folder import open_model_folder
from voice.commands.refusal import Refused, refusing
from voice.recognizers import ENGINES, Recognizer, Samples, Transcript, open_recognizer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a wav or flac file of any rate")
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto", help="the recognition engine")
    parser.add_argument("--json", action="store_true", help="a JSON line for each file")


@refusing
def run(arguments: argparse.Namespace) -> int:
    """Write what was said to stdout; the exit code."""
    recordings = _read(arguments.files)
    recognizer = open_recognizer(open_model_folder(os.environ), arguments.engine)
    for file, samples in recordings:
        heard = _recognize(recognizer, samples)
        print(_json_line(file, heard) if arguments.json else _text_line(file, heard, alone=len(recordings) == 1))
    return 0


def _read(files: list[str]) -> list[tuple[str, Samples]]:
    """The sound in every file. Raises Refused with a line for each bad one, where any is bad."""
    recordings, bad = [], []
    for file in files:
        try:
            recordings.append((file, read_audio(file)))
        except AudioError as error:
            bad.append(f"transcribe: {file} {error}")
    if bad:
        raise Refused("\n".join(bad))
    return recordings


def _recognize(recognizer: Recognizer, samples: Samples) -> Transcript:
    utterance = recognizer.utterance()
    utterance.accept(samples)
    return utterance.finish()


def _json_line(file: str, heard: Transcript) -> str:
    line = {"file": file, "text": heard.text, "confidence": round(heard.confidence, 3), "speech": heard.speech}
    return json.dumps(line, ensure_ascii=False)


def _text_line(file: str, heard: Transcript, *, alone: bool) -> str:
    text = heard.text if heard.speech else "(no speech)"
    return text if alone else f"{file}: {text}"
