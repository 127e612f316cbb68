"""How well and how quickly speech is recognized: `python -m benchmarks.recognition FOLDER`.

FOLDER holds recordings and `transcripts.tsv` (file, text). Each recording is decoded by our setting and by the stock
one (thirty seconds of context, no prompt, nothing cut), turn about in the same run, so that both meet the same machine.
CER: errors in characters; PER: errors in toneless syllables, which is what understanding needs. Both after conversion
to simplified characters, numbers to words, punctuation removed.
"""

from __future__ import annotations

import csv
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pypinyin import lazy_pinyin

from voice.audio import read_audio
from voice.commands.model_folder import open_model_folder
from voice.recognizers import Samples, open_recognizer
from voice.recognizers.whisper import WhisperModel
from voice.script import simplified
from voice.speakers.readable import readable

BAD_INPUT = 2
STOCK_CONTEXT_SECONDS = 30.0


@dataclass
class Score:
    """What one setting has earned so far."""

    recognize: Callable[[Samples], str]
    character_errors: int = 0
    characters: int = 0
    syllable_errors: int = 0
    syllables: int = 0
    refused: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def take(self, samples: Samples, said: str) -> None:
        """Recognize one recording and count."""
        began = time.perf_counter()
        text = self.recognize(samples)
        self.milliseconds.append(1_000 * (time.perf_counter() - began))
        heard, said = comparable(text), comparable(said)
        self.refused += not heard
        self.character_errors += distance(heard, said)
        self.characters += len(said)
        self.syllable_errors += distance(lazy_pinyin(heard), lazy_pinyin(said))
        self.syllables += len(lazy_pinyin(said))

    def row(self, name: str) -> str:
        """A line of the table."""
        cer = 100 * self.character_errors / self.characters
        per = 100 * self.syllable_errors / self.syllables
        ordered = sorted(self.milliseconds)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        return f"| {name} | {cer:.1f} | {per:.1f} | {self.refused} | {statistics.median(ordered):.0f} | {p95:.0f} |"


def comparable(text: str) -> str:
    """A text by which two spellings of the same speech are equal.

    >>> comparable("設定 32 度。")
    '设定三十二度'
    """
    words = re.sub(r"\W", "", readable(simplified(re.sub(r"\s", "", text))))
    return words.replace("幺", "一").replace("两", "二")


def distance(first: Sequence[str], second: Sequence[str]) -> int:
    """How many must be changed, added or left out to make one the other."""
    row = list(range(len(second) + 1))
    for index, one in enumerate(first, 1):
        diagonal, row[0] = row[0], index
        for place, other in enumerate(second, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (one != other))
    return row[-1]


def main(arguments: list[str]) -> int:
    """Print the table; the exit code."""
    folder = Path(arguments[0]) if len(arguments) == 1 else None
    if folder is None or not (folder / "transcripts.tsv").is_file():
        print("usage: python -m benchmarks.recognition FOLDER (with recordings and transcripts.tsv)", file=sys.stderr)
        return BAD_INPUT
    models = open_model_folder(os.environ)
    recognizer = open_recognizer(models, "whisper")
    stock = WhisperModel(models.path("whisper-base"))

    def ours(samples: Samples) -> str:
        utterance = recognizer.utterance()
        utterance.accept(samples)
        return utterance.finish().text

    def as_it_comes(samples: Samples) -> str:
        return stock.hear(samples, "", least_context=STOCK_CONTEXT_SECONDS).texts[0]

    scores = {"ours, gates and all": Score(ours), "stock setting": Score(as_it_comes)}
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        recordings = [
            (read_audio(folder / line["file"]), line["text"]) for line in csv.DictReader(file, delimiter="\t")
        ]
    for score in scores.values():
        score.recognize(recordings[0][0])
    for samples, said in recordings:
        for score in scores.values():
            score.take(samples, said)
    print(f"{len(recordings)} recordings\n")
    print("| setting | CER % | PER % | refused | median ms | p95 ms |\n|---|---|---|---|---|---|")
    print("\n".join(score.row(name) for name, score in scores.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
