"""Plausible patients, drawn before any constraint is looked at.

A bare solution of the constraints is degenerate: most patients share the median. So each attribute is drawn first, in
the proportions and around the quantiles that the ledger prints of it; see :mod:`implied.reconstruct.quantities`.
Solving then changes these draws as little as the figures allow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from ortools.sat.python import cp_model

from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, AllOf, Attribute, Between, Condition
from implied.reconstruct.alone import alone
from implied.reconstruct.coded import NO_NUMBER, NO_VALUE, Coding, Floats, Rows, Truths
from implied.reconstruct.fitting import Demand, demanded, fitted
from implied.reconstruct.quantities import ranked
from implied.reconstruct.tallies import Tally

_CORRELATION = 0.8
"""Correlation of the normal scores of a number with the number it moves with."""
_EVENNESS = 3.0
"""How even the random proportions are of values that no figure counts."""


class Draws:
    """What a ledger says of single attributes, ready to be drawn from any number of times.

    Parameters
    ----------
    ledger
        Where proportions, quantiles and ranges come from.
    coding
        The attributes with their bounds.
    readings
        For each entry that is not read literally, the name of its reading.
    """

    def __init__(self, ledger: Ledger, coding: Coding, readings: Mapping[str, str]) -> None:
        self.size = ledger.size
        self.coding = coding
        entries = [(entry, entry.reading(readings.get(entry.id, "literal"))) for entry in ledger]
        self.alone = {
            name: alone(coding, attribute, entries, self.size) for name, attribute in coding.attributes.items()
        }

    def summed_up(self) -> dict[str, list[Condition]]:
        """Name the numbers of which figures print more than how many are known, with the groups they speak of."""
        found = {
            name: [group for group, summary in said.summaries if summary.statistics]
            for name, said in self.alone.items()
        }
        return {name: groups for name, groups in found.items() if groups}

    def unlike(self, rows: Rows) -> set[str]:
        """Name the numbers that patients have otherwise than figures sum them up."""
        found = set()
        for name, said in self.alone.items():
            for group, summary in said.summaries if self.coding.attributes[name].is_number else ():
                known = Between(name, None, None, above=False)
                members = self.coding.test(AllOf((group, known)))(rows)
                if not summary.prints(rows[members, self.coding.column[name]]):
                    found.add(name)
        return found

    def drawn(self, generator: np.random.Generator) -> Rows:
        """Draw as many patients as the ledger counts, each attribute for itself.

        Numbers stand also for patients to whom they do not apply (yet).
        """
        rows = self.coding.empty(self.size)
        scores = self._scores(generator)
        attributes = self.coding.attributes.values()
        for limited in (False, True):  # what decides whether others apply comes before those
            for attribute in attributes:
                if (attribute.applies_when != EVERYONE) == limited and not attribute.is_number:
                    self._draw_values(rows, attribute, generator)
            for attribute in attributes:
                if (attribute.applies_when != EVERYONE) == limited and attribute.is_number:
                    known = self._known(rows, attribute, generator)
                    self._draw_numbers(rows, attribute, known, scores[attribute.name], generator)
        return rows

    def redrawn(self, rows: Rows, names: Collection[str], generator: np.random.Generator) -> Rows:
        """Draw some numbers again for patients whose other values are settled, so that they fit those they apply to."""
        renewed, scores = rows.copy(), self._scores(generator)
        for name in [name for name in self.coding.attributes if name in names]:
            known = rows[:, self.coding.column[name]] != NO_NUMBER
            self._draw_numbers(renewed, self.coding.attributes[name], known, scores[name], generator)
            self._fit(renewed, self.coding.attributes[name], generator)
        return renewed

    def _fit(self, rows: Rows, attribute: Attribute, generator: np.random.Generator) -> None:
        """Move numbers so that the figures of all groups come out, which may overlap."""
        said, numbers = self.alone[attribute.name], rows[:, self.coding.column[attribute.name]]
        known = self.coding.test(Between(attribute.name, None, None, above=False))(rows)
        groups = [(known & self.coding.test(group)(rows), summary) for group, summary in said.summaries]
        demands = [demand for group, summary in groups for demand in demanded(summary, group, numbers)]
        for each in said.beyond:
            group = self.coding.test(each.population)(rows)
            counts = each.printed.counts(int(group.sum()))
            if counts:
                low = attribute.minimum if each.low is None else each.low
                high = attribute.maximum if each.high is None else each.high
                demands.append(Demand(group & known, low, high, counts[0], counts[-1]))
        means = [(group, summary) for group, summary in groups if "mean" in summary.statistics]
        if demands or means:
            numbers[known] = fitted(numbers, attribute, demands, means, generator)[known]

    def _scores(self, generator: np.random.Generator) -> dict[str, Floats]:
        """Draw a normal score for each patient and number; numbers that move together have correlated scores."""
        scores: dict[str, Floats] = {}
        for name, attribute in self.coding.attributes.items():
            if attribute.is_number:
                score = generator.standard_normal(self.size)
                if attribute.moves_with in scores:
                    score = _CORRELATION * scores[attribute.moves_with] + np.sqrt(1 - _CORRELATION**2) * score
                scores[name] = score
        return scores

    def _draw_values(self, rows: Rows, attribute: Attribute, generator: np.random.Generator) -> None:
        """Draw each value as often as figures say, those nobody counted at random; in random order."""
        column = self.coding.column[attribute.name]
        applies = self.coding.test(attribute.applies_when)(rows)
        codes = [*range(len(attribute.values)), *([NO_VALUE] if attribute.may_be_missing else [])]
        size = int(applies.sum())
        aim = generator.multinomial(size, generator.dirichlet([_EVENNESS] * len(attribute.values)))
        order = generator.permutation(np.flatnonzero(applies))
        if size:
            examples = np.repeat(rows[order[:1]], len(codes), axis=0)
            examples[:, column] = codes
            rows[order, column] = np.repeat(codes, self._counts(attribute.name, examples, rows[~applies], aim))

    def _counts(self, name: str, examples: Rows, others: Rows, aim: Rows) -> Rows:
        """Choose how many patients are like each example, near the aim, so that figures of this attribute come out.

        ``others`` are the patients to whom the attribute does not apply.
        """
        said, wanted = self.alone[name], [*aim, 0][: len(examples)]
        if not said.counted and not said.totals:
            return np.array(wanted)
        model = cp_model.CpModel()
        counts = [model.new_int_var(0, int(aim.sum()), "") for _ in examples]
        model.add(sum(counts) == int(aim.sum()))

        def number(tally: Tally, which: int) -> cp_model.LinearExprT:
            adding, constant = tally.of(examples)[:, which], int(tally.of(others)[:, which].sum())
            return cp_model.LinearExpr.weighted_sum(counts, adding.tolist()) + constant

        for tally in said.counted:
            tally.printed.demand(model, number(tally, 0), number(tally, 1))
        for tally, possible in said.totals:
            model.add_linear_expression_in_domain(number(tally, 1), cp_model.Domain.from_values(possible))
        apart = [model.new_int_var(0, self.size, "") for _ in counts]
        for distance, count, at in zip(apart, counts, wanted, strict=True):
            model.add(distance >= count - int(at))
            model.add(distance >= int(at) - count)
        model.minimize(sum(apart))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.cp_model_presolve = False
        if solver.status_name(solver.solve(model)) not in ("OPTIMAL", "FEASIBLE"):
            return np.array(wanted)  # the figures contradict each other; whoever solves them all will find out
        return np.array([solver.value(count) for count in counts])

    def _known(self, rows: Rows, attribute: Attribute, generator: np.random.Generator) -> Truths:
        """Choose of whom a number is known: as many as figures say."""
        known = np.ones(len(rows), dtype=bool)
        if attribute.may_be_missing:
            for group, count in self.alone[attribute.name].known:
                members = self.coding.test(AllOf((attribute.applies_when, group)))(rows)
                order = generator.permutation(np.flatnonzero(members))
                known[order] = np.arange(len(order)) < count
        return known

    def _draw_numbers(
        self, rows: Rows, attribute: Attribute, known: Truths, score: Floats, generator: np.random.Generator
    ) -> None:
        """Draw a number for all of whom it is known: by the figures of their group, or else by those of everybody."""
        said, column = self.alone[attribute.name], self.coding.column[attribute.name]
        applies = known & self.coding.test(attribute.applies_when)(rows)
        rows[~known, column] = NO_NUMBER
        if said.events is not None or attribute.unit == "events":
            rows[known, column] = attribute.minimum
            rows[applies, column] = self._events(attribute, int(applies.sum()), generator)
            return
        for group, summary in said.summaries:
            inside = self.coding.test(group)(rows)
            members, others = applies & inside, known & ~applies & inside
            size = int(members.sum())
            above = said.above(group, int(inside.sum()), size)
            rows[members, column] = ranked(score[members], summary.drawn(size, above, generator))
            rows[others, column] = ranked(score[others], summary.drawn(int(others.sum()), {}, generator))

    def _events(self, attribute: Attribute, size: int, generator: np.random.Generator) -> Rows:
        """Draw numbers of events: so many in all, in so many patients, as far as figures say."""
        numbers = np.full(size, attribute.minimum, dtype=np.int64)
        events, patients = self.alone[attribute.name].events, self.alone[attribute.name].with_events(len(numbers))
        total = events if events is not None else patients or 0
        concerned = generator.permutation(size)[: total if patients is None else patients]
        left = total - int(numbers.sum())
        while left > 0 and len(concerned) and (numbers[concerned] < attribute.maximum).any():
            step = concerned[numbers[concerned] < attribute.maximum][:left]
            numbers[step] += 1
            left -= len(step)
            concerned = generator.permutation(concerned)
        return numbers
