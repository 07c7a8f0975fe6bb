"""The badge: how many figures of each verdict, in words that fit the number, each part leading to its rows."""

from __future__ import annotations

import pytest
from docutils import nodes

from itpbook.results.verify import CONTRADICTED, INFERRED, NOT_AVAILABLE, REPRODUCED
from itpbook.sphinxext.badge import badge
from itpbook.sphinxext.nodes import Link


def lines(**counts: int) -> list[dict[str, str]]:
    return [{"verdict": name.replace("_", " ")} for name, count in counts.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "No published figures"),
        ({"reproduced": 1}, "1 published figure: ✓ 1 reproduced"),
        ({"contradicted": 2, "reproduced": 3}, "5 published figures: ✓ 3 reproduced, ✗ 2 contradicted"),
        ({"not_available": 2}, "2 published figures: – 2 not available"),
    ],
)
def test_words_fit_the_number_and_leave_out_verdicts_of_no_figure(counts: dict[str, int], words: str) -> None:
    assert badge(lines(**counts), "verification.html").astext() == words


def test_each_part_leads_to_the_rows_of_its_verdict() -> None:
    every = [{"verdict": verdict} for verdict in (REPRODUCED, INFERRED, CONTRADICTED, NOT_AVAILABLE)]
    made = badge(every, "../chapters/verification.html")
    assert [link["refuri"].removeprefix("../chapters/verification.html") for link in made.findall(Link)] == [
        "#ledger",
        "?verdict=reproduced#ledger",
        "?verdict=reproduced-under-an-inferred-reading#ledger",
        "?verdict=contradicted#ledger",
        "?verdict=not-available#ledger",
    ]
    assert isinstance(made, nodes.paragraph)
