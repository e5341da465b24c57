"""What the parameters of every machine share: the check when made, the Verilog names, the names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Any, ClassVar, Final, TypeVar

from snn_rtl.models.errors import InputError

_MEANING: Final = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)
"""A field in a class's documentation."""


class IllegalParameter(InputError):
    """A parameter that a machine does not have, or not with that value.

    Args:
        name: of the field.
        message: what is wrong.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name

    def __reduce__(self) -> tuple[type[IllegalParameter], tuple[str, str]]:
        """Travel between processes."""
        return type(self), (self.name, str(self))


@dataclass(frozen=True, kw_only=True)
class MachineParameters:
    """Sizes of a machine; the fields are its Verilog parameters in lower case.

    Raises:
        IllegalParameter: when made: a size outside the limits.
    """

    MACHINE = "machine"
    """What messages call the machine."""

    SWITCHES: ClassVar[tuple[str, ...]] = ()
    """Fields that may be 0."""

    @classmethod
    @cache
    def meanings(cls) -> dict[str, str]:
        """Return what each field is and may be, as the class's documentation says."""
        attributes = (inspect.getdoc(cls) or "").partition("Attributes:\n")[2]
        return {
            name: " ".join(text.split()).removesuffix(".")
            for name, text in _MEANING.findall(attributes)
        }

    def limits(self) -> dict[str, bool]:
        """Return for each field whether its value is legal; the first that is not is reported."""
        raise NotImplementedError

    @property
    def tile(self) -> tuple[int, int, int]:
        """Sizes of a tile, as the registers DIM_M, DIM_K and DIM_N count."""
        raise NotImplementedError

    @property
    def stream_widths(self) -> tuple[int, int, int]:
        """Bits of a beat of the streams: spikes, weights, outputs."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        """Refuse what the RTL refuses at elaboration."""
        for name, value in asdict(self).items():
            if type(value) is not int or value < (0 if name in self.SWITCHES else 1):
                self._refuse(name)
        for name, legal in self.limits().items():
            if not legal:
                self._refuse(name)

    def _refuse(self, name: str) -> None:
        value = getattr(self, name)
        raise IllegalParameter(
            name,
            f"{name}={value!r:.60} is not a legal {self.MACHINE} parameter: "
            f"{self.meanings().get(name, '')}",
        )

    def verilog_parameters(self) -> dict[str, int]:
        """Return the parameters as the top module names them."""
        return {name.upper(): value for name, value in asdict(self).items()}


Parameters = TypeVar("Parameters", bound=MachineParameters)


def configuration(configs: Mapping[str, Parameters], name: str) -> Parameters:
    """Return a configuration by name.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return configs[name]
    except KeyError:
        raise InputError(
            f"unknown configuration {name!r}: choose from {', '.join(configs)}"
        ) from None


def with_parameters(config: Parameters, given: Mapping[str, Any]) -> Parameters:
    """Return a configuration with some parameters of one's own.

    Args:
        config: what holds for all others.
        given: fields to values.

    Raises:
        IllegalParameter: the machine has no such parameter, or not with that value.
    """
    known = asdict(config)
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
            raise IllegalParameter(name, f"{config.MACHINE} has no parameter {name!r:.60}: {hint}")
    return replace(config, **given)


def is_power_of_two(value: int) -> bool:
    """Tell whether value is 1, 2, 4 and so on."""
    return value > 0 and value & (value - 1) == 0
