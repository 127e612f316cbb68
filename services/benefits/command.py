"""`python -m services eligibility --json`: people in, answers for every benefit out, one line each.

Everything is read and checked before the first answer is written, so that input with a mistake in it changes nothing:
not one line comes out. It needs no database and no settings.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TextIO

import numpy as np

from services.benefits.answers import Answer, Verdicts, verdicts_for
from services.benefits.facts import FactsWrong
from services.benefits.names import Benefit
from services.benefits.reading import People, read_people
from services.benefits.system import city_rules

BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument(
        "--json", action="store_true", required=True, help="JSON lines in from standard input, JSON lines out"
    )
    parser.add_argument("--rate", action="store_true", help="tell on standard error how many people a second it were")


def run(arguments: argparse.Namespace) -> int:
    """Answer for everybody on standard input; the exit code. Raises ParameterFileWrong."""
    try:
        return answer_lines(sys.stdin.buffer, sys.stdout.buffer, sys.stderr, tell_rate=arguments.rate)
    except BrokenPipeError:
        # Whoever reads has had enough (`| head`). Python would complain once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def answer_lines(people: Iterable[bytes], answers: BinaryIO, complaints: TextIO, *, tell_rate: bool) -> int:
    """Read people, write answers or one complaint; the exit code. Raises ParameterFileWrong."""
    city_rules()
    started = time.perf_counter()
    try:
        everybody = list(read_people(people))
    except FactsWrong as wrong:
        complaints.write(complaint(wrong) + "\n")
        return BAD_INPUT
    lines = Lines()
    for some in everybody:
        answers.write("".join(lines.of(some)).encode("ascii"))
    answers.flush()
    if tell_rate:
        seconds = time.perf_counter() - started
        count = sum(len(some.ids) for some in everybody)
        complaints.write(f"{count} people in {seconds:.1f} s, {count / seconds:.0f} a second\n")
    return 0


def complaint(wrong: FactsWrong) -> str:
    """One sentence for whoever wrote the input."""
    where = f"line {wrong.facts['line']}"
    if "field" in wrong.facts:
        where += f", field {wrong.facts['field']}"
    return f"{where}: expected {wrong.facts['expected']}"


class Lines:
    """Makes lines of answers. Whoever gets the same answer shares its text, which is made once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[Benefit, str, bool, int], str] = {}

    def of(self, people: People) -> Iterator[str]:
        """One line for each person, in order."""
        columns = [np.empty(len(people.ids), dtype=object) for _ in Benefit]
        for places, verdicts in verdicts_for(people.codes):
            for column, each in zip(columns, verdicts, strict=True):
                column[places] = self._texts_of(each)
        for place, (person_id, *texts) in enumerate(zip(people.ids, *columns, strict=True)):
            yield f'{{"id": {person_id}, "as_of": "{people.as_of(place)}", "benefits": {{{", ".join(texts)}}}}}\n'

    def _texts_of(self, verdicts: Verdicts) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        keys, first, inverse = np.unique(verdicts.keys(), return_index=True, return_inverse=True)
        texts = np.empty(len(keys), dtype=object)
        for place, (key, example) in enumerate(zip(keys.tolist(), first.tolist(), strict=True)):
            known = (verdicts.benefit, verdicts.rule, verdicts.in_force, key)
            if known not in self._texts:
                self._texts[known] = f'"{verdicts.benefit}": {_text(verdicts.answer(example))}'
            texts[place] = self._texts[known]
        everybody: np.ndarray[tuple[int], np.dtype[np.object_]] = texts[inverse]
        return everybody


def _text(answer: Answer) -> str:
    return json.dumps(
        {
            "status": answer.status,
            "amount_fen": answer.amount_fen,
            "per": answer.per,
            "reasons": answer.reasons,
            "missing": answer.missing,
        }
    )
