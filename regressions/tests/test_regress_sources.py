"""What a session's results depend on: sources of any package, and a batch system that is there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.regressions import command, sources
from snn_rtl.regressions.cli import CLUSTERS
from snn_rtl.regressions.engine import EngineOptions, connect
from snn_rtl.regressions.sessions import Session


def test_all_packages_decide() -> None:
    names = {folder.name for folder in sources.folders()}
    assert names >= {"rtl", "models", "run", "machines", "tb", "sim", "regressions", "tools"}


@pytest.mark.parametrize("folder", sources.folders(), ids=lambda folder: folder.name)
def test_a_session_does_not_go_on_after_a_change_in_any_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SimpleNamespace(
        name="x", missing=["a run"], plan=SimpleNamespace(sources=sources.digest(), revision="r")
    )
    monkeypatch.setattr(Session, "open", lambda *_: session)
    # Nothing has changed so far.
    assert command._open("x", folder) is session  # type: ignore[comparison-overlap]

    changed = next(path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".v"))
    read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: read(path) + (b" " if path == changed else b"")
    )
    monkeypatch.setattr(sources, "digest", sources.digest.__wrapped__)
    with pytest.raises(InputError, match="ran other sources"):
        command._open("x", folder)


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_batch_system_that_is_not_there_is_told(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    options = EngineOptions(jobs=1, scratch=tmp_path, cluster=cluster)
    message = rf"^CLUSTER={cluster}: \S+ is not on PATH$"
    with pytest.raises(InputError, match=message), connect(options):
        pass
