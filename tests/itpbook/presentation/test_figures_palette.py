"""Colours: all of them known on a dark page, and seen there as on a light one."""

from __future__ import annotations

import re

import pytest

from itpbook.presentation import palette
from itpbook.presentation.figures import style
from tests.itpbook.presentation.test_figures import DRAWN, drawn, luminance

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


@pytest.mark.parametrize("cohort", ["ordinary", "large"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_colour_of_every_figure_has_a_dark_counterpart(name: str, cohort: str):
    svg = style.to_svg(drawn(name, cohort))
    written = set(re.findall(r"(?:fill|stroke)\s*[:=]\s*\"?([^;\"\s]+)", svg)) - {"none"}
    assert written <= set(palette.DARK)
    dark = palette.darkened(svg)
    assert palette.colours(dark) == {palette.DARK[colour] for colour in written}
    assert re.sub("#[0-9a-f]{6}", "", dark) == re.sub("#[0-9a-f]{6}", "", svg)


@pytest.mark.parametrize("name", DRAWN)
def test_no_figure_holds_a_picture_of_pixels_or_words_in_unnamed_black(name: str):
    svg = style.to_svg(drawn(name, "large"))
    assert "<image" not in svg
    # Where matplotlib writes no colour, black is meant, which a dark page would swallow.
    assert not [group for group in re.findall(r"<g [^>]*scale\(0\.[^>]*>", svg) if "fill:" not in group]


def test_a_colour_from_elsewhere_is_refused():
    with pytest.raises(palette.UnknownColour, match="#123456"):
        palette.darkened('<path style="fill: #123456"/>')
