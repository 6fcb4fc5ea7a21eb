"""Figures: colours that stay apart, text that stays text, words and origin that go with them."""

import hashlib
import itertools
import json
import os
import re
import sys
import warnings
import zlib
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from plotnine import aes, geom_col, geom_line, geom_point, ggplot, labs, scale_colour_manual
from projects import ROOT, TEMPLATE, run

sys.path.insert(0, str(TEMPLATE))
sys.path.insert(0, str(ROOT / "docs"))

from draw_figures import draw
from helpers.plot import (
    ACCENT,
    PALETTE,
    QUIET,
    label_ends,
    scale_colour_accent,
    scale_fill_accent,
    theme_house,
)
from helpers.show import show_figure
from helpers.write import write_plot
from startpy import passport

BIRDS = pd.DataFrame({"species": ["Adelie", "Gentoo"], "mass_g": [3700, 5076]})
BARS = ggplot(BIRDS, aes("species", "mass_g")) + geom_col() + theme_house()
WORDS = {"caption": "Mass <b> & “more”.", "alt": "Bars:\n  Gentoo 5,076 g."}
ENDINGS = ["png", "svg", "pdf"]

# What light becomes for people without one kind of cone: Machado, Oliveira and Fernandes (2009),
# "A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0.
SEEN_BY = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
# From linear sRGB to XYZ, under daylight (IEC 61966-2-1).
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour):
    """Return the light of a colour such as #0072B2: red, green and blue from 0 to 1."""
    shares = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def lab(colour, eyes):
    """Return a colour in CIELAB, where distances are those that people see."""
    xyz = TO_XYZ @ np.clip(SEEN_BY[eyes] @ linear(colour), 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def least_distance(colours, eyes):
    """Return the least distance (CIE76) between any two colours."""
    pairs = itertools.combinations([lab(colour, eyes) for colour in colours], 2)
    return min(np.linalg.norm(one - other) for one, other in pairs)


def contrast_to_white(colour):
    return 1.05 / (TO_XYZ[1] @ linear(colour) + 0.05)


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize(("count", "least"), [(2, 50), (3, 37), (4, 17), (5, 17), (7, 10)])
def test_the_first_colours_stay_apart_for_all_eyes(eyes, count, least):
    assert least_distance(PALETTE[:count], eyes) > least


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_the_accent_stands_out_from_what_is_quiet(eyes):
    assert least_distance([ACCENT, QUIET], eyes) > 40


def test_the_first_four_colours_stand_out_on_white_and_quiet_words_can_be_read():
    assert all(contrast_to_white(colour) >= 3 for colour in PALETTE[:4])
    assert contrast_to_white(QUIET) >= 4.5


# --- what is on a picture ---------------------------------------------------------------------


def svg(plot, folder):
    """Return a plot as an SVG that any program can read, having drawn it without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_plot(plot, folder / "a.svg")
    return ElementTree.parse(folder / "a.svg").getroot()  # noqa: S314, we wrote it


def texts(root):
    """Return each text of an SVG with its colour."""
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return {each.text: re.search("fill: (#\\w+)|$", each.get("style"))[1] for each in found}


def words_of(pdf):
    """Return the words that a PDF shows, from the strings of its streams."""
    shown = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            code = zlib.decompress(stream).decode("latin-1")
        except zlib.error:
            continue
        for text in re.findall(r"\bBT\b.*?\bET\b", code, re.S):
            shown.append("".join(re.findall(r"\(((?:\\.|[^)\\])*)\)", text)))
    # Two bytes a letter.
    return [words.replace("\0", "") for words in shown]


def test_text_stays_text_in_svg_and_pdf(tmp_path):
    plot = BARS + labs(title="Who is big?", y="Mass (g)")
    assert {"Who is big?", "Mass (g)", "Adelie"} <= texts(svg(plot, tmp_path)).keys()
    write_plot(plot, tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/Type3" not in content and b"/FontFile2" in content
    assert {"Who is big?", r"Mass \(g\)", "Adelie"} <= set(words_of(content))


def test_a_line_has_its_name_at_its_end_in_its_colour_and_there_is_no_legend(tmp_path):
    lines = pd.DataFrame({"year": [1, 2] * 3, "n": [1, 2, 3, 2.01, 9, 9], "shop": list("aabbcc")})
    plot = (
        ggplot(lines, aes("year", "n", colour="shop"))
        + geom_line()
        + label_ends(lines, "year", "n", by="shop")
        + scale_colour_manual(values=PALETTE)
    )
    root = svg(plot, tmp_path)
    shown = texts(root)
    assert [shown[name].upper() for name in "abc"] == PALETTE[:3]
    assert len([each for each in root.iter() if each.text in list("abc")]) == 3
    # Two that end at one place are moved apart.
    heights = {
        each.text: float(re.search(r"(?:translate\(|matrix\(.*)[-\d.]+[ ,]+([-\d.]+)\)|$",
                                   each.get("transform", ""))[1] or each.get("y", "nan"))
        for each in root.iter("{http://www.w3.org/2000/svg}text") if each.text in list("abc")
    }  # fmt: skip
    assert abs(heights["a"] - heights["b"]) > 10


def test_lines_may_have_gaps_dates_or_no_points(tmp_path):
    days = pd.to_datetime(["2024-05-17", "2024-05-18"] * 2)
    lines = pd.DataFrame({"on": days, "n": [1.0, None, 3.0, 4.0], "shop": ["a", "a", "b", None]})
    before = lines.copy(deep=True)
    label_ends(lines, "on", "n", by="shop")
    pd.testing.assert_frame_equal(lines, before)
    assert label_ends(lines.iloc[:0], "on", "n", by="shop") == []
    with pytest.raises(TypeError, match="`x` must be a column of numbers or dates, but `shop` is"):
        label_ends(lines, "shop", "n", by="shop")


@pytest.mark.parametrize("values", [["a", "b", "c", None], pd.Categorical([3, 1, 2, None])])
def test_only_what_is_named_has_the_accent(tmp_path, values):
    table = pd.DataFrame({"k": values, "n": [1, 2, 3, 4]})
    first = table["k"].iloc[0]
    bars = ggplot(table, aes("k", "n", fill="k")) + geom_col() + scale_fill_accent(first)
    dots = ggplot(table, aes("k", "n", colour="k")) + geom_point() + scale_colour_accent(first)
    for plot in (bars, dots):
        drawn = ElementTree.tostring(svg(plot, tmp_path), "unicode")
        assert re.findall(f"(?:fill|stroke): {ACCENT.lower()}", drawn)
        assert re.findall(f"(?:fill|stroke): {QUIET.lower()}", drawn)


def test_dollars_are_no_formula_and_control_characters_no_broken_picture(tmp_path):
    names = ["US$ and A$", "$\\frac{", "\x1b[31m & \x00"]
    plot = ggplot(pd.DataFrame({"k": names, "n": [1, 2, 3]}), aes("k", "n")) + geom_col()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the font has no such letter
        for ending in ENDINGS:
            write_plot(plot, tmp_path / f"a.{ending}")
    shown = texts(ElementTree.parse(tmp_path / "a.svg").getroot())  # noqa: S314
    assert {"US$ and A$", "$\\frac{"} <= shown.keys()


# Another process, so that matplotlib looks for fonts anew.
DRAW = """
import sys

import matplotlib.font_manager as fonts

if sys.argv[2] == "none":
    fonts.X11FontDirectories, fonts._get_fontconfig_fonts = [], lambda: []
    fonts.OSXFontDirectories = []
sys.path.insert(0, sys.argv[1])
import pandas as pd
from plotnine import aes, geom_col, ggplot
from helpers.plot import theme_house
from helpers.write import write_plot

birds = pd.DataFrame({"species": ["Adélie", "Gentoo"], "mass_g": [3700, 5076]})
plot = ggplot(birds, aes("species", "mass_g")) + geom_col() + theme_house()
for ending in ("png", "svg", "pdf"):
    write_plot(plot, f"a.{ending}")
print(len(fonts.findSystemFonts()))
"""


def test_a_machine_without_fonts_draws_the_same_bytes_as_one_with_them(tmp_path):
    made = []
    fonts = os.path.join(matplotlib.get_data_path(), "fonts", "ttf")
    for kind in ("some", "none"):
        place = tmp_path / kind
        (place / "home/.fonts").mkdir(parents=True)
        if kind == "some":
            # What most machines have, and others not.
            source = os.path.join(fonts, "DejaVuSerif.ttf")
            with open(source, "rb") as file:
                (place / "home/.fonts/Helvetica.ttf").write_bytes(file.read())
        done = run(
            sys.executable, "-B", "-c", DRAW, TEMPLATE, kind, cwd=place,
            MPLCONFIGDIR=str(place), HOME=str(place / "home"), FONTCONFIG_FILE=os.devnull,
        )  # fmt: skip
        assert done.returncode == 0, done.output
        assert kind == "some" or done.output.splitlines()[-1] == "0"
        made.append([(place / f"a.{ending}").read_bytes() for ending in ENDINGS])
    assert made[0] == made[1]


def test_the_pictures_of_the_docs_are_what_the_page_draws(tmp_path):
    draw(tmp_path)
    for name in ("bars.png", "lines.png"):
        drawn, kept = (Image.open(folder / name) for folder in (tmp_path, ROOT / "docs/figures"))
        assert drawn.tobytes() == kept.tobytes(), f"{name}: run docs/draw_figures.py"


# --- passports --------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_figure_to_show_knows_its_words(tmp_path, ending):
    write_plot(BARS, tmp_path / f"a.{ending}", **WORDS)
    figure = show_figure(tmp_path / f"a.{ending}")
    assert (figure.caption, figure.alt) == (WORDS["caption"], "Bars: Gentoo 5,076 g.")
    write_plot(BARS, tmp_path / f"a.{ending}")
    figure = show_figure(tmp_path / f"a.{ending}")
    assert (figure.caption, figure.alt) == (None, None)


def test_other_programs_read_where_a_picture_is_from(tmp_path):
    source = tmp_path / "sums.csv"
    source.write_text("n\n1\n", encoding="utf-8")
    for ending in ENDINGS:
        write_plot(BARS, tmp_path / f"a.{ending}", **WORDS, made_from=[source])
    origin = f"from sums.csv (sha256 {hashlib.sha256(source.read_bytes()).hexdigest()})"
    assert Image.open(tmp_path / "a.png").text["Source"] == origin
    assert f"<dc:source>{origin}<" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    escaped = origin.replace("(", r"\(").replace(")", r"\)")
    assert f"/Keywords ({escaped})".encode() in (tmp_path / "a.pdf").read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_other_bytes_of_the_same_values_make_the_same_picture(tmp_path, ending):
    path, seen = tmp_path / f"a.{ending}", []
    for content, alt in (("1", "One."), ("1.0", "One."), ("2", "Two.")):
        (tmp_path / "n.csv").write_text(content, encoding="utf-8")
        write_plot(BARS, path, caption="N.", alt=alt, made_from=[tmp_path / "n.csv"])
        seen.append(path.read_bytes())
    assert len(set(seen)) == 3
    one, same, other = (passport.picture_in(each, path.suffix) for each in seen)
    assert one == same != other


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"caption": "A."}, "must have both a caption and an alt text, but `alt` is None"),
        ({"alt": "A."}, "but `caption` is None"),
        ({"caption": "A.", "alt": " "}, "but `alt` is ' '"),
        ({"caption": "A.", "alt": "A.", "made_from": ["gone.csv"]}, "gone.csv"),
        ({}, "a.json must say what the figure shows"),
    ],
)
def test_a_passport_is_complete_or_refused_before_anything_is_written(tmp_path, words, fault):
    with pytest.raises((ValueError, FileNotFoundError), match=fault):
        write_plot(BARS, tmp_path / "new" / "a.json", **words)
    assert list(tmp_path.iterdir()) == []


def test_every_figure_of_the_project_has_its_passport(project):
    head = run("git", "rev-parse", "HEAD", cwd=project.folder).output.strip()
    source = "data/processed/penguins.parquet"
    digest = hashlib.sha256((project.folder / source).read_bytes()).hexdigest()
    page = (project.folder / "results/report.html").read_text(encoding="utf-8")
    figures = project.folder / "results/figures"
    for picture in sorted(figures.glob("*.png")):
        told = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
        assert told["made_by"] == "stages/analyse.py"
        assert told["made_from"] == {source: digest}
        assert told["commit"] == head
        shown = show_figure(picture)
        assert (told["caption"], told["alt"]) == (shown.caption, shown.alt)
        assert f'alt="{shown.alt}"' in page and f"</b> {shown.caption}</figcaption>" in page


def test_a_figure_of_edited_files_is_of_no_commit(copy):
    command = [copy.python, "-m", "snakemake", "--force", "results/figures/body_mass.json"]
    for set_up in (["init"], ["add", "."], ["commit", "-m", "a"]):
        name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=none"]
        assert run("git", *name, *set_up, cwd=copy.folder).returncode == 0
    copy.edit("README.md", "\n", "\n\n")
    done = copy.run(*command)
    assert done.returncode == 0, done.output
    passports = sorted((copy.folder / "results/figures").glob("*.json"))
    assert [json.loads(each.read_text("utf-8"))["commit"] for each in passports] == [None] * 3
