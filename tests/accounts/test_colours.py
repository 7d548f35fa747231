"""colours: a storefront's colour can be read in light and in dark, or is refused with its contrast."""

from __future__ import annotations

import re

import pytest

from webapp.accounts.colours import DARK, LIGHT, NEEDED, clean_colour, contrast, on_dark, sheet
from webapp.accounts.errors import Invalid


@pytest.mark.parametrize("colour", ["#0b5f6b", "#000000", "#b3261e", "#1d5fd1", "#767676"])
def test_every_pair_of_an_accepted_colour_can_be_read(colour: str):
    assert clean_colour(f" {colour.upper()} ") == colour
    assert contrast(colour, LIGHT) >= NEEDED
    assert contrast(on_dark(colour), DARK) >= NEEDED
    assert set(re.findall(r"#[0-9a-f]{6}", sheet(colour))) >= {colour, on_dark(colour)}


@pytest.mark.parametrize("colour", ["#777777", "#ffd400", "#ffffff", "#8ab6ff"])
def test_a_pale_colour_is_refused_and_told_its_contrast(colour: str):
    with pytest.raises(Invalid, match=r"contrast of \d+\.\d to 1"):
        clean_colour(colour)


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#0b5f6b;}", "url(x)"])
def test_what_is_no_colour_is_refused(text: str):
    with pytest.raises(Invalid, match="such as"):
        clean_colour(text)


def test_no_colour_is_the_usual_one():
    assert clean_colour("  ") == ""
    assert sheet("") == ""


def test_black_on_white_has_the_contrast_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
