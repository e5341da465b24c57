"""Lists what the unit tests build: `python -m snn_rtl.mutate.collect OUT FILE...`.

pytest expands each file's parameters; what would be built and run is written down instead, so that
sizes have one source, the tests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from snn_rtl.run.design import Design
from snn_rtl.run.places import BUILD
from snn_rtl.tb.common import unit


def main() -> int:
    """Write a JSON list of {module, test_module, file_list, parameters, env, node}."""
    out, *files = sys.argv[1:]
    found: list[dict[str, Any]] = []

    def build(design: Design, _: str) -> Design:
        return design

    def run(design: Design, test_module: str, *, env: Mapping[str, str], **_: object) -> None:
        found.append(
            {
                "module": design.top,
                "test_module": test_module,
                "file_list": design.file_list,
                "parameters": dict(design.parameters),
                "env": dict(env),
            }
        )

    with patch.multiple(unit, build=build, run=run):
        options = ["-p", "no:xdist", "-o", f"cache_dir={BUILD / 'pytest'}"]
        status = pytest.main(["-q", "-k", "verilator", *options, *files])
    Path(out).write_text(json.dumps(found))
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
