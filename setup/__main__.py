"""The front door of the set-up. Kept readable for old Pythons, so that they can say which one is needed."""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "Yinian needs Python %d.%d or newer; this is Python %d.%d. "  # noqa: UP031 - old Pythons must read this
        "Where a newer one is installed beside it, name it: make run PYTHON=python3.12"
        % (OLDEST + sys.version_info[:2])
    )

from setup.command_line import main  # noqa: E402 - only after the check

sys.exit(main(sys.argv[1:]))
