"""Prior lines of treatment of a reconstructed patient, each placed where medicine and its history allow.

Corticosteroids and immunoglobulin come within weeks of the diagnosis. Then follow rituximab and splenectomy (surgery
first in those ill before rituximab was in use), others, and an immunosuppressant given alone. Last come the two TPO
receptor agonists at maximal dose, one after the other and apart from any immunosuppressant: together they would have
been the combination already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itpbook.synthetic.patient import Patient

_RITUXIMAB_IN_USE = 7100
"""Days before the close of the series from which rituximab was given in ITP."""
_AGONISTS_IN_USE = 3950
"""Days before the close of the series from which TPO receptor agonists were given."""
_SURGERY_FIRST = 0.2
"""Share of patients splenectomised before rituximab although it was in use."""
_EXTRA_LINE = 0.4
"""Share of patients with one of the lesser second-line drugs."""
_STRAIGHT_ON = 0.35
"""Share of patients whose second agonist is given until the combination begins."""
_SHORTEST_TRIAL = 20
"""Days at maximal dose before an agonist is given up."""
_IMMUNOSUPPRESSANTS = (("azathioprine", 0.45), ("mycophenolate", 0.3), ("ciclosporin", 0.15), ("cyclophosphamide", 0.1))
_EXTRAS = (("dapsone", 0.5), ("danazol", 0.35), ("vincristine", 0.15))


@dataclass(frozen=True)
class PriorLine:
    """A course before the combination: first and last day, and what came of it."""

    agent: str
    start: int
    end: int
    response: str


@dataclass(frozen=True)
class _Planned:
    """A line still to be placed: how long it is given, and how long its effect is then waited for, in days.

    Where time is short both shrink; what is given never below ``least``.
    """

    agent: str
    length: int
    wait: int
    least: int = 0


def prior_lines(patient: Patient, generator: np.random.Generator) -> list[PriorLine]:
    """Place all lines between diagnosis and day 0, in the order of their starts."""
    ill = patient.itp_duration_days
    agonists = _agonists(patient, generator)
    until = agonists[0].start - 1
    first = _first_lines(patient, until, generator)
    begin = min(-ill + max(10, round(0.1 * min(ill, 600))), until - 1)
    second = _second_lines(patient, begin, until, generator)
    return sorted([*first, *second, *agonists], key=lambda line: (line.start, line.agent))


def _first_lines(patient: Patient, until: int, generator: np.random.Generator) -> list[PriorLine]:
    diagnosis, lines = -patient.itp_duration_days, []
    if patient.prior_corticosteroids:
        start = diagnosis + int(generator.integers(0, 8))
        response = "none" if patient.corticosteroid_refractory else "lost"
        longest = min(90, max(22, patient.itp_duration_days // 3))
        end = min(start + int(generator.integers(21, longest + 1)), until)
        lines.append(PriorLine("corticosteroids", start, end, response))
    if patient.prior_ivig:
        start = diagnosis + int(generator.integers(1, 25))
        response = "lost" if generator.random() < 0.7 else "none"
        lines.append(PriorLine("ivig", start, start + int(generator.choice([1, 2, 4])), response))
    return lines


def _agonists(patient: Patient, generator: np.random.Generator) -> list[PriorLine]:
    """Both agonists, placed backwards from day 0."""
    ill = patient.itp_duration_days
    before = 100 + 60 * (patient.splenectomy == "performed") + 130 * patient.prior_immunosuppressant
    room = min(max(ill - before, ill * 45 // 100), _AGONISTS_IN_USE - patient.followup_days)
    longest = max(_SHORTEST_TRIAL, min(240, room * 2 // 5))
    lengths = np.clip(np.rint(generator.lognormal(np.log(85), 0.4, 2)), _SHORTEST_TRIAL, longest).astype(int)
    spare = max(room - int(lengths.sum()) - 2, 0)
    reach = generator.lognormal(np.log(120), 0.9, 2)
    if generator.random() < _STRAIGHT_ON:
        reach[1] = 0
    gaps = np.minimum(reach, np.array([0.3, 0.5]) * spare).astype(int) + 1
    agents = [str(agent) for agent in generator.permutation(["eltrombopag", "romiplostim"])]
    second_end = -int(gaps[1])
    second_start = second_end - int(lengths[1])
    first_end = second_start - int(gaps[0])
    first = PriorLine(agents[0], first_end - int(lengths[0]), first_end, "none")
    return [first, PriorLine(agents[1], second_start, second_end, "none")]


def _second_lines(patient: Patient, begin: int, until: int, generator: np.random.Generator) -> list[PriorLine]:
    """Rituximab, surgery and others, one after the other, at random distances."""
    in_use = patient.followup_days - _RITUXIMAB_IN_USE
    ill_before = begin < in_use - 365
    infused = int(generator.choice([21, 21, 14]))
    lines = [_Planned("rituximab", infused, 60, least=infused)]
    if patient.splenectomy == "performed":
        first = ill_before or generator.random() < _SURGERY_FIRST
        lines.insert(0 if first else 1, _Planned("splenectomy", 0, 45))
    roomy = until - begin > 365
    if roomy and generator.random() < _EXTRA_LINE:
        agent = "hydroxychloroquine" if patient.ana_positive else _pick(_EXTRAS, generator)
        where = int(generator.integers(0, len(lines) + 1))
        lines.insert(where, _Planned(agent, int(generator.integers(40, 160)), 5))
    if patient.prior_immunosuppressant:
        lines.append(_Planned(_pick(_IMMUNOSUPPRESSANTS, generator), int(generator.integers(90, 300)), 10))
    if not ill_before:
        return _placed(lines, begin, until, generator)
    position = [line.agent for line in lines].index("rituximab")
    before = _placed(lines[:position], begin, in_use, generator)
    return [*before, *_placed(lines[position:], in_use, until, generator)]


def _placed(lines: list[_Planned], begin: int, until: int, generator: np.random.Generator) -> list[PriorLine]:
    """Put lines one after the other between two days; where there is too little room, all are shortened alike."""
    if not lines:
        return []
    least = sum(line.least for line in lines)
    elastic = sum(line.length + line.wait for line in lines) - least
    room = max(until - begin - least, 0)
    squeeze = min(1.0, room / elastic)
    gaps = generator.dirichlet([0.6, *[1.0] * len(lines)]) * (room - squeeze * elastic)
    placed, day = [], float(begin)
    for line, gap in zip(lines, gaps, strict=False):
        start, length = int(day + gap), line.least + squeeze * (line.length - line.least)
        placed.append(PriorLine(line.agent, start, start + int(length), "none"))
        day += gap + length + squeeze * line.wait
    return placed


def _pick(weighted: tuple[tuple[str, float], ...], generator: np.random.Generator) -> str:
    agents, weights = zip(*weighted, strict=True)
    return str(generator.choice(agents, p=np.array(weights) / sum(weights)))
