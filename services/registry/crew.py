"""Reading an extract with all the machine's processors, while the one who asked writes to the database.

A small file is read where it was opened. Of a large one, pieces go to processes of our own and come back in order,
ready to be copied; only so many are on their way at a time that memory stays small however long the file is.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from services.registry.binary import Rows
from services.registry.contracts import Kind
from services.registry.copying import Copying
from services.registry.doubled import doubled_numbers
from services.registry.files import BLOCK_BYTES, Block, Extract, Form
from services.registry.reading import Reader, Rejection
from services.sealing import Vault

# Below, starting processes takes longer than reading.
LARGE_BYTES = 2 * BLOCK_BYTES
MOST_PROCESSES = 4
# Pieces under way for each process: one that it reads, one that waits for it, one that waits for the database.
UNDER_WAY = 3


@dataclass(frozen=True)
class Batch:
    """What was read of one piece, as `Copying` writes it.

    `records` are the rows taken, `people` what each would be as a new person (nothing, unless it is the household
    register's), both in the order of their `indexes`. `doubled` are the rows taken of ID numbers that stand in the
    extract more than once, with their lines; they are in none of the others. `unfit` are the indexes of those whose
    birth date is not the one of their ID number.
    """

    rows: int
    indexes: list[bytes]
    records: Rows
    people: Rows
    doubled: Rows
    unfit: list[bytes]
    rejections: list[Rejection]


def read_extract(
    extract: Extract, vault: Vault, copying: Copying, *, large_bytes: int = LARGE_BYTES
) -> Iterator[Batch]:
    """All rows of the extract, piece by piece. Raises BrokenProcessPool where somebody ends our processes."""
    if extract.bytes < large_bytes:
        reader, doubled = BlockReader(extract.form, extract.encoding, vault, copying), doubled_numbers(extract)
        for block in extract.blocks():
            yield reader.read(block, doubled)
        return
    with closing(_read_together(extract, vault, copying)) as batches:
        yield from batches


def _read_together(extract: Extract, vault: Vault, copying: Copying) -> Generator[Batch]:
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    # Not by fork: this process may have threads and open connections.
    context = multiprocessing.get_context("spawn")
    what_to_read_with = (extract.form, extract.encoding, vault, copying)
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=what_to_read_with) as pool:
        # They start while we look through the file.
        pool.submit(_is_ready)
        doubled = doubled_numbers(extract)
        under_way: deque[Future[Batch]] = deque()
        try:
            for block in extract.blocks():
                under_way.append(pool.submit(_read_in_process, block, doubled))
                if len(under_way) >= processes * UNDER_WAY:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for each in under_way:
                each.cancel()


class BlockReader:
    """Reads pieces of one extract."""

    def __init__(self, form: Form, encoding: str, vault: Vault, copying: Copying) -> None:
        self._reader, self._encoding, self._copying = Reader(form, vault), encoding, copying
        self._brings_people = form.heading.kind is Kind.HOUSEHOLD

    def read(self, block: Block, doubled: frozenset[str]) -> Batch:
        """What is in the piece; `doubled` are the ID numbers that stand in the extract more than once."""
        records, rejections = self._reader.read(block.rows(self._encoding))
        rows, twice = len(records.lines) + len(rejections), Rows.of(())
        stand_twice = [number in doubled for number in records.id_numbers]
        if any(stand_twice):
            twice = Rows.of(self._copying.numbered(records.chosen(stand_twice)))
            records = records.chosen([not stands_twice for stands_twice in stand_twice])
        fit = zip(records.id_number_indexes, records.births_fit, strict=True)
        return Batch(
            rows,
            list(records.id_number_indexes),
            Rows.of(self._copying.records(records)),
            Rows.of(self._copying.people(records) if self._brings_people else ()),
            twice,
            [index for index, fits in fit if not fits],
            rejections,
        )


# What a process of ours reads with.
_readers: list[BlockReader] = []


def _begin(form: Form, encoding: str, vault: Vault, copying: Copying) -> None:
    # Ctrl+C ends the one who asked, who then ends us; whoever loses her by force ends himself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Reading leaves no cycles, and looking for some in a million cells takes a tenth of its time.
    gc.disable()
    _readers.append(BlockReader(form, encoding, vault, copying))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _is_ready() -> bool:
    return True


def _read_in_process(block: Block, doubled: frozenset[str]) -> Batch:
    return _readers[0].read(block, doubled)
