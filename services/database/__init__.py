"""PostgreSQL: the engine, sessions, the unit of work, and an embedded server where no cluster is given."""

from services.database.asking import ask
from services.database.migrating import migrate
from services.database.opening import Database, open_database, unit_of_work
from services.database.tables import Table, constraint_of, new_id

__all__ = ["Database", "Table", "ask", "constraint_of", "migrate", "new_id", "open_database", "unit_of_work"]
