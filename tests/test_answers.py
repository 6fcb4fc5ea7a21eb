"""Whatever is answered: a project that holds it letter by letter, or a refusal that says why."""

import contextlib
import functools
import html
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cookiecutter.exceptions import FailedHookException
from cookiecutter.main import cookiecutter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from projects import ROOT, TEMPLATE, Project, bake, copy_template, run

KNOWING = ["CITATION.cff", "LICENSE", "README.md", "config.yaml", "pyproject.toml"]
LICENCES = ["MIT", "BSD-3-Clause", "Apache-2.0", "CC-BY-4.0", "OGL-UK-3.0", "none"]
ANSWERS = {
    "title": "A title",
    "question": "A question?",
    "author": "An author",
    "email": "a@example.org",
    "license": "MIT",
    "year": "2026",
}
# What is read as more than text by one of the formats that carry it.
HOSTILE = [
    "quotes \"double\" and 'single' and \"\"\"three\"\"\" and '''three'''",
    "back\\slash \\n \\u0041 \\x41 C:\\temp\\",
    "braces {x} {{ x }} {{ cookiecutter.author }} {% raw %} {# x #} ${{ secrets.x }}",
    "{{",
    "{%",
    "{% endraw %}",
    "{{ 7*7 }}",
    "emoji 📈👩🏽‍🔬 and new ones 🫩",
    "عنوان من اليمين",
    "שלום (עולם)",
    "\u202ereversed",
    "e\u0301 a\u030a n\u0303 \u0301",
    "x" * 500,
    "word " * 99 + "end",
    "yes",
    "null",
    "~",
    "0x1F",
    "1_000",
    "2026-01-01",
    "- a list",
    "--help",
    "-x",
    "# heading #",
    "> quote",
    "| a | b |",
    "& anchor",
    "*alias",
    "!tag",
    "%YAML",
    "@at",
    "key: value # comment",
    "</script><script>alert(1)</script>",
    "<!-- x -->",
    "&amp; &lt;",
    "$x^2$ \\frac{1}{2} \\(x\\)",
    "[x](y) ![z](w) <https://example.org> [1]: x",
    "**bold** __bold__ *i* _i_ ~~s~~ `code` ``two``",
    "1. first",
    "===",
    "; rm -rf ~; $(touch x) `touch x`",
    "%s %(x)s {0} %PATH% $HOME",
    "What does example.org/home/news say of https://example.org/home/ann?",
    "\ufeffmark",
    "a\u00a0b\u200bc",
]
REFUSED = ["", " ", " x", "x ", "a\nb", "a\tb", "a\x00b", "a\x85b", "a\u2028b", "\ud800", "a\uffff"]
REFUSED += ["all of /home/ann/x", "C:\\Users\\Ann\\x", "/Users/ann"]
LETTERS = st.one_of(
    st.characters(exclude_categories=["Cc", "Cs"]),
    st.sampled_from("\"'\\{}%#$<>&|*_`~[]()!:;,.-=+@/?^ \n\té\u0301ע📈\u202e\ufeff\uffff0aZ"),
)
TEXTS = st.one_of(
    st.sampled_from([*HOSTILE, *REFUSED]),
    st.text(LETTERS, max_size=40),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map("".join),
)
FREE = st.fixed_dictionaries(dict.fromkeys(["title", "question", "author"], TEXTS))
SHOWN = ["title", "question", "author"]
ODD = st.fixed_dictionaries(
    {},
    optional={
        "email": TEXTS | st.emails(),
        "license": st.sampled_from(LICENCES) | TEXTS,
        "year": st.from_regex(r"\A[0-9]{3,5}\Z") | TEXTS,
        "project_slug": st.sampled_from([None, "con", "../x", "a/b", "-x", "x" * 61, "a-1"])
        | TEXTS,
    },
)
BOUNDED = settings(max_examples=int(os.environ.get("STARTPY_CASES", "150")), deadline=None)


@pytest.fixture(scope="module")
def thin(tmp_path_factory):
    """The template with only the files that hold answers: what is made of it is made fast."""
    folder = tmp_path_factory.mktemp("thin")
    for path in ("cookiecutter.json", "local_extensions.py"):
        shutil.copy(ROOT / path, folder)
    shutil.copytree(ROOT / "licences", folder / "licences")
    (folder / TEMPLATE.name).mkdir()
    for path in KNOWING:
        shutil.copy(TEMPLATE / path, folder / TEMPLATE.name)
    config = folder / "config"
    config.write_text(f"replay_dir: {json.dumps(str(folder / 'replay'))}\n", encoding="utf-8")
    return folder


def outcome(thin, answers):
    """Make a project; return its folder's faults, or None if the answers were refused."""
    with tempfile.TemporaryDirectory() as place:
        try:
            made = cookiecutter(
                str(thin),
                no_input=True,
                extra_context=answers,
                output_dir=place,
                config_file=str(thin / "config"),
                accept_hooks=False,
            )
        except FailedHookException as error:
            assert str(error).startswith("No project was made. Please change:\n")
            assert os.listdir(place) == []
            return None
        assert os.listdir(place) == [Path(made).name]
        return altered(Path(made), answers)


def altered(folder, answers):
    """Return what is not in the files of a project as it was answered."""
    title, question, author, email, licence, year = (answers[name] for name in ANSWERS)
    text = {
        path: (folder / path).read_text("utf-8") for path in KNOWING if (folder / path).exists()
    }
    config = yaml.safe_load(text["config.yaml"])
    citation = yaml.safe_load(text["CITATION.cff"])
    project = tomllib.loads(text["pyproject.toml"])["project"]
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text["README.md"])
    shown = [plain(token) for token in tokens if token.type == "inline"]
    kinds = [token.type for token in tokens]
    bare = reference(licence)
    expected = project.get("license") if licence == "none" else licence
    faults = {
        "config.yaml": [config["title"], config["question"], config["author"]]
        != [title, question, author],
        "CITATION.cff": citation["title"] != title
        or citation["abstract"] != question
        or citation["authors"] != [{"name": author, "email": email}]
        or citation.get("license", "none") != licence,
        "pyproject.toml": project["description"] != question or project["license"] != expected,
        "README.md": shown[:2] != [title, question]
        or shown[-1].split("\n")[0] != f"Made by {author} with startpy. Ask at {email}."
        or kinds != bare,
        "LICENSE": licence != "none"
        and f"\nCopyright (c) {year} {author}\n" not in f"\n{text['LICENSE']}",
    }
    return [path for path, wrong in faults.items() if wrong]


def plain(token):
    """Return the words that a reader sees."""
    return "".join(
        "\n" if child.type.endswith("break") else child.content for child in token.children
    )


@functools.cache
def reference(licence):
    """Return the structure of the README with harmless answers."""
    with tempfile.TemporaryDirectory() as place:
        bake(Path(place), f"license={licence}", "--accept-hooks", "no")
        (readme,) = Path(place).glob("*/README.md")
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(readme.read_text("utf-8"))
    return [token.type for token in tokens]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_some_format_would_read_as_more_than_text_is_found_intact(thin, text):
    answers = {**ANSWERS, "title": text, "question": text, "author": text, "project_slug": "x"}
    assert outcome(thin, answers) == []


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_line_of_text_or_names_a_folder_of_one_machine_is_refused(thin, text):
    for name in ANSWERS:
        assert outcome(thin, {**ANSWERS, name: text}) is None, name


@given(free=FREE, odd=ODD)
@example(free=dict.fromkeys(["title", "question", "author"], "{{"), odd={"project_slug": "x"})
@BOUNDED
def test_any_answers_are_refused_or_found_intact(thin, free, odd):
    answers = {**ANSWERS, "project_slug": "a-1", **free, **odd}
    if answers["project_slug"] is None:
        del answers["project_slug"]  # It is made of the title.
    faults = outcome(thin, answers)
    note(faults)
    assert not faults, faults


def note(faults):
    """Count what became of a case, for a long run by hand."""
    if path := os.environ.get("STARTPY_COUNTS"):
        with open(path, "a") as file:
            print("refused" if faults is None else "broken" if faults else "ok", file=file)


@given(text=st.sampled_from(HOSTILE) | st.text(LETTERS, min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_the_report_shows_what_was_answered_and_nothing_else(thin, text):
    sys.path.insert(0, str(TEMPLATE))
    sys.path.insert(0, str(ROOT))
    from startpy.report import main

    from local_extensions import inside_quotes

    answers = {**ANSWERS, "title": text, "question": text, "author": text, "project_slug": "x"}
    if outcome(thin, answers) is None:
        return
    first = (TEMPLATE / "stages/report.py").read_text("utf-8").split("\n# %%\n")[0]
    read = "#| include: false\nimport yaml\nconfig = yaml.safe_load(open('config.yaml', 'rb'))\n"
    quoted = "".join(f'{name}: "{inside_quotes(text)}"\n' for name in SHOWN)
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        Path("config.yaml").write_text(quoted, encoding="utf-8")
        Path("report.py").write_text(f"{first}\n# %%\n{read}", encoding="utf-8")
        main(Path("report.py"), [Path("config.yaml")], Path("report.html"))
        page = Path("report.html").read_text("utf-8")
    head = page.partition("</header>")[0]
    assert html.unescape(re.search("<title>(.*?)</title>", head, re.S)[1]) == text
    for kind in ("<h1>", '<p class="subtitle">', '<p class="byline">\n<span>'):
        # Text that turns its direction is kept apart.
        inside = re.search(f"{kind}(.*?)</", re.sub("</?bdi>", "", head), re.S)[1]
        assert "<" not in inside
        assert html.unescape(inside).strip() == text


def made_by(*command, cwd, **environment):
    return run(sys.executable, "-m", *command, cwd=cwd, **environment)


WRONG = {"title": "It's {{ here", "author": " ", "email": "me", "license": "GPL", "year": "26"}
TOLD = {
    "author": "must not be empty",
    "email": "'me' must be an e-mail address, such as you@example.org",
    "license": f"'GPL' must be one of {', '.join(LICENCES)}",
    "year": "'26' must be a year of four digits, such as 2026",
}
AGAIN = "This asks again, with the other answers kept:\n  "


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The template in git, by itself and in a folder of a larger repository."""
    place = tmp_path_factory.mktemp("templates")
    copy_template(place / "inner/startpy")
    shutil.copytree(place / "inner/startpy", place / "startpy")
    for folder in (place / "inner", place / "startpy"):
        for words in (
            ["init", "--quiet"],
            ["add", "--all"],
            [*ANN, "commit", "--quiet", "-m", "x"],
        ):
            assert run("git", *words, cwd=folder).returncode == 0
    shutil.make_archive(str(place / "startpy"), "zip", place, "startpy")
    return place


ANN = ["-c", "user.name=Ann", "-c", "user.email=a@localhost"]
WAYS = {
    "a folder": ["cookiecutter", "{place}/startpy"],
    "a zip": ["cookiecutter", "{place}/startpy.zip"],
    "git": ["cookiecutter", "git+file://{place}/startpy"],
    "a folder of a repository": [
        "cookiecutter",
        "git+file://{place}/inner",
        "--directory",
        "startpy",
    ],
}


def home(folder):
    """Return variables that give cookiecutter a home of its own."""
    (folder / "home").mkdir(exist_ok=True)
    config = folder / "home/config"
    words = {name: str(folder / "home" / name) for name in ("replay_dir", "cookiecutters_dir")}
    config.write_text(json.dumps(words), encoding="utf-8")
    return {"COOKIECUTTER_CONFIG": str(config)}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_fault_is_told_and_the_command_that_is_named_mends_them(repository, tmp_path, way):
    words = [word.format(place=repository) for word in way]
    pairs = [f"{name}={answer}" for name, answer in WRONG.items()]
    (tmp_path / "here").mkdir()
    done = made_by(*words, "--no-input", *pairs, cwd=tmp_path / "here", **home(tmp_path))
    assert done.returncode == 1
    told, again = done.output.strip().split(AGAIN)
    assert (
        told
        == "No project was made. Please change:\n"
        + "".join(f"  {name}: {fault}\n" for name, fault in TOLD.items())
        + "\n"
    )
    assert os.listdir(tmp_path / "here") == []
    assert shlex.split(again) == [*words, "title=It's {{ here"]
    # Enter at each question, but what was wrong is answered anew. What was fetched is there.
    fetched = "\n" if "git+" in way[1] else ""
    mended = subprocess.run(
        [sys.executable, "-m", *shlex.split(again)],
        cwd=tmp_path / "here",
        env={**os.environ, **home(tmp_path)},
        input=f"{fetched}\n\n\nAnn\na@b.org\nnone\n2020\n",
        capture_output=True,
        encoding="utf-8",
    )
    assert mended.returncode == 0, mended.stdout + mended.stderr
    config = yaml.safe_load((tmp_path / "here/it-s-here/config.yaml").read_text("utf-8"))
    assert (config["title"], config["author"]) == ("It's {{ here", "Ann")


@pytest.mark.parametrize("answers", [WRONG, {"title": 5}, {"question": None, "email": ["x"]}])
def test_a_replay_is_checked_as_well(repository, tmp_path, answers):
    """What is replayed is not asked, and nobody can be sure who wrote it."""
    there = home(tmp_path)
    made = made_by("cookiecutter", repository / "startpy", "--no-input", cwd=tmp_path, **there)
    assert made.returncode == 0, made.output
    shutil.rmtree(tmp_path / "penguins-of-palmer")
    replay = tmp_path / "home/replay_dir/startpy.json"
    stored = json.loads(replay.read_text("utf-8"))
    stored["cookiecutter"] |= answers
    replay.write_text(json.dumps(stored), encoding="utf-8")
    done = made_by("cookiecutter", repository / "startpy", "--replay", cwd=tmp_path, **there)
    assert done.returncode == 1
    assert "Traceback" not in done.output
    for name in answers.keys() - {"title"} if answers is WRONG else answers:
        assert f"\n  {name}: " in done.output
    assert "--replay" not in done.output
    assert os.listdir(tmp_path) == ["home"]


def test_cruft_refuses_them_too_and_makes_the_project_with_right_ones(repository, tmp_path):
    create = ["cruft", "create", str(repository / "startpy"), "--no-input"]
    done = made_by(*create, "--extra-context", json.dumps(WRONG), cwd=tmp_path, **home(tmp_path))
    assert done.returncode == 1
    for name, fault in TOLD.items():
        assert name in done.output and fault.split(" must")[0] in done.output
    assert os.listdir(tmp_path) == ["home"]
    text = {"title": "{{ 7*7 }} {%", "license": "none", "project_slug": "x"}
    made = made_by(*create, "--extra-context", json.dumps(text), cwd=tmp_path, **home(tmp_path))
    assert made.returncode == 0, made.output
    folder = tmp_path / "x"
    assert yaml.safe_load((folder / "config.yaml").read_text("utf-8"))["title"] == text["title"]
    assert not (folder / "LICENSE").exists()
    assert not (folder / ".git").exists()
    run("git", "init", "--quiet", cwd=folder)
    run("git", "add", "--all", cwd=folder)
    run("git", *ANN, "commit", "--quiet", "-m", "x", cwd=folder)
    assert made_by("cruft", "diff", "--exit-code", cwd=folder, **home(tmp_path)).returncode == 0


def test_at_an_update_a_template_brings_its_own_filters_and_texts(repository, tmp_path):
    """Both versions are rendered in one process, where a module is imported once."""
    template = tmp_path / "startpy"
    shutil.copytree(repository / "startpy", template)
    there = home(tmp_path)
    assert made_by("cookiecutter", template, "--no-input", cwd=tmp_path, **there).returncode == 0
    newer = (
        (template / "local_extensions.py")
        .read_text("utf-8")
        .replace("filters = [", "filters = [added, ")
    )
    newer += '\n\ndef added(text):\n    return text.upper() + "!"\n'
    (template / "local_extensions.py").write_text(newer, encoding="utf-8")
    readme = template / TEMPLATE.name / "AGENTS.txt"
    readme.write_text("{{ cookiecutter.title | added }}\n", encoding="utf-8")
    run("git", "add", "--all", cwd=template)
    run("git", *ANN, "commit", "--quiet", "-m", "y", cwd=template)
    folder = tmp_path / "penguins-of-palmer"
    updated = made_by("cruft", "update", "--skip-apply-ask", cwd=folder, **there)
    assert updated.returncode == 0, updated.output
    assert (folder / "AGENTS.txt").read_text("utf-8") == "PENGUINS OF PALMER!\n"


def test_a_licence_that_is_nearly_right_is_recognised(tmp_path):
    for given_, meant in {"bsd": "BSD-3-Clause", "mit": "MIT", "Apache": "Apache-2.0"}.items():
        assert f"(did you mean {meant}?)" in bake(tmp_path, f"license={given_}").output


def test_the_year_is_an_answer_and_does_not_change_at_an_update(tmp_path):
    bake(tmp_path)
    folder = tmp_path / "penguins-of-palmer"
    link = json.loads((folder / ".cruft.json").read_text("utf-8"))
    year = str(datetime.now(UTC).year)
    assert link["context"]["cookiecutter"]["year"] == year
    assert f"Copyright (c) {year} Your Name" in (folder / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("title", ["2024: a budget", "Ä" * 300, "word " * 99 + "x", "数据 分析"])
def test_a_title_gives_a_name_that_a_folder_can_have(tmp_path, title):
    made = bake(tmp_path, f"title={title}", "--accept-hooks", "no")
    assert made.returncode == 0, made.output
    (folder,) = tmp_path.iterdir()
    assert re.fullmatch("[a-z0-9-]{1,60}", folder.name)


def words(text):
    return re.findall(r"[^\W_]+", text)


@pytest.mark.parametrize("name", [name for name in LICENCES if name != "none"])
def test_a_licence_is_whole(name):
    """How many words the official texts have, counted in a second copy of each."""
    text = (ROOT / "licences" / f"{name}.txt").read_text("utf-8")
    notice, ending, count = {
        "MIT": ("MIT License", "DEALINGS IN THE SOFTWARE", 169),
        "BSD-3-Clause": ("BSD 3 Clause License", "POSSIBILITY OF SUCH DAMAGE", 225),
        "Apache-2.0": (
            "Copyright c year holder Apache License",
            "limitations under the License",
            1612,
        ),
        "CC-BY-4.0": ("Copyright c year holder", "contacted at creativecommons org", 2641),
        "OGL-UK-3.0": ("Copyright c year holder", "on The National Archives website", 993),
    }[name]
    flat = " ".join(words(text))
    assert text.count("Copyright (c) <year> <holder>\n") == 1
    assert flat.startswith(notice)
    assert flat.endswith(ending)
    assert len(words(text)) == count


@pytest.mark.nightly  # By day the default, MIT, stands for all.
@pytest.mark.parametrize("licence", LICENCES[1:])
def test_a_project_of_every_licence_passes_its_hooks_and_tests_and_makes_its_report(
    project, tmp_path, licence
):
    made = bake(tmp_path, f"license={licence}", f"title=Under {licence}", "project_slug=x")
    assert made.returncode == 0, made.output
    folder = tmp_path / "x"
    same = Project(folder, project.python)
    assert (folder / "LICENSE").exists() == (licence != "none")
    readme = (folder / "README.md").read_text("utf-8")
    assert ("── LICENSE " in readme) == (licence != "none")
    assert ("Nothing in it is licensed: ask there" in readme) == (licence == "none")
    hooks = same.run(project.python, "-m", "pre_commit", "run", "--all-files")
    assert hooks.returncode == 0, hooks.output
    done = same.snakemake()
    assert done.returncode == 0, done.output
    assert f"Under {licence}</h1>" in (folder / "results/report.html").read_text("utf-8")
    tested = same.run(project.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert tested.returncode == 0, tested.output


def test_what_no_commit_may_name_no_answer_may_name():
    sys.path[:0] = [str(ROOT), str(TEMPLATE)]
    from startpy import hooks

    import local_extensions

    assert local_extensions.HOMES == hooks.HOMES


def test_the_first_commit_passes_the_hooks_of_the_project(project):
    hooks = project.run(project.python, "-m", "pre_commit", "run", "--all-files")
    assert hooks.returncode == 0, hooks.output
    named = run("git", "log", "--format=%s", cwd=project.folder).output
    assert named == "Start Penguins of Palmer from the startpy template\n"


@pytest.mark.parametrize("licence", ["MIT", "none"])
def test_the_citation_is_valid(tmp_path, licence):
    bake(tmp_path, f"license={licence}", "title=A 'title': \"x\" {{", "project_slug=x")
    uv = shutil.which("uv", path=Path(sys.executable).parent) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    done = run(uv, "tool", "run", "cffconvert", "--validate", cwd=tmp_path / "x")
    if "No solution found" in done.output or "error sending request" in done.output:
        pytest.skip("no registry has cffconvert")
    assert done.returncode == 0, done.output
    assert "valid" in done.output


def config_of_git(folder, **settings):
    """Return variables that give git a configuration of its own."""
    file = folder / "gitconfig"
    file.write_text("".join(f'[{k.partition("_")[0]}]\n{k.partition("_")[2]} = {v}\n'
                            for k, v in settings.items()), encoding="utf-8")  # fmt: skip
    nobody = dict.fromkeys(["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"])
    return {"GIT_CONFIG_GLOBAL": str(file), "GIT_CONFIG_NOSYSTEM": "1", **nobody}


ME = {"user_name": "Ann", "user_email": "ann@localhost"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (ME, "It is a git repository with a first commit."),
        ({}, "Tell git who you are: git config --global user.name NAME, and user.email ADDRESS."),
        ({"user_email": "ann@localhost"}, "Tell git who you are"),
        ({**ME, "commit_gpgsign": "true", "gpg_program": "/bin/false"}, "not signed. To sign it: "),
        ({**ME, "core_hooksPath": "refusing"}, "It is a git repository with a first commit."),
        ({**ME, "core_autocrlf": "true"}, "It is a git repository with a first commit."),
    ],
)
def test_git_makes_a_first_commit_however_it_is_set_up(tmp_path, settings, said):
    hook = tmp_path / "refusing/commit-msg"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    (hook.parent / "prepare-commit-msg").symlink_to(hook)
    if "core_hooksPath" in settings:
        settings = {**settings, "core_hooksPath": hook.parent.as_posix()}
    setup = config_of_git(tmp_path, **settings)
    (tmp_path / "here").mkdir()
    command = ["cookiecutter", ROOT, "--no-input", "--output-dir", tmp_path / "here"]
    done = made_by(*command, cwd=tmp_path / "here", **setup)
    assert done.returncode == 0, done.output
    (line,) = [line for line in done.output.splitlines() if line.startswith("Your project is in")]
    assert line.endswith(said) or said in line
    folder = tmp_path / "here/penguins-of-palmer"
    assert run("git", "rev-list", "--count", "main", cwd=folder, **setup).output.strip() == "1"


def test_the_folder_is_named_as_seen_from_where_you_are(tmp_path):
    (tmp_path / "my work").mkdir()
    command = ["cookiecutter", ROOT, "--no-input", "--output-dir", "my work"]
    said = made_by(*command, cwd=tmp_path).output.splitlines()
    assert said[-2:] == ["  cd 'my work/penguins-of-palmer'", "  python run.py"]


def test_no_network_is_needed(tmp_path):
    away = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    command = ["cookiecutter", ROOT, "--no-input", "--output-dir", tmp_path]
    assert made_by(*command, cwd=tmp_path, **away).returncode == 0


def test_a_template_in_a_folder_of_a_repository_is_linked_as_such(repository, tmp_path):
    way = ["cookiecutter", f"git+file://{repository}/inner", "--directory", "startpy"]
    assert made_by(*way, "--no-input", cwd=tmp_path, **home(tmp_path)).returncode == 0
    folder = tmp_path / "penguins-of-palmer"
    link = json.loads((folder / ".cruft.json").read_text("utf-8"))
    assert link["directory"] == "startpy"
    checked = made_by("cruft", "check", cwd=folder, **home(tmp_path))
    assert checked.returncode == 0, checked.output


def test_a_clone_is_linked_to_where_its_commit_can_be_had(repository, tmp_path):
    clone, origin = tmp_path / "clone", str(repository / "startpy")
    run("git", "clone", "--quiet", origin, clone, cwd=tmp_path)
    for name in ("origin", "clone"):
        here = tmp_path / f"from {name}"
        here.mkdir()
        made = made_by("cookiecutter", clone, "--no-input", cwd=here, **home(tmp_path))
        assert made.returncode == 0, made.output
        link = here / "penguins-of-palmer/.cruft.json"
        linked = json.loads(link.read_text("utf-8"))["template"]
        assert linked == (origin if name == "origin" else str(clone))
        run("git", *ANN, "commit", "--quiet", "--allow-empty", "-m", "ours", cwd=clone)
