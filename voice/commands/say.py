"""`python -m voice say`: speak a text into a wav file."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from voice.commands.model_folder import open_model_folder
from voice.speakers import ENGINES, SpeakerError, open_speaker
from voice.speakers.readable import readable

BAD_INPUT = 2
FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("text", metavar="TEXT", help="what to say, in Chinese")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.wav", help="the file to write")
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto", help="the speaking engine")
    parser.add_argument("--pace", type=float, default=1.0, help="1.3 is slower, 0.8 faster (default: 1.0)")


def run(arguments: argparse.Namespace) -> int:
    """Write the file; the exit code."""
    problem = _problem(arguments.text, arguments.out)
    if problem:
        print(f"say: {problem}", file=sys.stderr)
        return BAD_INPUT
    try:
        speech = open_speaker(open_model_folder(os.environ), arguments.engine).say(arguments.text, pace=arguments.pace)
    except SpeakerError as error:
        print(f"say: {error}", file=sys.stderr)
        return FAILED
    return _write(arguments.out, speech.to_wav())


def _problem(text: str, out: Path) -> str | None:
    """What is wrong with the arguments, as a sentence for stderr."""
    if not readable(text):
        return f"TEXT has nothing to say in it ({text!r}); expected Chinese characters, digits or letters"
    if out.suffix.lower() != ".wav":
        return f"--out {out} is no wav file; expected a name that ends in .wav"
    if out.is_dir() or not out.parent.is_dir():
        return f"--out {out} cannot be written; expected a file in a folder that exists"
    return None


def _write(out: Path, content: bytes) -> int:
    # Written beside its place and renamed, so that a full disk leaves no half of a file.
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            part = Path(file.name)
            try:
                file.write(content)
                file.close()
                part.chmod(0o644)
                part.replace(out)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        print(f"say: --out {out} cannot be written: {error.strerror}", file=sys.stderr)
        return BAD_INPUT
    return 0
