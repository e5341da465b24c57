"""Starts one UVM test of the whole machine in a simulation of its own (UVM state must not leak)."""

from __future__ import annotations

from typing import Any, Final

from models.config import ProsperityConfig
from tb.common.runner import BUILD, Design, build, run
from tb.prosperity.settings import EnvSettings

FILE_LIST: Final = "rtl/prosperity/prosperity.f"
TOP: Final = "prosperity_top"


def design(config: ProsperityConfig) -> Design:
    """Return the machine with some parameters."""
    return Design(top=TOP, file_list=FILE_LIST, parameters=config.verilog_parameters())


def run_test(
    simulator: str,
    config: ProsperityConfig,
    test: str,
    *,
    seed: int,
    backpressure: str = "none",
    pauses: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    rerun: str = "",
) -> None:
    """Run a test.

    Args:
        simulator: verilator or icarus.
        config: parameters of the machine.
        test: "module.Class" below tb.prosperity.tests.
        seed: base seed.
        backpressure: profile of stream pauses.
        pauses: profiles of single streams, which go before it.
        options: the test's own options.
        rerun: command that repeats it, for the failure's message.

    Raises:
        RunFailure: it failed.
    """
    module, name = test.split(".")
    target = build(design(config), simulator)
    settings = EnvSettings(
        config=config, backpressure=backpressure, pauses=pauses or {}, options=options or {}
    )
    parts = [test, backpressure, *(f"{k}_{v}" for k, v in settings.pauses.items()), str(seed)]
    run(
        target,
        f"tb.prosperity.tests.{module}",
        run_dir=BUILD / "runs" / "-".join(parts) / target.folder.name,
        seed=seed,
        testcase=name,
        env=settings.to_env(),
        rerun=rerun,
    )
