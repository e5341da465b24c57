"""`make mutate`: faults planted in the RTL, to see whether the tests notice.

Exit status: 0 when enough mutants are noticed and each survivor has its reason, 1 when not or a
module could not be judged, 2 on bad input.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from snn_rtl.models.errors import InputError
from snn_rtl.mutate import yosys
from snn_rtl.mutate.benches import Bench, load, select, sources
from snn_rtl.mutate.cache import Cache
from snn_rtl.mutate.campaign import SIMULATOR, ModuleResult, Settings, run_all, tool_versions
from snn_rtl.mutate.explained import load_explained
from snn_rtl.mutate.page import PAGE, render
from snn_rtl.mutate.result import BAR, Result, share
from snn_rtl.mutate.verdict import VERDICTS, Verdict
from snn_rtl.run.alive import working
from snn_rtl.run.board import Board
from snn_rtl.run.command import create_folder, make_console, print_problems
from snn_rtl.run.page import write_page
from snn_rtl.run.places import BUILD, ROOT
from snn_rtl.run.provenance import git_revision
from snn_rtl.run.report import REPORT, write_json
from snn_rtl.run.simulators import make_runner


def _summary(result: ModuleResult) -> str:
    """Return what the line of a finished module says."""
    counts = [f"{result.count(state)} {state}" for state in VERDICTS if result.count(state)]
    return f"{', '.join(counts) or 'not judged'}  {result.seconds:.1f} s"


def _run(benches: list[Bench], settings: Settings, console: Console) -> list[ModuleResult]:
    results: dict[str, ModuleResult] = {}
    judged: Counter[str] = Counter()
    with Board(console, "modules", len(benches)) as board:

        def tell(bench: Bench, _: Verdict) -> None:
            judged[bench.module] += 1
            board.tell(bench.module, f"{judged[bench.module]} mutants")

        for result in run_all(benches, settings, tell):
            module = result.bench.module
            results[module] = result
            board.finished(module, _summary(result), result.failure)
    return [results[bench.module] for bench in benches]


def _print(result: Result, console: Console) -> None:
    table = Table(title="mutants")
    table.add_column("module")
    for name in ("mutants", *VERDICTS, "share"):
        table.add_column(name, justify="right")
    for module in result.modules:
        counts = [str(module.count(state)) for state in VERDICTS]
        table.add_row(
            *(module.bench.module, str(len(module.verdicts)), *counts),
            "none" if module.failure else f"{share(module):.1%}",
        )
    table.add_section()
    colour = "green" if result.share >= BAR else "red"
    table.add_row(
        *("all", str(result.total()), *(str(result.total(state)) for state in VERDICTS)),
        f"[{colour}]{result.share:.1%}[/{colour}]",
    )
    console.print(table)
    print_problems(result.problems(), console)


def mutate(
    *,
    design: str | None,
    module: tuple[str, ...] | None,
    n: int,
    proof: int,
    explained: Path,
    seed: int,
    jobs: int,
    out: Path,
) -> int:
    """Plant faults in the modules of the RTL and report which ones no test notices."""
    console = make_console()
    names = select(design, module)
    reasons = load_explained(explained, sources())
    folder = create_folder(out)
    settings = Settings(
        count=n,
        seed=seed,
        jobs=jobs,
        proof_s=proof,
        folder=folder / "runs",
        cache=Cache(BUILD / "mutate" / "cache"),
    )
    if not (ROOT / "rtl").is_dir():
        raise InputError("there is no rtl/ here")
    make_runner(SIMULATOR)
    started = time.perf_counter()
    with working(console, "looking at the unit tests"):
        yosys.version()
        benches = load(names)
    modules = _run(benches, settings, console)
    minutes, seconds = divmod(round(time.perf_counter() - started), 60)
    result = Result(
        count=settings.count,
        seed=settings.seed,
        modules=modules,
        explained=reasons,
        facts={
            "revision": git_revision() or "not in a repository",
            "time": f"{minutes} min {seconds} s",
            "fresh": f"{sum(m.fresh for m in modules)} mutants were run, "
            "the verdicts of the others were known",
        },
        tools=tool_versions(),
    )
    _print(result, console)
    write_json(folder / REPORT, result.to_json())
    page = write_page(folder / PAGE, render(result))
    console.print(f"report: {page}", soft_wrap=True, markup=False)
    passed = not result.problems()
    console.print("[green]passed[/green]" if passed else "[red]not passed[/red]")
    return 0 if passed else 1
