"""`python -m snn_rtl`, which is `snn-rtl`."""

from __future__ import annotations

import sys

from snn_rtl.cli import main

if __name__ == "__main__":
    sys.exit(main())
