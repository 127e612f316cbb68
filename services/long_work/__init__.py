"""Work of operators that takes longer than a page may: importing a register, screening a city, a step of the month.

It is asked for in one transaction and done by a worker process; how far it is and what came of it is read at any time.
"""

from services.long_work.asking import WorkKind, WorkStatus, ask_for_import, ask_for_work
from services.long_work.doing import do_waiting_work
from services.long_work.reading import LongWork, get_work, list_works

__all__ = [
    "LongWork",
    "WorkKind",
    "WorkStatus",
    "ask_for_import",
    "ask_for_work",
    "do_waiting_work",
    "get_work",
    "list_works",
]
