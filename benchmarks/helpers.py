"""How fast the helpers are: beside R's upstartr, usual pandas, and what the machine can do.

.venv/bin/python benchmarks/helpers.py      in the .venv of `python3 run.py test`; ten minutes
.venv/bin/python benchmarks/helpers.py --rows 100000 --only excel
.venv/bin/python benchmarks/helpers.py --module my/tidy.py --only simplify_string

Everybody is asked once a round, in turn; a ratio is the median over the rounds, of processor
seconds of all threads: wall seconds on a busy machine say little. R is a process of its own, asked
in the same rounds; upstartr.R tells what it needs, and without it the rest runs. Memory is what a
call adds to a fresh process (Linux only). Limits are for 1,000,000 rows; SHORT is one not met.
"""

import argparse
import ctypes
import gc
import os
import re
import sys
import tempfile
import time
import warnings
import zipfile
import zlib
from collections import ChainMap
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, check_output

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from python_calamine import load_workbook

HERE = Path(__file__).resolve().parent
HELPERS = HERE.parent / "{{cookiecutter.project_slug}}" / "helpers"
MODULES = [HELPERS / "tidy.py", HELPERS / "read.py", HELPERS / "write.py"]
FILES = 200

# One name in six is not ASCII, as in a list of people from all over Europe.
FIRST = """Anna Bernard Charlotte Daniel Eleanor Frederick Gloria Henrietta Isabel Jonathan Karl
    Leonard Margaret Nicholas Olivia Patrick Quentin Rebecca Stephen Theodora Ursula Vincent Wilhelm
    Xavier Yolanda Zachary Mary-Ann D'Arcy Jørgen Éloïse"""
HEADS = "Al Ber Bran Car Dam El Fitz Gor Hal In Jor Kal Lin Mar Nor Os Per Ros Tor Ul Van Wal Łu"
INITIALS = "A. B. C. D. E. F. G. H. I. J. K. L. M. N. O. P. Q. R. S. T. U. V. W. X. Y. Z."
WAISTS = "ab ad ag al am an ar as av e ed el em en er es i il in ir is o ol on or us"
TAILS = "berg by dale feld gard ham ley mann ner off quist rup son stad ton ville wick ström’s"
ANSWERS = ["yes", "no", "Yes", "No", "YES", "NO", "y", "n", "T", "F", "TRUE", "False", " no.", None]


def usual_combine(folder):
    return pd.concat(pd.read_csv(path) for path in sorted(folder.glob("*.csv")))


def usual_write(table, path):
    table.to_excel(path.with_name("usual.xlsx"), engine="openpyxl", index=False)


def write_by_hand(table, path):
    """Write a table as xlsxwriter's own pages show it: cell by cell, its format with each date."""
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path.with_name("by-hand.xlsx"), plain) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table), table.shape[1] - 1)
        for place, (name, column) in enumerate(table.items()):
            sheet.write_string(0, place, name, bold)
            is_date = pd.api.types.is_datetime64_any_dtype(column.dtype)
            style = [day] if is_date else []
            write = sheet.write_datetime if is_date else sheet.write
            for row, value in enumerate(column.tolist(), start=1):
                if not pd.isna(value):
                    write(row, place, value, *style)


# What else a function is held against, by hand.
BY_HAND = {"write_excel table": write_by_hand}
# A function and its data; what is usual in pandas; how many times as fast the function must be.
CASES = {
    "simplify_string people": (None, {"upstartr": ">= 25"}),
    "simplify_string cities": (None, {"upstartr": ">= 60"}),
    "unaccent people": (None, {"upstartr": ">= 25"}),
    "unaccent cities": (None, {"upstartr": ">= 60"}),
    "to_boolean answers": (None, {"upstartr": ">= 60"}),
    "combine_csvs files": (usual_combine, {"pandas": ">= 1", "by the clock": "> 1"}),
    "write_excel table": (usual_write, {"pandas": ">= 3", "xlsxwriter by hand": ">= 1"}),
    "read_any table.xlsx": (partial(pd.read_excel, engine="openpyxl"), {"pandas": ">= 4"}),
}


def make(folder, rows):
    """Write what all cases read: the same at every run."""
    random = np.random.default_rng(1)

    def pick(words, shares=None):
        words = words.split() if isinstance(words, str) else words
        return pa.array(words).take(pa.array(random.choice(len(words), rows, p=shares)))

    last = pc.binary_join_element_wise(pick(HEADS), pick(WAISTS), pick(TAILS), "")
    people = pc.binary_join_element_wise(pick(FIRST), pick(INITIALS), last, " ")
    towns = [a + b + c for a in HEADS.split() for b in WAISTS.split() for c in TAILS.split()]
    falling = 1 / np.arange(1, 5001)
    cities = pick(random.permutation(towns)[:5000], falling / falling.sum())
    text = pa.table({"people": people, "cities": cities, "answers": pick(ANSWERS)}).to_pandas()
    table = text[["people", "cities"]].assign(
        id=np.arange(1, rows + 1),
        member=random.choice(["yes", "no"], rows),
        joined_on=np.datetime64("2000-01-01", "s") + 86_400 * random.integers(9000, size=rows),
        visits=random.poisson(7, rows),
        paid_eur=random.lognormal(5, 2, rows).round(2),
        share=random.random(rows).round(6),
    )
    (folder / "files").mkdir(parents=True)
    for number, part in table.groupby(table.index * FILES // rows):
        part.to_csv(folder / "files" / f"part-{number:03}.csv", index=False)
    table.to_csv(folder / "all.csv", index=False)
    text.to_csv(folder / "text.csv", index=False)
    tenth = table.head(rows // 10)
    tenth.to_csv(folder / "table.csv", index=False)
    tenth.to_excel(folder / "table.xlsx", engine="xlsxwriter", index=False)


def inputs(data, folder):
    if data in ("files", "table.xlsx"):
        return [folder / data]
    if data == "table":
        return [pd.read_csv(folder / "table.csv", parse_dates=["joined_on"]), folder / "ours.xlsx"]
    return [pd.read_csv(folder / "text.csv", usecols=[data], dtype="str")[data]]


def least(data, folder):
    """Return the least work that a machine has with the data, its name, and its bytes."""
    if data == "files":
        content, one = (folder / "all.csv").read_bytes(), pa.csv.ReadOptions(use_threads=False)
        return lambda: pa.csv.read_csv(pa.BufferReader(content), one), "pyarrow.csv", content
    if data in ("table", "table.xlsx"):
        path = folder / "table.xlsx"
        with zipfile.ZipFile(path) as archive:
            content = b"".join(map(archive.read, archive.namelist()))
        if data == "table":
            return lambda: zlib.compress(content), "zlib", content
        return lambda: load_workbook(path).get_sheet_by_index(0).to_python(), "calamine", content
    content, upper = "\n".join(inputs(data, folder)[0].dropna()).encode(), bytes(range(256)).upper()
    return lambda: content.translate(upper), "bytes.translate", content


def start_r(folder):
    """Return R with upstartr and the data, or say why there is none."""
    pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": DEVNULL, "encoding": "utf-8"}
    try:
        r = Popen(["Rscript", HERE / "upstartr.R"], cwd=folder, **pipes)
        ask(r, "ready")
        return r
    except (OSError, RuntimeError) as why:
        print(f"Without upstartr: {why}. benchmarks/upstartr.R tells what it needs.")


def ask(r, task):
    print(task, file=r.stdin, flush=True)
    word, _, said = next(r.stdout, "error R stopped").strip().partition(" ")
    if word == "error":
        raise RuntimeError(said)
    return [float(seconds) for seconds in said.split()]


def timed(call, *given):
    """Return processor seconds, of all threads and ended children, and seconds by the clock."""
    gc.collect()
    clock, cpu = time.perf_counter(), time.process_time() + sum(os.times()[2:4])
    call(*given)
    return [time.process_time() + sum(os.times()[2:4]) - cpu, time.perf_counter() - clock]


def load(modules):
    """Return the functions of all modules by name."""
    sys.path[:0] = [str(folder) for path in modules for folder in (path.parent, path.parents[1])]
    return ChainMap(*(vars(import_module(path.stem)) for path in modules))


def growth(function, data, modules, place):
    """Return the bytes by which a call makes this process grow, for each byte of its data."""
    call = load(modules)[function]
    call(*inputs(data, place / "small"))  # what the first call imports is not the data's
    given = inputs(data, place / "data")
    gc.collect()
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    status = Path("/proc/self/status")
    before, result, after = status.read_text(), call(*given), status.read_text()
    rss, peak = re.search(r"VmRSS:\s+(\d+)", before), re.search(r"VmHWM:\s+(\d+)", after)
    table = next(x for x in (*given, result) if isinstance(x, pd.Series | pd.DataFrame))
    size = np.sum(table.memory_usage(index=False, deep=True))
    for path in (x for x in given if isinstance(x, Path) and x.suffix == ".xlsx"):
        # A workbook is text, several times as large as its table: that is what must be handled.
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    return 1024 * (int(peak[1]) - int(rss[1])) / size


def import_cost(path, rounds, cache):
    """Return how many times as long a module takes to import as pandas does."""
    # Compiled once, as in a project, but elsewhere: what lies in the template comes with projects.
    settings = {"PYTHONPYCACHEPREFIX": str(cache), "PYTHONPATH": str(path.parents[1])}
    options = {"cwd": path.parent, "env": os.environ | settings}
    code = "import sys, time; t = time.process_time(); __import__(sys.argv[1])"
    command = [sys.executable, "-c", f"{code}; print(time.process_time() - t)"]
    names = [path.stem, "pandas"] * (rounds + 1)
    spent = [float(check_output([*command, name], **options)) for name in names]
    return np.median(np.divide(spent[2::2], spent[3::2]))


def say(what, ratio, unit, limit="", beside=""):
    sign, _, bound = limit.partition(" ")
    holds = limit and (ratio <= float(bound) if sign == "<=" else ratio >= float(bound))
    verdict = limit and ("holds" if holds else "SHORT")
    print(f"{what:23}{ratio:7.2f} {unit:31}{limit:7}{verdict:6}{beside}".rstrip(), flush=True)


def compare(case, function, place, r, rounds, bandwidth):
    (usual, limits), given = CASES[case], inputs(case.split()[1], place)
    work, floor, content = least(case.split()[1], place)
    function(*given)  # so that no round pays for imports
    turns = {"ours": partial(timed, function, *given), floor: partial(timed, work)}
    turns |= {"upstartr": partial(ask, r, case)} if r else {}
    turns |= {"pandas": partial(timed, usual, *given)} if usual else {}
    by_hand = BY_HAND.get(case)
    turns |= {"xlsxwriter by hand": partial(timed, by_hand, *given)} if by_hand else {}
    spent = np.array([[turn() for turn in turns.values()] for _ in range(rounds)])
    times = dict(zip(turns, np.median(spent / spent[:, :1], axis=0), strict=True))
    cpu = np.median(spent[:, 0, 0])
    copies = f"{cpu:.3f} s, {cpu * bandwidth / len(content):.0f} x memcpy"
    say(case, 1 / times[floor][0], f"x the time of {floor}", beside=copies)
    for rival in list(turns)[2:]:
        say(case, times[rival][0], f"times as fast as {rival}", limits.get(rival, ""))
    if "by the clock" in limits:
        say(case, times["pandas"][1], "times as fast by the clock", limits["by the clock"])


def main(rows, rounds, only, module):
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    modules = [path.resolve() for path in module or MODULES]
    functions, block = load(modules), np.ones(2**28, "uint8")
    bandwidth = block.size / timed(np.copyto, block.copy(), block)[0]
    print(f"{rows:,} rows (Excel: a tenth); {rounds} rounds; memcpy {bandwidth / 1e9:.1f} GB/s")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make(place / "data", rows)
        make(place / "small", 10 * FILES)
        r = start_r(place / "data")
        for case in [case for case in CASES if only in case]:
            if case.split()[0] not in functions:
                print(f"{case}: there is no such function")
                continue
            compare(case, functions[case.split()[0]], place / "data", r, rounds, bandwidth)
            if sys.platform == "linux":
                with get_context("spawn").Pool(1) as fresh:
                    grown = fresh.apply(growth, (*case.split(), modules, place))
                say(case, grown, "x the memory of its data", "<= 3")
        for path in modules if only in "import" else ():
            cost = import_cost(path, rounds, place / "cache")
            say(f"import {path.stem}", cost, "x import pandas", "<= 1.1")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="part of the name of a row")
    parser.add_argument("--module", type=Path, action="append", help="a file with such functions")
    main(**vars(parser.parse_args()))
