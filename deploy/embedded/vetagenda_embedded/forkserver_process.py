"""Imported by multiprocessing's forkserver as its only preloaded module: makes it ours and fills it.

The forkserver dies with the supervisor and its children die with it, so nothing is left when the supervisor
is killed. A session of its own keeps the terminal's Ctrl-C away: the supervisor stops the parts in order.
"""

import gc
import importlib
import os
import signal
import sys

from vetagenda_embedded.children import die_with_parent
from vetagenda_embedded.preloaded import preloaded_modules

SUPERVISOR = "VETAGENDA_SUPERVISOR_PID"
FORKSERVER_PID = os.getpid()


def _become_the_forkserver(supervisor_pid: int) -> None:
    die_with_parent(signal.SIGKILL, supervisor_pid)
    os.setsid()
    for module in preloaded_modules():
        try:
            importlib.import_module(module)
        except Exception as error:  # the part that needs it fails with the whole story in its own log
            print(f"vetagenda: cannot import {module} in advance: {error}", file=sys.stderr, flush=True)
    gc.collect()
    gc.freeze()  # the collector would otherwise touch, and so copy, every shared page


if SUPERVISOR in os.environ:
    _become_the_forkserver(int(os.environ[SUPERVISOR]))
