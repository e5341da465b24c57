"""Which parameters a machine has: a named configuration, or one of one's own on top of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snn_rtl.models.parameters import (
    IllegalParameter,
    MachineParameters,
    configuration,
    with_parameters,
)

FILE_ENDINGS = (".yaml", ".yml")
"""What the name of a configuration ends with that is a file."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Parameters of a machine, and where they come from.

    Attributes:
        base: name of the configuration that holds where nothing else is said.
        parameters: all of them.
        own: those that differ from the base.
    """

    base: str
    parameters: Any
    own: Mapping[str, int]

    @property
    def title(self) -> str:
        """What people call it."""
        return ", ".join(filter(None, (self.base, " ".join(self._own_variables()))))

    @property
    def slug(self) -> str:
        """What it is called in a file's name."""
        return "-".join([self.base, *(f"{name}{value}" for name, value in self.own.items())])

    @property
    def variables(self) -> list[str]:
        """The variables of make that give it."""
        return [f"CONFIG={self.base}", *self._own_variables()]

    def _own_variables(self) -> list[str]:
        return [f"{name.upper()}={value}" for name, value in self.own.items()]


def changes(config: MachineParameters, base: MachineParameters) -> dict[str, int]:
    """Return the parameters in which a configuration differs from another."""
    mine, its = asdict(config), asdict(base)
    return {name: value for name, value in mine.items() if value != its[name]}


def describe(configs: Mapping[str, MachineParameters], config: MachineParameters) -> Configuration:
    """Return some parameters as the nearest of named configurations, and what differs from it."""
    own = {name: changes(config, base) for name, base in configs.items()}
    base = min(own, key=lambda name: len(own[name]))
    return Configuration(base=base, parameters=config, own=own[base])


def _changed(base: str, config: MachineParameters, own: Mapping[str, Any]) -> Configuration:
    parameters = with_parameters(config, own)
    return Configuration(base=base, parameters=parameters, own=changes(parameters, config))


def _from_file(configs: Mapping[str, MachineParameters], path: Path) -> Configuration:
    """Read a configuration: a base and the parameters that differ from it.

    Raises:
        InputError: it cannot be used; names file, line and key.
    """
    from snn_rtl.run.yaml_places import read  # noqa: PLC0415 - machines need NumPy alone

    section = read(path)
    first = next(iter(configs))
    section.only("base", *asdict(configs[first]))
    base = section.text("base", first)
    if base not in configs:
        section.fail("base", f"unknown {base!r:.60}: choose from {', '.join(configs)}")
    own = {name: section.value(name) for name in section.nodes if name != "base"}
    try:
        return _changed(base, configs[base], own)
    except IllegalParameter as error:
        section.fail(error.name, str(error))


def find_configuration(
    configs: Mapping[str, MachineParameters], name: str, own: Mapping[str, Any]
) -> Configuration:
    """Return a machine's configuration.

    Args:
        configs: the machine's named ones.
        name: one of them, or a YAML file with a base and the parameters that differ.
        own: parameters that go before those of the name.

    Raises:
        InputError: there is none of that name, or a parameter cannot be used.
    """
    if not name.endswith(FILE_ENDINGS):
        return _changed(name, configuration(configs, name), own)
    found = _from_file(configs, Path(name))
    return _changed(found.base, configs[found.base], {**found.own, **own})
