"""What waits for a worker: one open task per kind and subject, due within working days, closed with a decision.

Capabilities open a task where the machine must not decide, and close it when the matter is settled; who decides what
is in `services.decisions`.
"""

from services.worker_tasks.closing import close_task, close_tasks
from services.worker_tasks.kinds import TaskKind, TaskStatus
from services.worker_tasks.listing import WorkerTask, count_tasks, get_task, list_tasks, tasks_of
from services.worker_tasks.opening import NewTask, open_task, open_tasks

__all__ = [
    "NewTask",
    "TaskKind",
    "TaskStatus",
    "WorkerTask",
    "close_task",
    "close_tasks",
    "count_tasks",
    "get_task",
    "list_tasks",
    "open_task",
    "open_tasks",
    "tasks_of",
]
