"""Thirty deliberate damages over the whole project, each with the tests that turn red.

``python -m tests.damage.damages`` (or ``make damage``) copies the project, sees all of these tests pass, and then does
one damage after the other; it says of each which tests failed and how long that took, and ends with 1 if any passed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LEFT_OUT = (".git", ".venv", "_build", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis")


class Damage(NamedTuple):
    """What is damaged: the first occurrence of a text in a file becomes another, and tests fail."""

    what: str
    file: str
    before: str
    after: str
    red: tuple[str, ...]


PUBLISHED = "tests/itpbook/results/test_verify.py::test_the_published_ledger_against_the_stored_chapters"
OF_THE_ABSTRACT = "tests/implied/ledger/test_ledger.py::test_the_ledger_holds_every_published_figure_as_it_is_printed"
GIVES = "tests/implied/check/test_attribute_table.py::test_the_shipped_cohort_satisfies_the_shipped_ledger"
STORED = "tests/notebooks/test_stored_outputs.py"
KEYS = "tests/book/test_build_keys.py"

DAMAGES = (
    # Records.
    Damage("the sex of a patient", "data/cohort/patients.csv", ",female,", ",male,", (GIVES,)),
    Damage("a count of a patient", "data/cohort/platelets.csv", "\nSYN-07,0,", "\nSYN-07,0,1", (GIVES,)),
    Damage(
        "a patient without treatments",
        "data/cohort/treatments.csv",
        "\nSYN-07,",
        "\nSYN-99,",
        ("tests/itpbook/records/test_cohort.py::test_shipped_records_are_sound_synthetic_and_written_canonically",),
    ),
    Damage(
        "the sex of a patient of the example",
        "data/example/redcap_export.csv",
        ";F;",
        ";M;",
        ("tests/itpbook/intake/test_example.py::test_every_value_comes_out_of_the_import",),
    ),
    # Ledger and answers.
    Damage(
        "a figure that is possible but not published",
        "data/published.yaml",
        'count: "11", percent: "35"',
        'count: "12", percent: "39"',
        (OF_THE_ABSTRACT, GIVES, PUBLISHED),
    ),
    Damage(
        "a figure that is impossible",
        "data/published.yaml",
        'count: "11", percent: "35"',
        'count: "11", percent: "36"',
        (OF_THE_ABSTRACT, PUBLISHED),
    ),
    Damage(
        "an answer that the ledger forces",
        "data/determined.json",
        '"open.severe_patients"',
        '"open.severe_patient"',
        ("tests/implied/determine/test_stored_answers.py::test_what_can_be_reckoned_by_hand_is_reckoned_so",),
    ),
    Damage(
        "contradictions that are not looked for",
        "implied/determine/contradicted.py",
        "if entry.id in names and",
        "if entry.id not in names and",
        (
            "tests/implied/determine/test_contradicted.py"
            "::test_exactly_the_two_percentages_without_corticosteroids_are_contradicted",
        ),
    ),
    # Thresholds and statistics.
    Damage(
        "a complete response at exactly the bound",
        "itpbook/definitions.py",
        "cr_inclusive: bool = False",
        "cr_inclusive: bool = True",
        (
            "tests/itpbook/test_definitions.py::test_source_holds_the_published_thresholds",
            "tests/itpbook/study/test_outcomes_response.py::test_source_and_iwg_part_at_exactly_one_hundred",
        ),
    ),
    Damage(
        "a response above its lowest count only",
        "itpbook/study/outcomes/response.py",
        "count >= definitions.response_lower",
        "count > definitions.response_lower",
        ("tests/itpbook/study/test_outcomes_response.py::test_response_is_what_the_definitions_say",),
    ),
    Damage(
        "the level of confidence intervals",
        "itpbook/study/statistics.py",
        "LEVEL = 0.95",
        "LEVEL = 0.9",
        ("tests/itpbook/study/test_statistics.py::test_proportion_has_the_clopper_pearson_interval_of_the_literature",),
    ),
    # Stored outputs.
    Damage(
        "a stored figure",
        "chapters/safety.ipynb",
        '"printed": "13/31 (42%)"',
        '"printed": "13/31 (43%)"',
        (PUBLISHED,),
    ),
    Damage(
        "a cell that was never executed",
        "chapters/cohort.ipynb",
        '"execution_count": 2',
        '"execution_count": null',
        (f"{STORED}::test_every_code_cell_ran_and_in_order[cohort]",),
    ),
    Damage(
        "an alternative text",
        "chapters/determined.ipynb",
        '"alt": "Rows',
        '"alt": "Columns',
        (f"{STORED}::test_figures_are_there_and_say_what_they_show[determined]",),
    ),
    Damage(
        "a path of this machine in an output",
        "chapters/safety.ipynb",
        '"13/31 (42%)"',
        '"/home/somebody"',
        (f"{STORED}::test_nothing_of_the_machine_or_the_moment_is_stored[safety]",),
    ),
    # Links and references.
    Damage(
        "a figure quoted that nobody computed",
        "index.md",
        "{claim}`cohort.n`",
        "{claim}`cohort.size`",
        ("tests/book/test_quoted.py::test_every_figure_and_reference_that_is_quoted_exists[index.md]",),
    ),
    Damage(
        "the address of a figure's row",
        "itpbook/results/recorded_result.py",
        'result_id.replace(".", "-").replace("_", "-")',
        'result_id.replace(".", "-")',
        ("tests/itpbook/results/test_results.py::test_addresses_of_figures",),
    ),
    Damage(
        "an item of the checklist with neither link nor reason",
        "data/reporting.yaml",
        "reason:",
        "gap:",
        ("tests/itpbook/presentation/test_reporting.py::test_every_item_is_either_linked_or_explained",),
    ),
    # Rounding.
    Damage(
        "ties rounded down",
        "implied/numbers/rounding.py",
        '"half up": lambda _whole, rest: rest >= _HALF',
        '"half up": lambda _whole, rest: rest > _HALF',
        ("tests/implied/numbers/test_rounding.py::test_ten_of_sixteen_prints_63_as_the_source_does",),
    ),
    Damage(
        "numbers above those that print so",
        "implied/numbers/rounding.py",
        "with_high: bool = False",
        "with_high: bool = True",
        ("tests/implied/numbers/test_rounding.py::test_the_bounds_are_sharp",),
    ),
    # Suppression.
    Damage(
        "a count just below the threshold",
        "itpbook/disclosure/small_numbers.py",
        "return 0 < count < self.below",
        "return 0 < count < self.below - 1",
        ("tests/itpbook/disclosure/test_withheld_numbers.py::test_a_small_count_and_a_small_rest_are_withheld",),
    ),
    Damage(
        "two counts that differ by few",
        "itpbook/disclosure/small_numbers.py",
        "return one & other in (one, other) and self.small(",
        "return False and self.small(",
        (
            "tests/itpbook/disclosure/test_withheld_numbers.py"
            "::test_of_two_counts_that_differ_by_few_the_second_is_withheld",
        ),
    ),
    Damage(
        "a date in a free text",
        "itpbook/intake/redcap/identifying.py",
        "(CERTAIN, True)",
        "((), True)",
        ("tests/itpbook/intake/test_free_texts.py::test_an_example_of_every_form_is_found_under_its_name",),
    ),
    # What a build keeps, and where it goes.
    Damage(
        "packages that are no part of a key",
        "itpbook/book/reuse/build_keys.py",
        '"lock": contents(project.LOCK),',
        "",
        (f"{KEYS}::test_another_python_package_or_lock_changes_every_chapter_and_the_book",),
    ),
    Damage(
        "listings that are not observed",
        "itpbook/book/reuse/observed_inputs.py",
        '"os.listdir": _Observer.listed,',
        "",
        ("tests/book/test_build_observe.py::test_what_is_read_is_observed_and_what_is_made_is_not[a listing]",),
    ),
    Damage(
        "kept chapters that somebody edited",
        "itpbook/book/reuse/build_store.py",
        "if hashlib.sha256(text).hexdigest().encode() != digest:",
        "if not digest:",
        ("tests/book/test_build_kept.py::test_damaged_chapter_is_not_used[edited]",),
    ),
    Damage(
        "old pages removed before the new ones are there",
        "itpbook/book/book_folder.py",
        "return rename is not None",
        "return False",
        ("tests/book/test_build_place.py::test_two_folders_change_places_in_one_step",),
    ),
    # Refusals and what is written.
    Damage(
        "a refusal that does not say what is allowed",
        "itpbook/parameters.py",
        "must be {self.allowed} (",
        "is wrong (",
        ("tests/itpbook/test_parameters.py::test_a_lower_limit_of_small_numbers_is_refused[1]",),
    ),
    Damage(
        "a message about invalid records in other words",
        "itpbook/records/typed.py",
        '"no such column"',
        '"no column"',
        (
            "tests/itpbook/intake/test_refusals.py::test_message[column missing]",
            "tests/itpbook/intake/test_refusals.py::test_stored_file_has_these_bytes",
        ),
    ),
    Damage(
        "a stored message that no command gives",
        "data/refusals.json",
        "found no such folder",
        "found no folder",
        ("tests/itpbook/intake/test_refusals.py::test_message[no folder]",),
    ),
    Damage(
        "a key that stands twice",
        "implied/files/yaml_files.py",
        "if key in seen:",
        "if False:",
        ("tests/itpbook/test_parameters.py::test_a_file_that_holds_no_parameters_is_refused",),
    ),
    Damage(
        "formulas in tables that are handed out",
        "implied/files/spreadsheets.py",
        'return f"\'{text}" if',
        "return text if",
        ("tests/implied/files/test_spreadsheets.py::test_no_text_that_is_written_begins_a_formula",),
    ),
)


def tests_of(*damages: Damage) -> list[str]:
    """Return the tests that these damages turn red."""
    return list(dict.fromkeys(test for damage in damages for test in damage.red))


def run(copy: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """Run tests of a copy of the project, on its own packages."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rpfE", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def red_in(run: subprocess.CompletedProcess[str], test: str) -> bool:
    """Tell whether a test failed, for whatever parameters it has."""
    return re.search(rf"^(FAILED|ERROR) {re.escape(test)}(\[| |$)", run.stdout, re.MULTILINE) is not None


def main() -> int:
    """Do every damage; return how many were not seen."""
    unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(ROOT, Path(folder) / "project", ignore=shutil.ignore_patterns(*LEFT_OUT)))
        undamaged = run(copy, tests_of(*DAMAGES))
        if undamaged.returncode:
            print(f"the undamaged project fails:\n{undamaged.stdout}", file=sys.stderr)
            return 1
        for damage in DAMAGES:
            path = copy / damage.file
            text, begun = path.read_text(encoding="utf-8"), time.monotonic()
            path.write_text(text.replace(damage.before, damage.after, 1), encoding="utf-8")
            ran = run(copy, list(damage.red))
            path.write_text(text, encoding="utf-8")
            green = [test for test in damage.red if not red_in(ran, test)]
            unseen += bool(green)
            print(f"{'NOT SEEN' if green else 'red'} in {time.monotonic() - begun:.0f} s: {damage.file}: {damage.what}")
            print(
                "".join(f"    {'green' if test in green else 'red'}: {test}\n" for test in damage.red),
                end="",
                flush=True,
            )
    return unseen


if __name__ == "__main__":
    sys.exit(main())
