"""The commands that call programs of others."""

from __future__ import annotations

import os
import subprocess
import sys

from snn_rtl.models.errors import InputError
from snn_rtl.regressions import testplan
from snn_rtl.run.places import CHECKOUT, ROOT
from snn_rtl.tools import regmap


def test(*, tests: str | None, seed: int, jobs: int) -> int:
    """Run the tests, under pytest.

    Raises:
        InputError: this is an installed package, which has none.
    """
    if not CHECKOUT:
        raise InputError("the tests are in the project's checkout")
    words = ["-m", "pytest", f"--numprocesses={jobs}", "--dist=worksteal"]
    words += [tests] if tests else []
    os.environ["TB_SEED"] = str(seed)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, *words])


def docs() -> int:
    """Write the generated files: register map, pages of the testplans."""
    return regmap.main() or testplan.main()


def train() -> int:
    """Install PyTorch into .venv, and train the bundled networks again."""
    for words in (
        ["tools/setup_env.py", "--extra", "train"],
        ["-m", "snn_rtl.examples.digits.train"],
    ):
        status = subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode
        if status:
            break
    return status
