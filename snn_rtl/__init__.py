"""Spiking-network accelerators in Verilog: models, timing, and the RTL itself.

What is named here is imported when it is first used; all but `simulate` needs NumPy alone::

    w = snn_rtl.load("network.npz")
    snn_rtl.estimate(w, design="prosperity")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snn_rtl.hardware import RtlSources, rtl_sources
    from snn_rtl.machines.estimate import bundled, estimate
    from snn_rtl.machines.estimated import Estimate
    from snn_rtl.machines.layer_row import LayerRow
    from snn_rtl.models.errors import InputError
    from snn_rtl.models.workload.workload import Workload, load, save
    from snn_rtl.sim.simulate import simulate

__version__ = "0.1.0"

__all__ = [
    "Estimate",
    "InputError",
    "LayerRow",
    "RtlSources",
    "Workload",
    "__version__",
    "bundled",
    "estimate",
    "load",
    "rtl_sources",
    "save",
    "simulate",
]

_PLACES = {
    "Estimate": "machines.estimated",
    "InputError": "models.errors",
    "LayerRow": "machines.layer_row",
    "RtlSources": "hardware",
    "Workload": "models.workload.workload",
    "bundled": "machines.estimate",
    "estimate": "machines.estimate",
    "load": "models.workload.workload",
    "rtl_sources": "hardware",
    "save": "models.workload.workload",
    "simulate": "sim.simulate",
}


def __getattr__(name: str) -> Any:
    """Return what the package offers, imported now."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(__name__):
            raise
        raise ImportError(
            f'{name} needs {error.name}: pip install "snn-rtl[sim]"', name=error.name
        ) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names of what the package offers."""
    return sorted({*globals(), *__all__})
