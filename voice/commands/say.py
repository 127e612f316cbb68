"""`python -m voice say`: speak a text into a wav file."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from voice.commands.model_folder import open_model_folder
from voice.commands.refusal import Refused, refusing
from voice.speakers import ENGINES, FASTEST, SLOWEST, open_speaker
from voice.speakers.readable import readable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("text", metavar="TEXT", help="what to say, in Chinese")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.wav", help="the file to write")
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto", help="the speaking engine")
    parser.add_argument(
        "--pace", type=float, default=1.0, help=f"{FASTEST} (faster) to {SLOWEST} (slower), 1.0 without it"
    )


@refusing
def run(arguments: argparse.Namespace) -> int:
    """Write the file; the exit code."""
    _check(arguments.text, arguments.out, arguments.pace)
    speaker = open_speaker(open_model_folder(os.environ), arguments.engine)
    _write(arguments.out, speaker.say(arguments.text, pace=arguments.pace).to_wav())
    return 0


def _check(text: str, out: Path, pace: float) -> None:
    """Raises Refused for what cannot be said or written."""
    if not readable(text):
        raise Refused(f"say: TEXT has nothing to say in it ({text!r}); expected Chinese characters, digits or letters")
    if out.suffix.lower() != ".wav":
        raise Refused(f"say: --out {out} is no wav file; expected a name that ends in .wav")
    if out.is_dir() or not out.parent.is_dir():
        raise Refused(f"say: --out {out} cannot be written; expected a file in a folder that exists")
    if not FASTEST <= pace <= SLOWEST:
        raise Refused(f"say: --pace {pace} is no pace for a voice; expected {FASTEST} (faster) to {SLOWEST} (slower)")


def _write(out: Path, content: bytes) -> None:
    """Raises Refused where the file cannot be written."""
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
        raise Refused(f"say: --out {out} cannot be written: {error.strerror}") from None
