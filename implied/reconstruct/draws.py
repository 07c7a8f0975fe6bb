"""Plausible patients, drawn before any constraint is looked at.

A bare solution of the constraints is degenerate: most patients share the median. So each attribute is drawn first, in
the proportions and around the quantiles that the ledger prints of it; see :mod:`implied.reconstruct.quantities`.
Solving then changes these draws as little as the claims allow.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from ortools.sat.python import cp_model

from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, AllOf, Attribute, Condition, is_known
from implied.numbers.percentages import count_demands
from implied.reconstruct.alone import alone
from implied.reconstruct.coded import NO_NUMBER, NO_VALUE, Coding, Floats, Rows, Truths
from implied.reconstruct.fitting import Demand, demanded, fitted
from implied.reconstruct.quantities import ranked
from implied.reconstruct.tallies import Tally

_CORRELATION = 0.8
"""Correlation of the normal scores of a number with the number it moves with."""
_EVENNESS = 3.0
"""How even the random proportions are of values that no claim counts."""


class Draws:
    """What a ledger says of single attributes, ready to be drawn from any number of times.

    Parameters
    ----------
    ledger
        Where proportions, quantiles and ranges come from.
    coding
        The attributes with their bounds.
    """

    def __init__(self, ledger: Ledger, coding: Coding) -> None:
        self.size = ledger.size
        self.coding = coding
        self.alone = {name: alone(coding, attribute, ledger) for name, attribute in coding.attributes.items()}

    def summed_up(self) -> dict[str, list[Condition]]:
        """Name the numbers of which claims print more than how many are known, with the groups they speak of."""
        summed_up = {
            name: [group for group, summary in claims.summaries if summary.statistics]
            for name, claims in self.alone.items()
        }
        return {name: groups for name, groups in summed_up.items() if groups}

    def unlike(self, rows: Rows) -> set[str]:
        """Name the numbers that patients have otherwise than claims sum them up."""
        return {
            name
            for name, claims in self.alone.items()
            for group, summary in (claims.summaries if self.coding.attributes[name].is_number else ())
            if not summary.prints(
                rows[self.coding.test(AllOf((group, is_known(name))))(rows), self.coding.column[name]]
            )
        }

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
                    present = self._present(rows, attribute, generator)
                    self._draw_numbers(rows, attribute, present, scores[attribute.name], generator)
        return rows

    def redrawn(self, rows: Rows, names: Collection[str], generator: np.random.Generator) -> Rows:
        """Draw some numbers again for patients whose other values are settled, so that they fit those they apply to."""
        renewed, scores = rows.copy(), self._scores(generator)
        for name in [name for name in self.coding.attributes if name in names]:
            present = rows[:, self.coding.column[name]] != NO_NUMBER
            self._draw_numbers(renewed, self.coding.attributes[name], present, scores[name], generator)
            self._fit(renewed, self.coding.attributes[name], generator)
        return renewed

    def _fit(self, rows: Rows, attribute: Attribute, generator: np.random.Generator) -> None:
        """Move numbers so that the claims about all groups come out, which may overlap."""
        claims, numbers = self.alone[attribute.name], rows[:, self.coding.column[attribute.name]]
        present = self.coding.test(is_known(attribute.name))(rows)
        groups = [(present & self.coding.test(group)(rows), summary) for group, summary in claims.summaries]
        demands = [demand for group, summary in groups for demand in demanded(summary, group, numbers)]
        for beyond in claims.beyond:
            group = self.coding.test(beyond.population)(rows)
            counts = beyond.printed.counts(int(group.sum()))
            if counts:
                low = attribute.minimum if beyond.low is None else beyond.low
                high = attribute.maximum if beyond.high is None else beyond.high
                demands.append(Demand(group & present, low, high, counts[0], counts[-1]))
        means = [(group, summary) for group, summary in groups if "mean" in summary.statistics]
        if demands or means:
            numbers[present] = fitted(numbers, attribute, demands, means, generator)[present]

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
        """Draw each value as often as claims say, those nobody counted at random; in random order."""
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
        """Choose how many patients are like each example, near the aim, so that claims about this attribute come out.

        ``others`` are the patients to whom the attribute does not apply.
        """
        claims, wanted = self.alone[name], [*aim, 0][: len(examples)]
        if not claims.counted and not claims.totals:
            return np.array(wanted)
        model = cp_model.CpModel()
        counts = [model.new_int_var(0, int(aim.sum()), "") for _ in examples]
        model.add(sum(counts) == int(aim.sum()))

        def number(tally: Tally, which: int) -> cp_model.LinearExprT:
            adding, constant = tally.of(examples)[:, which], int(tally.of(others)[:, which].sum())
            return cp_model.LinearExpr.weighted_sum(counts, adding.tolist()) + constant

        for tally in claims.counted:
            for demand in count_demands(tally.printed.numbers, number(tally, 0), number(tally, 1)):
                model.add(demand)
        for tally, possible in claims.totals:
            model.add_linear_expression_in_domain(number(tally, 1), cp_model.Domain.from_values(possible))
        apart = [model.new_int_var(0, self.size, "") for _ in counts]
        for distance, count, aimed in zip(apart, counts, wanted, strict=True):
            model.add(distance >= count - int(aimed))
            model.add(distance >= int(aimed) - count)
        model.minimize(sum(apart))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.cp_model_presolve = False
        if solver.status_name(solver.solve(model)) not in ("OPTIMAL", "FEASIBLE"):
            return np.array(wanted)  # the claims contradict each other; whoever solves them all will find out
        return np.array([solver.value(count) for count in counts])

    def _present(self, rows: Rows, attribute: Attribute, generator: np.random.Generator) -> Truths:
        """Choose of whom a number is known: as many as claims say."""
        present = np.ones(len(rows), dtype=bool)
        if attribute.may_be_missing:
            for group, count in self.alone[attribute.name].numbers_known:
                members = self.coding.test(AllOf((attribute.applies_when, group)))(rows)
                order = generator.permutation(np.flatnonzero(members))
                present[order] = np.arange(len(order)) < count
        return present

    def _draw_numbers(
        self, rows: Rows, attribute: Attribute, present: Truths, score: Floats, generator: np.random.Generator
    ) -> None:
        """Draw a number for all of whom it is known: by the claims about their group, or else about everybody."""
        claims, column = self.alone[attribute.name], self.coding.column[attribute.name]
        applies = present & self.coding.test(attribute.applies_when)(rows)
        rows[~present, column] = NO_NUMBER
        if claims.events is not None or attribute.unit == "events":
            rows[present, column] = attribute.minimum
            rows[applies, column] = self._events(attribute, int(applies.sum()), generator)
            return
        for group, summary in claims.summaries:
            inside = self.coding.test(group)(rows)
            members, others = applies & inside, present & ~applies & inside
            size = int(members.sum())
            above = claims.above(group, int(inside.sum()), size)
            rows[members, column] = ranked(score[members], summary.drawn(size, above, generator))
            rows[others, column] = ranked(score[others], summary.drawn(int(others.sum()), {}, generator))

    def _events(self, attribute: Attribute, size: int, generator: np.random.Generator) -> Rows:
        """Draw numbers of events: so many in all, in so many patients, as far as claims say."""
        numbers = np.full(size, attribute.minimum, dtype=np.int64)
        claims = self.alone[attribute.name]
        patients = claims.with_events(len(numbers))
        total = claims.events if claims.events is not None else patients or 0
        concerned = generator.permutation(size)[: total if patients is None else patients]
        left = total - int(numbers.sum())
        while left > 0 and len(concerned) and (numbers[concerned] < attribute.maximum).any():
            step = concerned[numbers[concerned] < attribute.maximum][:left]
            numbers[step] += 1
            left -= len(step)
            concerned = generator.permutation(concerned)
        return numbers
