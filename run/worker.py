"""A process of run/jobs.py: does what comes in by its connection, as long as there is one."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback
from functools import cache
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any


@cache
def _function(pickled: bytes) -> Any:
    return pickle.loads(pickled)


def _answer(function: bytes, item: bytes) -> bytes:
    """Return the result of a function on an item, or the error that it ended with."""
    try:
        return pickle.dumps((True, _function(function)(pickle.loads(item))))
    except Exception as error:
        error.add_note(traceback.format_exc())
        try:
            answer = pickle.dumps((False, error))
            pickle.loads(answer)
        except Exception:  # it holds what no other process can be told of
            return pickle.dumps((False, RuntimeError(repr(error))))
        return answer


def _listen(connection: Connection[Any, bytes], orders: SimpleQueue[bytes]) -> None:
    """Take orders. When nobody gives any more, this process ends with all that it has started."""
    try:
        while True:
            orders.put(connection.recv_bytes())
    except (EOFError, OSError):
        os.killpg(0, signal.SIGKILL)


def serve(descriptor: int) -> None:
    """Take a function, then items, and answer each.

    Args:
        descriptor: of the connection.
    """
    # Programs that are started here must not hold it open.
    os.set_inheritable(descriptor, False)
    connection: Connection[Any, bytes] = Connection(descriptor)
    orders: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, orders), daemon=True).start()
    function = orders.get()
    while True:
        connection.send_bytes(_answer(function, orders.get()))
