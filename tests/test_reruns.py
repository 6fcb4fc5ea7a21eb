"""A run makes again what an edit concerns, and nothing else."""

import hashlib
import json
import os
import shutil

import pytest

INGESTS = ["ingest adelie", "ingest chinstrap", "ingest gentoo"]
FROM_CLEAN = ["analyse", "clean", "report"]


def comment(path):
    """An edit that changes what a file says."""
    return lambda copy: copy.edit(path, "\nimport ", "\n# edited\nimport ")


def setting(old, new):
    return lambda copy: copy.edit("config.yaml", old, new)


def touch(*patterns):
    def change(copy):
        for pattern in patterns:
            for path in copy.folder.glob(pattern):
                os.utime(path)

    return change


def delete(path):
    return lambda copy: (copy.folder / path).unlink()


def swap_masses(copy):
    copy.edit(
        "config.yaml",
        "lightest_g: 2500\n  heaviest_g: 6500",
        "lightest_g: 6500\n  heaviest_g: 2500",
    )


def add_source(copy):
    """Add a fourth raw file of the same kind: a late Gentoo."""
    raw = copy.folder / "data" / "raw"
    header, *_, last = (raw / "gentoo.csv").read_text(encoding="utf-8").splitlines()
    content = f"{header}\n{last.replace('PAL0910', 'PAL1011').replace('2009', '2010')}\n".encode()
    (raw / "late.csv").write_bytes(content)
    manifest = json.loads((raw / "datapackage.json").read_text(encoding="utf-8"))
    late = manifest["resources"][-1] | {
        "name": "late",
        "path": "late.csv",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
    }
    manifest["resources"].append(late)
    (raw / "datapackage.json").write_text(json.dumps(manifest), encoding="utf-8")


CASES = {
    "nothing was changed": (lambda copy: None, []),
    "ingest was edited": (comment("stages/ingest.py"), [*FROM_CLEAN, *INGESTS]),
    "clean was edited": (comment("stages/clean.py"), FROM_CLEAN),
    "analyse was edited": (comment("stages/analyse.py"), ["analyse", "report"]),
    "report was edited": (comment("stages/report.py"), ["report"]),
    "a helper of ingest was edited": (comment("helpers/read.py"), [*FROM_CLEAN, *INGESTS]),
    "a helper of clean was edited": (comment("helpers/tidy.py"), FROM_CLEAN),
    "a helper of analyse was edited": (
        lambda copy: copy.edit("helpers/plot.py", "#0072B2", "#0072B3"),
        ["analyse", "report"],
    ),
    "a helper of report was edited": (comment("helpers/show.py"), ["report"]),
    "a helper of all stages was edited": (comment("helpers/write.py"), [*FROM_CLEAN, *INGESTS]),
    "the look of the page was edited": (
        lambda copy: copy.edit("startpy/report/page.css", "{", " {"),
        ["report"],
    ),
    "a module nobody imports was edited": (comment("startpy/pipeline.py"), []),
    "a setting of clean was changed": (setting("2500", "2400"), FROM_CLEAN),
    "two settings changed places": (swap_masses, FROM_CLEAN),
    "a setting of analyse was changed": (
        setting("min_group: 5", "min_group: 6"),
        ["analyse", "report"],
    ),
    "the title was changed": (setting("Penguins of", "Birds of"), ["report"]),
    "all files were touched": (touch("data/**/*.*", "stages/*", "helpers/*", "config.yaml"), []),
    "an ingested file was deleted": (
        delete("data/interim/gentoo.parquet"),
        [*FROM_CLEAN, "ingest gentoo"],
    ),
    "the clean table was deleted": (delete("data/processed/penguins.parquet"), FROM_CLEAN),
    "a figure was deleted": (delete("results/figures/body_mass.svg"), ["analyse", "report"]),
    "the report was deleted": (delete("results/report.html"), ["report"]),
    "a raw file was added": (add_source, [*FROM_CLEAN, "ingest late"]),
}


@pytest.mark.parametrize(("change", "jobs"), CASES.values(), ids=CASES.keys())
def test_a_run_makes_again_what_an_edit_concerns(copy, change, jobs):
    change(copy)
    assert copy.plan() == sorted(jobs)


def test_a_helper_reached_through_another_helper_counts(copy):
    (copy.folder / "helpers" / "units.py").write_text("GRAMS = 1000\n", encoding="utf-8")
    copy.edit(
        "helpers/plot.py", "\nPALETTE", "\nfrom helpers.units import GRAMS  # noqa\n\nPALETTE"
    )
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    copy.edit("helpers/units.py", "1000", "1001")
    assert copy.plan() == ["analyse", "report"]


def test_a_new_raw_file_flows_to_the_results(copy):
    before = copy.results()
    add_source(copy)
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    after = copy.results()
    assert after["data/interim/gentoo.parquet"] == before["data/interim/gentoo.parquet"]
    count = "import pandas; print(len(pandas.read_parquet('data/processed/penguins.parquet')))"
    assert copy.run(copy.python, "-c", count).output.strip() == "343"
    assert b"2010-11" not in before["results/tables/laying_dates.csv"]
    assert b"343" in after["results/report.html"]
    assert copy.plan() == []


@pytest.mark.nightly
def test_a_deleted_result_comes_back_the_same(copy):
    before = copy.results()
    (copy.folder / "data/processed/penguins.parquet").unlink()
    shutil.rmtree(copy.folder / "results" / "tables")
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    assert copy.results() == before


def test_two_cores_ingest_two_files_at_a_time(project, tmp_path):
    copy = project.sources_only(tmp_path / "copy")
    # An ingest that waits until another one is at work: alone it would wait in vain.
    copy.edit(
        "stages/ingest.py",
        "    write_table(",
        "    import time\n"
        "    Path('.snakemake', f'{raw.stem}.here').touch()\n"
        "    end = time.monotonic() + 60\n"
        "    while len(list(Path('.snakemake').glob('*.here'))) < 2:\n"
        "        assert time.monotonic() < end, 'nobody else came'\n"
        "        time.sleep(0.05)\n"
        "    write_table(",
    )
    done = copy.snakemake("--cores", "2", "--until", "ingest")
    assert done.returncode == 0, done.output
