"""The report: one page that needs nothing, the same wherever it is made."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from projects import TEMPLATE
from reports import EXAMPLE, FRONT, Render, made, page_of


def test_the_title_may_be_a_value_that_a_later_cell_finds(example: str) -> None:
    assert example.count("<h1") == 1
    assert "<h1>Birds &lt;&amp; bees&gt;</h1>" in example
    assert "<title>Birds &lt;&amp; bees&gt;</title>" in example
    assert "Ada &amp; Bo" in example
    assert "2024-05-06" in example


def test_contents_list_the_headings_down_to_their_depth(example: str) -> None:
    contents = example[example.index("<nav") : example.index("</nav>")]
    assert re.findall('href="#([^"]+)">([^<]+)<', contents) == [
        ("all-the-birds", "All the birds"),
        ("their-masses", "Their masses"),
        ("all-the-birds-2", "All the birds"),
    ]
    assert re.findall(r"<(h\d) id=\"([^\"]+)\"", example) == [
        ("h2", "all-the-birds"),
        ("h3", "their-masses"),
        ("h4", "too-deep-for-the-contents"),
        ("h2", "all-the-birds-2"),
    ]


def test_each_id_is_unique_and_each_link_within_the_page_arrives(example: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', example)
    assert len(ids) == len(set(ids))
    assert set(re.findall('href="#([^"]+)"', example)) <= set(ids)


def test_sections_that_begin_with_one_sign_move_below_the_title(
    render: Render, tools: Path
) -> None:
    page = made(render, tools, "# # Section\n# ## Part of it\n")
    assert re.findall(r"<(h\d) id=\"([^\"]+)\"", page) == [("h2", "section"), ("h3", "part-of-it")]


def test_code_is_folded_unless_a_cell_says_otherwise(example: str) -> None:
    assert re.findall('<details class="code"( open)?>\n<summary>(.*)</summary>', example) == [
        ("", "Code"),
        (" open", "How it was drawn"),
        ("", "Code"),
        ("", "Code"),
    ]
    assert "never_run" in example
    assert "hidden_code = 1" not in re.sub("<[^>]+>", "", example)
    assert "hidden output" not in example
    assert "#|" not in example


def test_figures_and_tables_are_numbered_and_referred_to(example: str) -> None:
    captions = re.findall(r"<figcaption[^>]*>(.*)</figcaption>", example)
    assert captions == ["<b>Table 1.</b> All 3 <em>birds</em>.", "<b>Figure 1.</b> A dot."]
    sentence = (
        'There are 3 birds, see <a href="#tbl-birds">Table 1</a> and <a href="#fig-dot">Figure 1'
    )
    assert sentence in example
    assert 'alt="One dot of 2 pixels" width="2" height="2"' in example


def test_footnotes_are_numbered_as_the_text_comes_to_them(example: str) -> None:
    text, notes = example.split('<section class="notes"')
    assert re.findall('<sup><a href="#note.([12])"( id="[^"]+")?', text) == [
        ("1", ' id="note.1.from"'),
        ("2", ' id="note.2.from"'),
        ("1", ""),
    ]
    assert re.findall(r'<li id="note\.(\d)">\n<p>(\w+)', notes) == [("1", "Of"), ("2", "Said")]
    assert '<p>Said of <em>each</em>, see <a href="#tbl-birds">Table 1</a>.</p>' in notes
    assert "<p>And no more.</p>" in notes
    assert notes.count('href="#note.1.from"') == 1


def test_formulas_are_mathml_and_money_is_money(example: str) -> None:
    inline, block, note = re.findall('<math [^>]*display="([^"]+)">(.*?)</math>', example)
    assert inline[0] == note[0] == "inline"
    assert inline[1] == (
        '<mrow><mover><mrow><mi>x</mi></mrow><mo stretchy="true">¯</mo></mover></mrow>'
    )
    assert block[0] == "block"
    assert "cost $5 and $10." in example


def test_a_value_written_leftward_leaves_its_sentence_alone(example: str) -> None:
    assert "<bdi>שלום (1)</bdi> and a bird" in example
    assert example.count("<bdi>") == 1


def test_a_page_in_arabic_begins_at_the_right(render: Render, tools: Path) -> None:
    done = render(FRONT.replace("# title", "# lang: ar\n# title"))
    assert done.returncode == 0, done.stderr
    page = page_of(tools).read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl">' in page


def test_text_stands_out_from_its_ground_in_light_and_dark() -> None:
    css = (TEMPLATE / "startpy/report/page.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    )
    for colours in (light, light | dark):
        for text in ("ink", "quiet", "link", "word", "text", "figure", "name"):
            for ground in ("paper", "shade"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (
            share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
            for share in shares
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_bare_table_is_shown_for_readers(example: str) -> None:
    table = example[example.index('id="tbl-birds"') :]
    table = table[table.index("<thead>") : table.index("</table>")]
    assert table == (
        '<thead><tr><th scope="col">name</th><th scope="col" class="number">mass_g</th>'
        '<th scope="col" class="date">born</th></tr></thead>\n<tbody>\n'
        '<tr><td>Ada</td><td class="number">3,700.50</td><td class="date">2007-11-11</td></tr>\n'
        '<tr><td>Bo</td><td class="number">–</td><td class="date">2007-11-09</td></tr>\n'
        '<tr><td>Cy</td><td class="number">12,000.25</td><td class="date">–</td></tr>\n'
        "</tbody>"
    )


def test_a_figure_of_50_000_points_fits_in_a_page(render: Render, tools: Path) -> None:
    cell = """
# %%
#| fig-cap: Many
#| fig-alt: A cloud
import tempfile
import numpy as np
import pandas as pd
from helpers.show import show_figure
from helpers.write import write_plot
from plotnine import aes, geom_point, ggplot
random = np.random.default_rng(1)
points = pd.DataFrame({"x": random.normal(size=50_000), "y": random.normal(size=50_000)})
plot = ggplot(points, aes("x", "y")) + geom_point(alpha=0.3)
path = tempfile.mkdtemp() + "/points.png"
write_plot(plot, path)
show_figure(path)
"""
    assert 100_000 < len(made(render, tools, cell)) < 1_000_000


def test_print_display_and_semicolon_work_as_in_a_notebook(example: str) -> None:
    assert re.findall(r'<pre role="region"[^>]*>([^<]*)</pre>', example) == [
        "printed &lt;b&gt;\n",
        "21\n",
    ]


def test_the_foot_names_each_input_and_its_sha256(example: str, tools: Path) -> None:
    foot = example[example.index("<footer>") :]
    for name in ("config.json", "dot.png"):
        assert name in foot
        assert hashlib.sha256((tools / name).read_bytes()).hexdigest() in foot
    assert str(tools) not in example


def test_open_figures_and_rich_objects_are_shown(render: Render, tools: Path) -> None:
    page = made(
        render,
        tools,
        """
# %%
#| fig-cap: Drawn by pyplot
#| fig-alt: A line
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()

# %%
#| tbl-cap: Made by a library
class Rich:
    def _repr_html_(self):
        return "<table><tr><td>its own</td></tr></table>"
Rich()

# %%
class Prose:
    def _repr_markdown_(self):
        return "*said* `{python} 1/0` <b>"
Prose()
""",
    )
    assert 'alt="A line" width="1280"' in page
    assert "<b>Table 1.</b> Made by a library" in page
    assert "<td>its own</td>" in page
    assert "<em>said</em> <code>{python} 1/0</code> &lt;b&gt;" in page


def test_the_same_page_comes_of_another_seed_zone_language_and_folder(
    render: Render, tools: Path, example_page: Path, tmp_path: Path
) -> None:
    elsewhere = shutil.copytree(tools, tmp_path / "an other place")
    page_of(elsewhere).unlink(missing_ok=True)
    done = render(
        EXAMPLE,
        "config.json",
        str(elsewhere / "dot.png"),
        folder=elsewhere,
        PYTHONHASHSEED="7",
        TZ="Asia/Tokyo",
        LC_ALL="de_DE.UTF-8",
    )
    assert done.returncode == 0, done.stderr
    assert page_of(elsewhere).read_bytes() == example_page.read_bytes()
    assert b"\r" not in example_page.read_bytes()


def test_python_makes_the_same_page_as_the_command(
    render: Render, tools: Path, example_page: Path
) -> None:
    render(EXAMPLE, "config.json", "dot.png")
    call = (
        "from pathlib import Path; from startpy.report import main; "
        "main(Path('stages/report.py'), [Path('config.json'), Path('dot.png')], Path('other.html'))"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", call], cwd=tools, env=environment, check=True)
    assert (tools / "other.html").read_bytes() == example_page.read_bytes()
