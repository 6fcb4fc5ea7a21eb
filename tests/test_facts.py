"""Facts: stated once, printed by name; the prose, the README and the record are held to them."""

import json
import math
import re
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.facts import Fact, UnknownFact, in_words, read_facts, write_facts
from startpy import answer, compare, expected, values
from startpy.report.cells import read_script
from startpy.report.claims import claims, faults

FACTS = {
    "birds": Fact(342),
    "gentoo_male_kg": Fact(5.4848, ".1f", "kg"),
    "males_heavier": Fact(0.724, ".0%"),
    "laid_on": Fact(pd.Timestamp("2008-11-09"), "%-d %B"),
}
SCRIPT = """\
# %% [markdown]
# ---
# title: Birds
# ---

# %%
from helpers.facts import read_facts
facts = read_facts("results/facts.json")

# %% [markdown]
# The `{python} facts.birds` birds weigh
# `{python} facts.gentoo_male_kg`, `{python} facts.males_heavier` lay on `{python} facts.laid_on`.
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with facts, and a report that uses each of them."""
    monkeypatch.chdir(tmp_path)
    write_facts(FACTS, "results/facts.json")
    Path("stages").mkdir()
    Path("stages/report.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def found(more="", old="", new=""):
    """Return what is wrong with the report, after changes to it."""
    path = Path("stages/report.py")
    text = path.read_text("utf-8").replace(old, new) if old else path.read_text("utf-8")
    path.write_text(text + more, encoding="utf-8")
    return list(faults(read_script(path)))


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        (Fact(12345), "12,345"),
        (Fact(np.int64(3), "words"), "three"),
        (Fact(13, "words"), "13"),
        (Fact(5.0, ".1f", "kg"), "5.0 kg"),
        (Fact(12.5, ".1f", "%"), "12.5%"),
        (Fact(0.9996, ".1%"), "100.0%"),
        (Fact(-0.01, ".1f"), "0.0"),
        (Fact(1e16, ",.0f"), "10,000,000,000,000,000"),
        (Fact(np.float32(0.5), ".2f"), "0.50"),
        (Fact(date(2008, 11, 4)), "4 November 2008"),
        (Fact(np.datetime64("2008-11-04"), "%d/%m"), "04/11"),
        (Fact("Gentoos are big 🐧."), "Gentoos are big 🐧."),
    ],
)
def test_a_fact_prints_as_it_was_told(fact, shown):
    assert str(fact) == f"{fact}" == shown


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ((3.14159,), ValueError, r'Say how 3.14159 is printed: Fact\(3.14159, "\.1f"\) prints 3.1'),
        ((float("nan"), ".1f"), ValueError, "this one is missing. Was it taken from an empty"),
        ((pd.NaT,), ValueError, "this one is missing"),
        ((pd.NA,), ValueError, "this one is missing"),
        ((math.inf, ".1f"), ValueError, "must be a finite number"),
        ((True,), TypeError, "must be a number, a day or a text, but came bool True"),
        ((pd.Timedelta("5D"),), TypeError, "Say it in words, or in days"),
        ((pd.Series([1]),), TypeError, "must be one value, but came Series"),
        (("two\nlines",), ValueError, "must be one line"),
        ((" ",), ValueError, "with letters in it"),
        (("text", ".1f"), ValueError, "a text is printed as it is"),
        (("text", "", "kg"), ValueError, "Only a number has a unit"),
        ((5, "%-d %B"), ValueError, "5 cannot be printed as '%-d %B'"),
        ((2.5, "words"), ValueError, "only whole numbers are written in words"),
        ((pd.Timestamp("2008-11-04"), ".1f"), ValueError, 'A day must be printed like "%-d %B"'),
    ],
)
def test_what_is_no_fact_is_refused_with_what_to_do(arguments, kind, said):
    with pytest.raises(kind, match=said):
        Fact(*arguments)


def test_numbers_in_words_go_to_twelve():
    assert [in_words(number) for number in (0, 1, 12, 13)] == ["no", "one", "twelve", "13"]


def test_facts_come_back_as_they_were_written_and_give_the_same_bytes(tmp_path):
    path = tmp_path / "facts.json"
    write_facts(FACTS, path)
    before = path.read_bytes()
    back = read_facts(path)
    assert {name: back[name] for name in back} == FACTS
    write_facts(dict(reversed(FACTS.items())), path)
    assert path.read_bytes() == before
    assert len(before.splitlines()) == len(FACTS) + 2


def test_nothing_is_written_if_one_fact_is_none(tmp_path):
    path = tmp_path / "facts.json"
    with pytest.raises(TypeError, match="`birds` must be a Fact, but is int"):
        write_facts({"birds": 342}, path)
    with pytest.raises(ValueError, match=r"must be letters, digits and _.*'Gentoo male'"):
        write_facts({"Gentoo male": Fact(1)}, path)
    assert not path.exists()


def test_an_unknown_fact_says_which_one_may_be_meant(desk):
    with pytest.raises(UnknownFact, match=r"no fact `brids`. Did you mean `birds`\?"):
        _ = read_facts("results/facts.json").brids
    assert not hasattr(read_facts("results/facts.json"), "_repr_html_")


def test_a_file_that_holds_no_facts_is_named(tmp_path):
    (tmp_path / "facts.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"facts.json must hold facts"):
        read_facts(tmp_path / "facts.json")


def test_a_report_that_prints_every_fact_has_no_fault(desk):
    assert found() == []


def test_a_report_that_reads_no_facts_is_left_alone(desk):
    assert found(old="facts = read_facts", new="facts = dict") == []


def test_an_unknown_and_an_unused_fact_are_named_with_their_lines(desk):
    (desk / "stages/analyse.py").write_text('x = {\n    f"{1}_heavier": 2}\n', encoding="utf-8")
    assert found(old="facts.males_heavier", new="facts.male_heavier") == [
        "stages/report.py, line 12: results/facts.json has no fact `male_heavier`. "
        "Did you mean `males_heavier`?",
        "stages/analyse.py, line 2: the fact `males_heavier` is not used. Print it in "
        "stages/report.py, `{python} facts.males_heavier`, or take it out.",
    ]


def test_a_fact_in_the_words_of_a_figure_counts_as_used_and_typed_numbers_there_are_told(desk):
    words = (
        'words = {\n    "caption": "All 12 birds of 2007-08.",\n    "alt": (\n        "Of 13 "\n'
    )
    words += """        f"birds, {facts['males_heavier']} are big; 342 in all."\n    ),\n}\n"""
    (desk / "stages/analyse.py").write_text(words, encoding="utf-8")
    assert found(old="`{python} facts.males_heavier`", new="some")[:-1] == [
        "stages/analyse.py, line 2: 12 is written by hand, and no fact is printed so.",
        "stages/analyse.py, line 4: 13 is written by hand, and no fact is printed so.",
    ]


def test_a_fact_with_a_computed_name_counts_as_used(desk):
    assert found(old="facts.gentoo_male_kg", new="[facts[f'{s}_male_kg'] for s in S]") == []


def test_a_fact_used_in_an_alternative_text_counts_as_used(desk):
    more = '\n# %%\n#| fig-cap: "A."\n#| fig-alt: >-\n#|   Of `{python}\n#|   facts.birds`.\n1\n'
    assert found(more, old="`{python} facts.birds`", new="") == []


def test_a_number_written_by_hand_is_named_with_its_line_in_prose_and_captions(desk):
    more = '# Of 17\n# birds, 18 flew.\n\n# %%\n#| tbl-cap: "All 19 birds."\n1\n'
    lines = [line for line in found(more) if "by hand" in line]
    assert lines == [
        "stages/report.py, line 13: 17 is written by hand, and no fact is printed so.",
        "stages/report.py, line 14: 18 is written by hand, and no fact is printed so.",
        "stages/report.py, line 17: 19 is written by hand, and no fact is printed so.",
    ]


def test_a_number_that_equals_a_printed_fact_passes_until_the_fact_changes(desk):
    assert found("# A male weighs 5.5\n# kg, and 72% of 342 do.\n") == []
    write_facts(FACTS | {"birds": Fact(343)}, "results/facts.json")
    assert "342 is written by hand" in found()[0]


@pytest.mark.parametrize(
    "said",
    [
        "in 2007-08, since 1999 and until 2009–10",
        "on 24 November 2009, November 24, 2009 and 2009-11-24 at 10:30",
        "bird N12A2, COVID-19, CO2, Delta-15",
        "see Table 3, figures 4 and Section 2.1",
        "a 95% confidence interval",
        "1/2 of them, the 1st",
        "with Python 3.11",
    ],
)
def test_what_is_no_claim_is_no_fault(said):
    assert list(claims(said, [])) == []


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("12 birds", "12"),
        ("about 1,234.5 kg", "1,234.5"),
        ("only 72 per cent", "72 per cent"),
        ("only 72 %.", "72 %"),
        ("as heavy as 1800 g", "1800"),
        ("fell by −3.", "−3"),
        ("weighs 5kg", "5kg"),
        ("on 9 November", "9"),
        ("the 342.", "342"),
        ("(12)", "12"),
    ],
)
def test_what_is_a_claim_is_found_whole(said, number):
    assert [text for _, text in claims(said, [])] == [number]


def test_a_printed_fact_covers_itself_only():
    assert [text for _, text in claims("5.5 kg, 15.5 kg, 5.5 kgs, 5.5", ["5.5 kg"])] == [
        "15.5",
        "5.5",
        "5.5",
    ]


PROSE = {
    "## 12 birds": ["12"],
    "## 2. Methods\n## 2.1 Birds\n## 3 Results": [],
    "> Another says 12.": [],
    "`12` and [12 links](https://example.org/12)": [],
    "$x = 12$": [],
    "from $12 to $13": ["12", "13"],
    "1. first\n2. second": [],
    "1. of 12": ["12"],
    "| birds |\n| --- |\n| 12 |": ["12"],
    "**12** birds": ["12"],
    "A note[^1].\n\n[^1]: Of 12.": ["12"],
}


@pytest.mark.parametrize("prose", PROSE)
def test_markdown_is_read_as_the_page_reads_it(desk, prose):
    lines = found("\n# %% [markdown]\n" + re.sub("^", "# ", prose, flags=re.M) + "\n")
    assert re.findall(r"line \d+: (\S+) is written by hand", "\n".join(lines)) == PROSE[prose]


def test_the_answer_is_written_into_its_place_in_the_readme_and_nothing_else(desk):
    readme = f"# Birds\r\n\n{answer.BEGIN}\n{answer.END}\n\nMore.\n"
    (desk / "README.md").write_bytes(readme.replace("\r", "").encode())
    said = "Males are *not* heavier: 1 < 2. " * 5
    write_facts({"answer": Fact(said.strip())}, "results/facts.json")
    (fault,) = answer.faults()
    assert fault.startswith("README.md, line 4: the answer must be that of the report")
    assert answer.write_answer()
    text = (desk / "README.md").read_text("utf-8")
    assert r"Males are \*not\* heavier: 1 \< 2." in text
    assert text.startswith("# Birds\n")
    assert text.endswith(f"\n\n{answer.END}\n\nMore.\n")
    assert list(answer.faults()) == []
    assert not answer.write_answer()


def test_a_readme_without_a_place_for_the_answer_is_told_of(desk):
    (desk / "README.md").write_text("# Birds\n", encoding="utf-8")
    assert list(answer.faults()) == []
    write_facts({"answer": Fact("Yes.")}, "results/facts.json")
    assert "README.md must have a place for the answer" in next(answer.faults())
    assert not answer.write_answer()
    assert (desk / "README.md").read_text("utf-8") == "# Birds\n"


def test_facts_are_compared_by_value_each_for_itself(desk):
    path = Path("results/facts.json")
    facts = {"people": Fact(8_000_000_000), "share": Fact(0.5, ".0%"), "day": FACTS["laid_on"]}
    write_facts(facts, path)
    signed = expected.signed(path)
    copy = expected.copy_name(path.as_posix())
    copy.parent.mkdir()
    copy.write_text(expected.copy_of(path), encoding="utf-8")
    assert copy.read_bytes() == path.read_bytes()
    write_facts(facts | {"share": Fact(0.5 + 1e-12, ".1%")}, path)
    assert compare.compare(signed, path.as_posix())[0] == "equal"
    write_facts(facts | {"share": Fact(0.51, ".0%")}, path)
    assert compare.compare(signed, path.as_posix()) == ("DIFFERS", "share: 0.5 before, 0.51 now")
    write_facts(facts | {"share": Fact(0.5, ".1f", "kg")}, path)
    assert "new: `share (kg)`" in compare.compare(signed, path.as_posix())[1]
    copy.write_text("{", encoding="utf-8")
    write_facts(facts | {"share": Fact(0.51, ".0%")}, path)
    assert "is not of this record" in compare.compare(signed, path.as_posix())[1]


def test_other_json_files_are_compared_by_their_bytes(tmp_path):
    (tmp_path / "body_mass.json").write_text(json.dumps({"rule": {"value": 1}}), encoding="utf-8")
    assert values.columns_of(tmp_path / "body_mass.json") is None
    assert expected.copy_name("results/figures/body_mass.json") is None


def test_a_stale_number_and_a_stale_readme_are_told_at_the_end_of_a_run(copy):
    copy.edit("stages/report.py", "# ## Who is big?\n", "# ## Who is big?\n#\n# All 999 of them.\n")
    copy.edit("README.md", "Gentoos are big", "Gentoos are small")
    done = copy.snakemake("--until", "report")
    assert done.returncode == 0, done.output
    said = done.output.rpartition("The text is not in keeping with the facts:")[2]
    assert "999 is written by hand" in said
    assert "README.md, line 6: the answer must be that of the report" in said
    looked = copy.run(copy.python, "-m", "startpy.facts")
    assert looked.returncode == 1
    assert looked.output == said.lstrip("\n")
    command = re.findall(r"python (-m startpy.report .*)", done.output)[-1].split()
    strict = copy.run(copy.python, *command, "--strict")
    assert strict.returncode == 1
    assert not (copy.folder / "results/report.html").exists()


def test_the_finished_project_says_what_was_found(project):
    done = project.run(project.python, "-m", "startpy.facts")
    assert (done.returncode, done.output) == (0, "")
    facts = json.loads((project.folder / "results/facts.json").read_text("utf-8"))
    said = " ".join((project.folder / "README.md").read_text("utf-8").split())
    page = " ".join((project.folder / "results/report.html").read_text("utf-8").split())
    assert facts["answer"]["value"] in said
    assert f"<p>{facts['answer']['value']}</p>" in page
