"""Colours: all of them known on a dark page, and seen there as on a light one."""

from __future__ import annotations

import pytest

from itpbook.presentation import palette
from itpbook.presentation.figures import style

DATA_COLOURS = (
    palette.BLUE,
    palette.ORANGE,
    palette.GREY,
    palette.AMBER,
    palette.SILVER,
    palette.WINE,
    palette.ROSE,
)
TEXT_COLOURS = (palette.INK, palette.MUTED, palette.BLUE, palette.ORANGE, palette.GREY, palette.WINE)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG."""
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", DATA_COLOURS)
def test_data_stand_out_on_both_grounds(colour: str):
    assert contrast(colour, palette.WHITE) >= 3
    assert contrast(palette.DARK[colour], palette.DARK[palette.WHITE]) >= 3


@pytest.mark.parametrize("colour", TEXT_COLOURS)
def test_words_can_be_read_on_both_grounds(colour: str):
    assert contrast(colour, palette.WHITE) >= 4.5
    assert contrast(palette.DARK[colour], palette.DARK[palette.WHITE]) >= 4.5


def test_no_two_colours_become_one_in_the_dark():
    assert len(set(palette.DARK.values())) == len(palette.DARK)


def test_a_colour_from_elsewhere_is_refused():
    with pytest.raises(palette.UnknownColour, match="#123456"):
        palette.darkened('<path style="fill: #123456"/>')


def test_colours_keep_three_to_one_on_white() -> None:
    for colour in (*style.RESPONSE_COLOURS.values(), palette.MUTED, palette.INK):
        assert (1.05) / (luminance(colour) + 0.05) >= 3
