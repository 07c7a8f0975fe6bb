"""The ledger: the published figures as they are printed, and a file that is refused with every mistake named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ledgers import Written, counted, entry_of, loaded, small_ledger, write_ledger

from implied.ledger import LedgerError, load_ledger
from implied.ledger.checks import percentage_problems
from implied.ledger.conditions import EVERYONE, AllOf, Between, OneOf, attributes_of, holds
from itpbook import project
from itpbook.records.cohort import load_cohort
from itpbook.results import Result, read_results
from itpbook.shipped import shipped_ledger
from itpbook.study.outcomes import derive

PRINTED = {
    "methods.chronic": ">12",
    "methods.persistent": ">3",
    "methods.tpo_ra_failed": "2",
    "methods.cr": ">100",
    "methods.r_range": "30-100",
    "methods.r_fold": "2",
    "cohort.n": "31",
    "cohort.female": "65%",
    "cohort.age": "57 [23-82]",
    "cohort.secondary": "5 (16%)",
    "cohort.secondary.evans": "2",
    "cohort.secondary.sle_aps": "1",
    "cohort.secondary.primary_aps": "1",
    "cohort.secondary.waldenstrom": "1",
    "cohort.mgus": "4",
    "cohort.ana": "11 (35%)",
    "cohort.ana_titer": ">1/160",
    "cohort.prior.corticosteroids": "all",
    "cohort.steroid_refractory": "16/31 (52%)",
    "cohort.prior.ivig": "28/31, 90%",
    "cohort.prior.immunosuppressant": "16/31, 52%",
    "cohort.splenectomy": "25 (81%)",
    "cohort.no_splenectomy": "6",
    "cohort.no_splenectomy.age_comorbidity": "3",
    "cohort.no_splenectomy.aps": "2",
    "cohort.no_splenectomy.refusal": "1",
    "cohort.itp_duration": "57 [3-393]",
    "cohort.chronic": "28/31 (90%)",
    "cohort.persistent": "3/31 (10%)",
    "cohort.bleeding": "23 (74%)",
    "cohort.platelets": "10 [1-35]",
    "treatment.eltrombopag": "18",
    "treatment.romiplostim": "13",
    "treatment.mycophenolate": "15",
    "treatment.azathioprine": "12",
    "treatment.cyclophosphamide": "2",
    "treatment.ciclosporin": "1",
    "treatment.everolimus": "1",
    "treatment.duration": "12 [1-103]",
    "treatment.combination_only": "19 (61%)",
    "treatment.corticosteroids": "10",
    "treatment.corticosteroids.short_high": "5",
    "treatment.corticosteroids.long_low": "5",
    "treatment.hydroxychloroquine": "5",
    "efficacy.response": "81% (25/31)",
    "efficacy.cr": "19/31 (61%)",
    "efficacy.time_to_response": "30 [7-270]",
    "efficacy.duration_of_response": "12 [4-55]",
    "efficacy.no_steroid.cr": "59%",
    "efficacy.no_steroid.r": "12%",
    "efficacy.prior_ist.cr": "63%",
    "efficacy.prior_ist.r": "25%",
    "safety.any_ae": "13/31 (42%)",
    "safety.severe": "7",
    "safety.thromboembolic": "3",
    "safety.dvt_pe": "3",
    "safety.cvt": "1",
    "safety.infection": "3",
    "safety.infection.cholecystitis": "1",
    "safety.infection.herpes_zoster": "1",
    "safety.infection.dental_abscess": "1",
    "safety.followup": "18 [6-103]",
    "safety.deaths": "1",
}
"""Every figure of the abstract, id and printed characters, written down apart from the ledger."""


def test_the_ledger_holds_every_published_figure_as_it_is_printed():
    assert len(PRINTED) == 63
    assert {entry.id: entry.text for entry in shipped_ledger()} == PRINTED
    assert [entry.id for entry in shipped_ledger()] == list(PRINTED)


def test_every_figure_of_the_ledger_is_about_something_or_defines_something():
    for entry in shipped_ledger():
        subjects = [entry.condition is not None, bool(entry.sum), entry.quantity is not None]
        assert sum(subjects) == (not entry.is_threshold)
    thresholds = [entry.id for entry in shipped_ledger() if entry.is_threshold]
    assert thresholds == [name for name in PRINTED if name.startswith("methods.")] + ["cohort.ana_titer"]


def test_equal_figures_are_told_apart_by_what_they_count():
    ledger = shipped_ledger()
    for same in (
        ["cohort.steroid_refractory", "cohort.prior.immunosuppressant"],
        ["cohort.chronic", "cohort.prior.ivig"],
        ["cohort.splenectomy", "efficacy.response"],
        ["treatment.combination_only", "efficacy.cr"],
    ):
        first, second = (ledger[name] for name in same)
        assert first.printed["count"] == second.printed["count"]
        assert set(attributes_of(first.condition)).isdisjoint(attributes_of(second.condition))


def test_only_the_figures_without_stated_denominator_have_an_inferred_reading():
    ledger = shipped_ledger()
    inferred = {entry.id: entry.reading("inferred") for entry in ledger if len(entry.readings) > 1}
    assert list(inferred) == ["efficacy.no_steroid.cr", "efficacy.no_steroid.r"]
    assert len(set(inferred.values())) == 1
    for reading in inferred.values():
        assert reading.population == OneOf("corticosteroid_free_inferred", (True,))
        assert "denominator" in reading.because
    with pytest.raises(KeyError):
        ledger["efficacy.cr"].reading("inferred")


def test_bounds_may_name_thresholds_and_months_become_days():
    condition = shipped_ledger()["cohort.persistent"].condition
    assert condition == Between("itp_duration_days", Fraction("91.3125"), Fraction("365.25"), above=True)


def recorded() -> dict[tuple[str, str], Result]:
    return {(result.id, result.reading): result for result in read_results(project.CHAPTERS)}


def test_the_ledgers_own_conditions_count_the_same_patients_as_the_chapters():
    patients, results, counted = derive(load_cohort(project.COHORT)), recorded(), 0
    for entry in shipped_ledger():
        if entry.condition is None:
            continue
        for reading in entry.readings:
            among = holds(reading.population, patients)
            result = results[entry.id, reading.name]
            n, total = int((among & holds(entry.condition, patients)).sum()), int(among.sum())
            assert (result.n, result.N) == (n, total), (entry.id, reading.name)
            counted += 1
    assert counted == 48


def test_the_ledgers_own_sums_and_quantities_are_those_of_the_chapters():
    patients, results = derive(load_cohort(project.COHORT)), recorded()
    for entry in shipped_ledger():
        result = results[entry.id, "literal"]
        if entry.sum:
            assert result.statistics["count"]["raw"] == patients[list(entry.sum)].to_numpy().sum()
        elif entry.quantity is not None:
            values = patients.loc[holds(entry.readings[0].population, patients), entry.quantity].dropna()
            assert result.n == result.N == len(values)
            factor = 30.4375 if entry.unit == "months" else 1
            assert result.statistics["maximum"]["raw"] == pytest.approx(values.max() / factor)


def test_a_ledger_is_frozen_and_found_by_id(tmp_path: Path):
    ledger = loaded(small_ledger(), tmp_path)
    assert (len(ledger), ledger.size) == (7, 10)
    assert "cohort.n" in ledger
    assert "cohort.x" not in ledger
    assert [entry.id for entry in ledger][:2] == ["methods.long", "cohort.n"]
    with pytest.raises(KeyError, match=r"cohort\.x"):
        ledger["cohort.x"]
    with pytest.raises(FrozenInstanceError):
        ledger["cohort.n"].label = "other"  # type: ignore[misc]


def test_what_is_written_becomes_what_is_meant(tmp_path: Path):
    ledger = loaded(small_ledger(), tmp_path)
    assert ledger["cohort.long"].condition == Between("duration_days", Fraction("365.25"), None, above=True)
    assert ledger["cohort.long"].text == "4/10 (40%)"
    assert ledger["cohort.n"].condition == ledger["cohort.n"].readings[0].population == EVERYONE
    women = ledger["cohort.women.cr"]
    assert [reading.among for reading in women.readings] == ["women", "women without events"]
    assert women.reading("inferred").population == AllOf(
        (OneOf("sex", ("female",)), Between("events", None, Fraction(0), above=False))
    )
    assert ledger.attributes["time_days"].applies_when == OneOf("response", ("CR", "R"))
    assert ledger.attributes["time_days"].moves_with == "duration_days"
    first, second = ledger.rules
    assert (dict(first.terms), first.low, first.high, first.then) == (
        {"duration_days": 1, "time_days": -1},
        0,
        None,
        None,
    )
    assert (second.when, second.then) == (OneOf("sex", ("male",)), OneOf("response", ("CR", "R")))


def test_values_may_be_missing_only_where_that_is_declared(tmp_path: Path):
    written = small_ledger()
    written["attributes"]["sex"]["may_be_missing"] = True
    written["attributes"]["time_days"]["may_be_missing"] = True
    changed("cohort.women.cr", population={"sex": {"known": True}}, inferred=None)(written)
    changed("cohort.long", population={"time_days": {"known": True}}, among="known")(written)
    ledger = loaded(written, tmp_path)
    assert [name for name, each in ledger.attributes.items() if each.may_be_missing] == ["sex", "time_days"]
    assert ledger["cohort.women.cr"].readings[0].population == OneOf("sex", ("female", "male"))
    assert ledger["cohort.long"].readings[0].population == Between("time_days", None, None, above=False)


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ({"mean": "11.5"}, "11.5"),
        ({"median": "11"}, "11"),
        ({"available": "9"}, "n = 9"),
        ({"median": "11", "q1": "3", "q3": "20"}, "11 [3-20]"),
        ({"mean": "11.5", "minimum": "1", "maximum": "40"}, "11.5 [1-40]"),
        ({"median": "11", "q1": "3", "q3": "20", "minimum": "1", "maximum": "40"}, "11 [3-20], range 1-40"),
        ({"minimum": "1", "maximum": "40"}, "1-40"),
    ],
)
def test_usual_summaries_need_no_layout(printed: dict[str, str], text: str, tmp_path: Path):
    written = small_ledger()
    changed("cohort.duration", printed=printed)(written)
    assert loaded(written, tmp_path)["cohort.duration"].text == text


def test_printed_numbers_keep_the_order_of_the_source(tmp_path: Path):
    written = small_ledger()
    entry_of(written, "cohort.long")["printed"] = {"percent": "40", "count": "4", "denominator": "10"}
    assert loaded(written, tmp_path)["cohort.long"].text == "40% (4/10)"


def test_the_digest_is_that_of_the_bytes(tmp_path: Path):
    path = write_ledger(small_ledger(), tmp_path)
    before = load_ledger(path).digest
    path.write_bytes(path.read_bytes() + b"# a remark\n")
    assert load_ledger(path).digest != before


def test_an_entry_without_printed_count_of_all_patients_has_no_size(tmp_path: Path):
    written = small_ledger()
    written["entries"].remove(entry_of(written, "cohort.n"))
    with pytest.raises(LedgerError, match=re.escape("no entry counts all patients (condition: {})")):
        loaded(written, tmp_path)
    written["entries"].append(counted("cohort.all", {}, count="all"))
    with pytest.raises(LedgerError, match="no entry counts all patients"):
        loaded(written, tmp_path)


Alteration = Callable[[Written], Any]


def changed(entry_id: str, **changes: Any) -> Alteration:
    return lambda written: entry_of(written, entry_id).update(changes)


def attribute(name: str, **changes: Any) -> Alteration:
    return lambda written: written["attributes"].setdefault(name, {"label": "New"}).update(changes)


def rule(**changes: Any) -> Alteration:
    return lambda written: written["rules"].append({"because": "so", **changes})


def added(**changes: Any) -> Alteration:
    new = {"section": "cohort", "label": "New", "printed": {"count": "1"}, "condition": {}}
    return lambda written: written["entries"].append({**new, **changes})


WRONG: dict[str, tuple[Alteration, str]] = {
    "duplicate id": (added(id="cohort.women"), "cohort.women: this id stands 2 times"),
    "no id": (added(), "entry 8 (no id): id: Field required"),
    "id of odd characters": (added(id="cohort.Æ"), "cohort.Æ: id: String should match pattern"),
    "no mapping": (lambda written: written["entries"].append("cohort.x"), "entry 8 (no id): Input should be"),
    "unknown key": (changed("cohort.n", colour="red"), "cohort.n: colour: Extra inputs are not permitted"),
    "count that does not print its percentage": (
        changed("cohort.long", printed={"count": "4", "denominator": "10", "percent": "41"}),
        "cohort.long: 4 of 10 prints 40%, not 41%",
    ),
    "percentage of everyone that no count gives": (
        changed("cohort.women", printed={"percent": "65"}),
        "cohort.women: no count of 10 patients prints 65% (6 gives 60% and 7 gives 70%)",
    ),
    "percentage that no count of its denominator gives": (
        changed("cohort.women", printed={"percent": "59", "denominator": "21"}, layout="{percent}% of {denominator}"),
        "cohort.women: no count of 21 patients prints 59% (12 gives 57% and 13 gives 62%)",
    ),
    "count above the denominator": (
        changed("cohort.long", printed={"count": "12", "denominator": "10", "percent": "120"}),
        "cohort.long: 12 of 10 patients cannot be",
    ),
    "count above all patients": (changed("cohort.women", printed={"count": "11"}), "11 of 10 patients cannot be"),
    "percentage of nobody": (
        changed("cohort.long", printed={"count": "0", "denominator": "0", "percent": "0"}),
        "cohort.long: a percentage of 0 patients",
    ),
    "missing denominator": (
        lambda written: entry_of(written, "cohort.women").pop("population"),
        "cohort.women: a percentage without denominator",
    ),
    "unknown attribute": (
        changed("cohort.women", condition={"gender": "f"}),
        "cohort.women: unknown attribute 'gender'",
    ),
    "unknown attribute of a population": (
        changed("cohort.women.cr", population={"gender": "f"}),
        "cohort.women.cr: unknown attribute 'gender'",
    ),
    "unknown attribute of an inferred population": (
        changed("cohort.women.cr", inferred={"population": {"gender": "f"}, "among": "w", "because": "b"}),
        "cohort.women.cr: unknown attribute 'gender'",
    ),
    "unknown quantity": (changed("cohort.duration", quantity="weeks"), "cohort.duration: unknown attribute 'weeks'"),
    "quantity that is no number": (changed("cohort.duration", quantity="sex"), "'sex', or not a number"),
    "unknown sum": (changed("cohort.events", sum=["deaths"]), "cohort.events: unknown attribute 'deaths'"),
    "unknown value": (changed("cohort.women", condition={"sex": "f"}), "cohort.women: sex cannot be f; allowed are"),
    "unknown threshold": (
        changed("cohort.long", condition={"duration_days": {"above": "methods.short"}}),
        "cohort.long: duration_days: 'methods.short' is neither a number nor a threshold of the ledger (methods.long)",
    ),
    "bound of another unit": (
        changed("cohort.long", condition={"events": {"above": "methods.long"}}),
        "cohort.long: methods.long: events is in events, found the unit 'months'",
    ),
    "bound that is no number": (
        changed("cohort.long", condition={"events": {"above": True}}),
        "True is neither a number",
    ),
    "bound that is a list": (changed("cohort.long", condition={"events": {"above": [1]}}), "[1] is neither a number"),
    "bound without end": (changed("cohort.long", condition={"events": {"above": float("inf")}}), "inf is neither"),
    "printed as a number": (
        changed("cohort.n", printed={"count": 10}),
        "cohort.n: printed.count: Input should be a valid string (found 10)",
    ),
    "letters for a number": (
        changed("cohort.n", printed={"count": "ten"}),
        "cohort.n: printed.count: String should match",
    ),
    "zero in front": (changed("cohort.n", printed={"count": "010"}), "cohort.n: printed.count"),
    "digits of another script": (changed("cohort.n", printed={"count": "\u0661\u0660"}), "cohort.n: printed.count"),
    "fraction of a patient": (changed("cohort.n", printed={"count": "10.5"}), "cohort.n: printed.count"),
    "sign of per cent": (changed("cohort.women", printed={"percent": "60%"}), "cohort.women: printed.percent"),
    "threshold without number": (
        changed("methods.long", printed={"threshold": ">"}),
        "methods.long: printed.threshold",
    ),
    "threshold by zero": (changed("methods.long", printed={"threshold": ">1/0"}), "methods.long: printed.threshold"),
    "unknown statistic": (changed("cohort.n", printed={"average": "10"}), "cohort.n: printed.average: Extra inputs"),
    "nothing printed": (changed("cohort.n", printed={}), "cohort.n: needs a layout that uses a printed number"),
    "no usual layout": (
        changed("cohort.n", printed={"denominator": "10", "count": "10"}),
        "cohort.n: needs a layout that uses denominator, count",
    ),
    "layout that leaves out a number": (
        changed("cohort.long", layout="{count} ({percent}%)"),
        "cohort.long: needs a layout that uses count, denominator, percent and no other number",
    ),
    "layout of an unknown number": (changed("cohort.n", layout="{count} of {total}"), "cohort.n: needs a layout"),
    "layout with a typed number": (changed("cohort.n", layout="{count} of 10"), "cohort.n: needs a layout"),
    "layout that reaches inside": (changed("cohort.n", layout="{count.real}"), "cohort.n: needs a layout"),
    "layout that reformats": (changed("cohort.n", layout="{count:>9}"), "cohort.n: needs a layout"),
    "layout that is torn": (changed("cohort.n", layout="{count"), "cohort.n: the layout '{count' cannot be read"),
    "no subject": (added(id="cohort.x", condition=None), "cohort.x: give one of condition, sum and quantity"),
    "two subjects": (changed("cohort.events", condition={}), "cohort.events: give one of condition, sum and quantity"),
    "threshold with a subject": (changed("methods.long", condition={}), "methods.long: give one of"),
    "median of a count": (
        changed("cohort.n", printed={"median": "10"}, layout="{median}"),
        "cohort.n: median cannot be printed",
    ),
    "percentage of events": (
        changed("cohort.events", printed={"count": "5", "percent": "50"}, population="everyone"),
        "cohort.events: percent cannot be printed of an entry with sum",
    ),
    "mean of a count": (
        changed("cohort.n", printed={"mean": "10"}),
        "cohort.n: mean cannot be printed of an entry with",
    ),
    "number known of a count": (
        changed("cohort.n", printed={"available": "10"}),
        "cohort.n: available cannot be printed of an entry with condition",
    ),
    "mean with a sign": (changed("cohort.duration", printed={"mean": "-1"}), "cohort.duration: printed.mean: String"),
    "fraction of the patients known": (
        changed("cohort.duration", printed={"available": "9.5"}),
        "cohort.duration: printed.available: String should match",
    ),
    "known in more than all": (
        changed("cohort.duration", printed={"available": "11"}),
        "cohort.duration: known in 11 of 10 patients cannot be",
    ),
    "known of somebody else": (
        changed("cohort.women", condition={"sex": {"known": False}}),
        "cohort.women: sex: expected {known: true} and nothing beside it",
    ),
    "unit of a mean": (
        changed("cohort.duration", printed={"mean": "11"}, unit="weeks"),
        "cohort.duration: duration_days is in days: expected days or months, found the unit 'weeks'",
    ),
    "count of a summary": (
        changed("cohort.duration", printed={"count": "5"}),
        "cohort.duration: count cannot be printed of an entry with quantity",
    ),
    "population without words": (changed("cohort.n", population={"sex": "male"}), "cohort.n: a population that is not"),
    "words without population": (changed("cohort.n", among="men"), "cohort.n: a population that is not everyone"),
    "population of events": (
        changed("cohort.events", population={"sex": "male"}, among="men"),
        "cohort.events: only patients who are counted or summarised have a population",
    ),
    "inferred reading without reason": (
        changed("cohort.women.cr", inferred={"population": {"sex": "female"}, "among": "women"}),
        "cohort.women.cr: inferred.because: Field required",
    ),
    "unit that days cannot be turned into": (
        changed("cohort.duration", unit="years"),
        "cohort.duration: duration_days is in days: expected days or months, found the unit 'years'",
    ),
    "unit of something else": (
        changed("cohort.events", unit="patients"),
        "cohort.events: events is in events, found the unit 'patients'",
    ),
    "attribute with values and range": (attribute("sex", minimum=0, maximum=1), "attribute sex: give either values"),
    "attribute with neither": (attribute("weight"), "attribute weight: give either values"),
    "attribute with half a range": (attribute("weight", maximum=9), "attribute weight: give either values"),
    "attribute with a range upside down": (attribute("weight", minimum=9, maximum=1), "minimum 9 exceeds maximum 1"),
    "attribute with a value twice": (
        attribute("sex", values=["female", "female"]),
        "attribute sex: a value stands twice",
    ),
    "attribute without label": (
        lambda written: written["attributes"].update(weight={"values": ["low"]}),
        "attribute weight: label",
    ),
    "attribute that may somehow be missing": (
        attribute("sex", may_be_missing="yes"),
        "attribute sex: may_be_missing: Input should be a valid boolean (found 'yes')",
    ),
    "attribute by the name of alternatives": (
        attribute("any", values=["a", "b"]),
        "attribute any: in conditions this word stands for alternatives",
    ),
    "attribute that follows nothing known": (attribute("events", moves_with="days"), "attribute events: moves_with"),
    "attribute that follows no number": (attribute("events", moves_with="sex"), "attribute events: moves_with"),
    "attribute that applies to nobody known": (
        attribute("events", applies_when={"age": 3}),
        "attribute events: unknown",
    ),
    "attribute that depends on itself": (
        attribute("events", applies_when={"events": {"above": 0}}),
        "attribute events: applies_when may not speak of events",
    ),
    "attribute that depends on one that depends": (
        attribute("events", applies_when={"time_days": {"above": 0}}),
        "attribute events: applies_when may not speak of time_days",
    ),
    "rule without consequence": (rule(when={"sex": "male"}), "rule 3 (so): give either then, or sum"),
    "rule with two consequences": (rule(then={"sex": "male"}, sum={"events": 1}, equals=0), "rule 3 (so): give either"),
    "rule with a sum without bound": (rule(sum={"events": 1}), "rule 3 (so): give either then, or sum"),
    "rule with a bound without sum": (rule(then={"sex": "male"}, at_least=1), "rule 3 (so): give either then, or sum"),
    "rule with two kinds of bound": (rule(sum={"events": 1}, equals=0, at_most=1), "rule 3 (so): give either then"),
    "rule of no number": (rule(sum={"sex": 1}, equals=0), "rule 3 (so): 'sex' is no declared number"),
    "rule of an unknown attribute": (
        rule(when={"age": 1}, then={"sex": "male"}),
        "rule 3 (so): unknown attribute 'age'",
    ),
    "rule without reason": (lambda written: written["rules"].append({"then": {}}), "rule 3: because: Field required"),
    "no entries": (lambda written: written.pop("entries"), "ledger.yaml, line 1: entries: Field required"),
}


def test_the_small_ledger_is_sound(tmp_path: Path):
    loaded(small_ledger(), tmp_path)


@pytest.mark.parametrize(("alter", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_with_its_entry(alter: Alteration, said: str, tmp_path: Path):
    written = small_ledger()
    alter(written)
    with pytest.raises(LedgerError) as caught:
        loaded(written, tmp_path)
    assert said in str(caught.value)


def test_one_mistake_is_one_problem(tmp_path: Path):
    for alter, _ in (WRONG["unknown attribute"], WRONG["unknown value"], WRONG["missing denominator"]):
        written = small_ledger()
        alter(written)
        with pytest.raises(LedgerError) as caught:
            loaded(written, tmp_path)
        assert len(caught.value.problems) == 1


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    kinds = [
        "percentage of everyone that no count gives",
        "unknown quantity",
        "attribute without label",
        "attribute that follows no number",
        "rule without reason",
        "unit of something else",
        "no subject",
        "no mapping",
    ]
    written = small_ledger()
    changed("cohort.long", printed={"count": "4", "denominator": "10", "percent": "40%"})(written)
    for kind in kinds:
        WRONG[kind][0](written)
    added(id="cohort.x")(written)
    with pytest.raises(LedgerError) as caught:
        loaded(written, tmp_path)
    assert {problem.partition(":")[0] for problem in caught.value.problems} == {
        "cohort.women",
        "cohort.duration",
        "attribute weight",
        "attribute events",
        "rule 3",
        "entry 9 (no id)",
        "cohort.events",
        "cohort.x",
        "cohort.long",
    }
    assert "cohort.x: this id stands 2 times" in caught.value.problems
    assert str(caught.value).splitlines() == list(caught.value.problems)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"entries: [", "is no YAML"),
        (b"\xff\xfe\x00", "is no YAML"),
        (b"source: a\nsource: b\n", "the key 'source' stands twice"),
        (b"attributes:\n  sex: {label: a, label: b}\n", "the key 'label' stands twice"),
        (b"", "ledger.yaml: Input should be"),
        (b"- 1\n", "ledger.yaml, line 1: Input should be"),
        (b"!!python/object/apply:os.getcwd []", "is no YAML"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused(content: bytes, said: str, tmp_path: Path):
    path = tmp_path / "ledger.yaml"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=re.escape(said)) as caught:
        load_ledger(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(LedgerError, match=re.escape(f"{path}: cannot be read")):
            load_ledger(path)


def test_percentages_of_an_unknown_number_of_patients_are_not_judged():
    ledger = shipped_ledger()
    assert [problem for entry in ledger for problem in percentage_problems(entry, ledger.size)] == []
    assert percentage_problems(ledger["cohort.female"], None) == []
    assert percentage_problems(ledger["cohort.female"], 30) == [
        "cohort.female: no count of 30 patients prints 65% (19 gives 63% and 20 gives 67%)"
    ]
    assert percentage_problems(ledger["cohort.prior.corticosteroids"], 30) == []


def test_a_wrong_figure_typed_into_the_ledger_is_noticed_when_it_does_not_fit_its_count(tmp_path: Path):
    path = tmp_path / "ledger.yaml"
    for right, wrong in (
        ('percent: "61"', 'percent: "62"'),
        ('percent: "74"', 'percent: "47"'),
        ('"13", denominator', '"14", denominator'),
    ):
        text = project.LEDGER.read_text(encoding="utf-8")
        assert right in text
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(LedgerError, match=r"\d+ of 31 prints \d+%, not \d+%"):
            load_ledger(path)
