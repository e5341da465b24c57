"""Starts one UVM test of the whole machine in a simulation of its own (UVM state must not leak)."""

from __future__ import annotations

from typing import Any, Final

from models.config import CONFIGS
from tb.common.runner import BUILD, Design, build, run
from tb.prosperity.settings import EnvSettings

FILE_LIST: Final = "rtl/prosperity/prosperity.f"
TOP: Final = "prosperity_top"


def design(config_name: str) -> Design:
    """Return the machine in a named configuration.

    Raises:
        InputError: there is no such configuration.
    """
    parameters = CONFIGS[config_name].verilog_parameters()
    return Design(top=TOP, file_list=FILE_LIST, parameters=parameters)


def run_test(
    simulator: str,
    config_name: str,
    test: str,
    *,
    seed: int,
    backpressure: str = "none",
    options: dict[str, Any] | None = None,
    rerun: str = "",
) -> None:
    """Run a test.

    Args:
        simulator: verilator or icarus.
        config_name: named configuration.
        test: "module.Class" below tb.prosperity.tests.
        seed: base seed.
        backpressure: profile of stream pauses.
        options: the test's own options.
        rerun: command that repeats it, for the failure's message.

    Raises:
        RunFailure: it failed.
    """
    module, name = test.split(".")
    label = f"{test}-{simulator}-{config_name}-{backpressure}-{seed}"
    settings = EnvSettings(
        config=CONFIGS[config_name], backpressure=backpressure, options=options or {}
    )
    run(
        build(design(config_name), simulator),
        f"tb.prosperity.tests.{module}",
        run_dir=BUILD / "runs" / "prosperity" / label,
        seed=seed,
        testcase=name,
        env=settings.to_env(),
        rerun=rerun,
    )
