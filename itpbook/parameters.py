"""The parameters of the chapters: names, types, ranges and what they mean.

Papermill only warns about names it does not know and checks no types. So every chapter, and ``itpbook build`` before
it starts any, passes what it was given through :func:`check`.
"""

from __future__ import annotations

import ast
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from implied.usage import WrongUsage
from itpbook.definitions import NAMED, SOURCE, Definitions

_INJECTED = re.compile(r"\A# Parameters\b")


class ParameterError(WrongUsage):
    """Parameters that a chapter cannot run with; the message lists each one and what is allowed."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a chapter. ``None`` is allowed where it is the default: what the definitions say then holds."""

    name: str
    kind: type
    default: str | float | None
    meaning: str
    above: float | None = None
    at_least: float | None = None
    choices: tuple[str, ...] = ()
    or_zero: bool = False

    @property
    def allowed(self) -> str:
        """What the parameter may be, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        words = {str: "text", int: "a whole number", float: "a number"}[self.kind]
        if self.above is not None:
            words += f" above {self.above:g}"
        if self.at_least is not None:
            words += f" of at least {self.at_least:g}"
        return f"0 or {words}" if self.or_zero else words

    def problem(self, value: Any) -> str | None:
        """Say what is wrong with a value, or return None."""
        if (value is None and self.default is None) or self._allows(value):
            return None
        return f"{self.name} must be {self.allowed} ({self.meaning}), found {value!r}"

    def _allows(self, value: Any) -> bool:
        if self.kind is str:
            return isinstance(value, str) and (value in self.choices or not self.choices)
        if isinstance(value, bool) or not isinstance(value, int if self.kind is int else int | float):
            return False
        if self.or_zero and value == 0:
            return True
        above = -math.inf if self.above is None else self.above
        at_least = -math.inf if self.at_least is None else self.at_least
        return above < value and at_least <= value <= sys.float_info.max

    def read(self, value: Any) -> Any:
        """Return a value as the chapters use it: whole numbers will do for a number, and become one."""
        return float(value) if self.kind is float and isinstance(value, int) else value


_DATA = Parameter("data_dir", str, "", "folder of the four tables; empty for the records that ship with the project")
_DEFINITIONS = (
    Parameter("definitions", str, "source", "set of definitions", choices=tuple(NAMED)),
    Parameter("cr_threshold", float, None, "count for complete response, 10^9/L", above=0),
    Parameter("response_lower", float, None, "lowest count for response, 10^9/L", above=0),
    Parameter("response_fold", float, None, "multiple of the baseline count for response", at_least=1),
    Parameter(
        "confirmation_days", int, None, "days after which a response is confirmed; 0 for no confirmation", at_least=0
    ),
)
_RESULTS = Parameter(
    "results_dir", str, "", "folder of the executed chapters; empty for those that ship with the project"
)

PLACES = ("data_dir", "results_dir")
"""Parameters that say where files lie on this machine; no notebook and no page keeps them."""

_SUPPRESS = Parameter(
    "suppress_below",
    int,
    0,
    "counts above zero and below this are not printed; 0 prints all",
    # Of a dozen patients, who knows the rules could work out single counts below three; from five on, nobody could in
    # any series that was tried.
    at_least=5,
    or_zero=True,
)

_ANALYSIS = (_DATA, *_DEFINITIONS, _SUPPRESS)
CHAPTERS: Mapping[str, tuple[Parameter, ...]] = {
    "methods": _ANALYSIS,
    "cohort": _ANALYSIS,
    "efficacy": _ANALYSIS,
    "safety": _ANALYSIS,
    "remarks": _ANALYSIS,
    "determined": (_DATA, _SUPPRESS),
    "refusals": (_DATA, _SUPPRESS),
    "example": (_DATA, _SUPPRESS),
    "verification": (_RESULTS,),
    "comparison": (_RESULTS,),
}
"""Every chapter in the order of execution, with its parameters."""

AFTERWARDS = ("verification", "comparison")
"""The chapters that come last because they read what the others recorded."""


def analysis() -> tuple[Parameter, ...]:
    """Return the parameters that decide what the chapters compute; those that only say where files lie are left out."""
    by_name = {parameter.name: parameter for declared in CHAPTERS.values() for parameter in declared}
    return tuple(parameter for name, parameter in by_name.items() if name not in PLACES)


def check(chapter: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a chapter, defaults filled in.

    Raises
    ------
    ParameterError
        For unknown names, wrong types and impossible values, all at once.
    """
    declared = {parameter.name: parameter for parameter in CHAPTERS[chapter]}
    unknown = [
        f"unknown parameter {name!r}; chapter {chapter} knows {', '.join(declared)}"
        for name in values
        if name not in declared
    ]
    wrong = [
        problem
        for name, value in values.items()
        if name in declared and (problem := declared[name].problem(value)) is not None
    ]
    complete = {name: values.get(name, parameter.default) for name, parameter in declared.items()}
    if not wrong and "definitions" in declared:
        wrong = _impossible(complete)
    if unknown or wrong:
        raise ParameterError([*unknown, *wrong])
    return {name: declared[name].read(value) for name, value in complete.items()}


def _impossible(values: Mapping[str, Any]) -> list[str]:
    try:
        definitions_in_force(values)
    except ValueError as error:
        return [str(error)]
    return []


def read_parameters(path: Path) -> dict[str, Any]:
    """Read parameters for the chapters from a YAML file that maps each name to its value.

    Raises
    ------
    ParameterError
        When there is no such file, it cannot be read as YAML, or holds no such map. Names and values are checked
        with those from elsewhere, by :func:`check`.
    """
    try:
        values = read_yaml(read_input(path))
    except OSError as error:
        raise ParameterError([f"{path}: cannot be read ({error.strerror})"]) from error
    except YamlError as error:
        raise ParameterError([error.of(path)]) from error
    if not isinstance(values or {}, dict) or not all(isinstance(name, str) for name in values or {}):
        raise ParameterError([f"{path}: expected a line NAME: VALUE for each parameter"])
    return dict(values or {})


def definitions_in_force(values: Mapping[str, Any]) -> Definitions:
    """Return the named definitions with every threshold that the parameters set; without any, the source's."""
    names = [parameter.name for parameter in _DEFINITIONS[1:]]
    changes = {name: values[name] for name in names if values.get(name) is not None}
    definitions = NAMED[values.get("definitions", SOURCE.name)]
    return definitions.replace(**changes) if changes else definitions


def given(namespace: Mapping[str, Any], chapter: str) -> dict[str, Any]:
    """Collect the parameters of a running chapter from its namespace.

    These are the names of the chapter's own parameters cell and, so that a misspelt one is noticed, every name that
    papermill injected: those are read from the kernel's history of cells.
    """
    names = [parameter.name for parameter in CHAPTERS[chapter]]
    for source in namespace.get("In", []):
        if _INJECTED.match(source):
            names += _assigned(source)
    return {name: namespace[name] for name in dict.fromkeys(names) if name in namespace}


def _assigned(source: str) -> list[str]:
    return [
        target.id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
