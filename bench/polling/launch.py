"""Runs one command and writes down what it cost: ``launch.py RESULT COMMAND...``.

A process of its own that imports next to nothing: Linux counts the memory of whoever started a
program into the program's peak.
"""

import os
import sys
import time

began = time.monotonic()
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the benchmark's own command
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w", encoding="ascii") as result:  # noqa: PTH123 - pathlib is large
    result.write(
        f"{time.monotonic() - began} {used.ru_utime + used.ru_stime} {used.ru_maxrss // 1024} "
        f"{os.waitstatus_to_exitcode(status)}"
    )
