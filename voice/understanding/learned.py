"""What the scorer learned from the examples, kept in a file, so that a process need not learn them for itself.

Learning takes seconds, loading a tenth of one. The file stands beside the rules that it is made from, carries a digest
of all of them, and is made by the set-up; where it is missing or older than the rules it is made anew.
"""

from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from services.clock import local_day
from voice.understanding.examples import read_examples
from voice.understanding.normalise import normalise
from voice.understanding.reading import Reader
from voice.understanding.scorer import Scorer

_HERE = Path(__file__).parent
LEARNED_FILE = _HERE / "learned.npz"


def learned_scorer(reader: Reader, file: Path = LEARNED_FILE) -> Scorer:
    """The scorer that knows the examples as `reader` reads them; raises ExamplesError."""
    kept = Scorer.read_from(file, _version())
    if kept is not None:
        return kept
    learned = Scorer.learned_from(
        (reader.read(normalise(example.say), local_day(example.now)), example.intent) for example in read_examples()
    )
    with suppress(OSError):  # who may not write here learns again next time
        learned.write_to(file, _version())
    return learned


@cache
def _version() -> str:
    """A digest of all that decides what is learned: the code of understanding, its rules, its examples."""
    digest = sha256()
    for path in sorted([*_HERE.rglob("*.py"), *_HERE.rglob("*.yaml"), _HERE.parent / "script.py"]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
