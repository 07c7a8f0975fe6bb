"""The list of deliberate damages fits the project: `make damage` can do each of them."""

from __future__ import annotations

import re

import pytest

from tests.damage.damages import DAMAGES, ROOT, Damage


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: f"{damage.file}: {damage.what}")
def test_there_is_something_to_damage_and_tests_that_can_turn_red(damage: Damage):
    assert damage.before != damage.after
    assert damage.before in (ROOT / damage.file).read_text(encoding="utf-8")
    for test in damage.red:
        file, _, name = test.partition("::")
        assert re.search(rf"^def {name.partition('[')[0]}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_there_are_thirty():
    assert len({damage.what for damage in DAMAGES}) == len(DAMAGES) >= 30
