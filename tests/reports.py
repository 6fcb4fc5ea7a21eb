"""Reports that tests render and open: scripts, the pages made of them, a server that counts."""

import http.server
import importlib.util
import os
import shutil
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page
from projects import TEMPLATE

Render = Callable[..., subprocess.CompletedProcess[str]]

FRONT = """\
# %% [markdown]
# ---
# title: A small report
# ---
"""
EXAMPLE = """\
# %% [markdown]
# ---
# title: '`{python} config["title"]`'
# subtitle: Three birds
# author: "Ada & Bo"
# date: 2024-05-06
# ---

# %%
#| include: false
import json
import pandas as pd
from helpers.show import show_figure, show_table

config = json.loads(open("config.json").read())
hebrew = "שלום (1)"
birds = pd.DataFrame(
    {
        "name": ["Ada", "Bo", "Cy"],
        "mass_g": [3700.5, None, 12000.25],
        "born": pd.to_datetime(["2007-11-11", "2007-11-09", None]),
    }
)

# %% [markdown]
# ## All the birds
# There are `{python} len(birds)` birds, see @tbl-birds and @fig-dot.
#
# The mean[^mean] is $\\bar{x}$; `{python} hebrew` and a bird[^bird] cost $5 and $10.[^mean]
#
# $$\\bar{x} = \\frac{1}{n} \\sum_{i=1}^n x_i \\quad\\text{over all birds, also those unweighed}$$
#
# [^bird]: Said of *each*, see @tbl-birds.
#
# ### Their masses
# |Bird|Mass|
# |----|---:|
# |Ada | 1  |
#
# #### Too deep for the contents

# %%
#| label: tbl-birds
#| tbl-cap: "All `{python} len(birds)` *birds*."
birds

# %%
#| label: fig-dot
#| fig-cap: "A dot."
#| fig-alt: "One dot of `{python} 1 + 1` pixels"
#| code-fold: show
#| code-summary: How it was drawn
show_figure("dot.png")

# %%
#| echo: false
#| output: false
hidden_code = 1
print("hidden output")

# %%
#| eval: false
never_run()

# %% [markdown]
# ## All the birds

# %% [markdown]
# [^mean]: Of $n$ birds.
#
#     And no more.

# %%
print("printed", "<b>")
display(None)
display(3 * 7)
hidden_code;
"""
# `ADDRESS` is the counting server's. Every text of the data and of the prose wants out.
HOSTILE = """\
# %% [markdown]
# ---
# title: '`{python} evil`'
# author: '`{python} evil`'
# ---

# %%
#| include: false
import pandas as pd
from helpers.show import show_figure, show_table

evil = (
    "</title></script><script>document.title = 'taken'; fetch('ADDRESS/fetch')</script>"
    "<img src=ADDRESS/img onerror=\\"document.title = 'taken'\\"> <b>bold</b> "
    "[link](javascript:document.title='taken') ![image](ADDRESS/md) `{python} 1/0` **strong**"
)
index = pd.Index([evil, "b"], name=evil)
table = pd.DataFrame({evil: [evil, 1], "plain": [2.5, None]}, index=index)

# %% [markdown]
# ## In the prose: `{python} evil`
# A value `{python} evil`, a [link](javascript:document.title='taken'), <script>alert(1)</script>
# and <img src="ADDRESS/raw">
#
# |`{python} evil`|
# |---------------|
# |`{python} evil`|

# %%
#| tbl-cap: "`{python} evil`"
table

# %%
#| fig-cap: "`{python} evil`"
#| fig-alt: "`{python} evil`"
show_figure("dot.png")

# %%
print(evil)
show_table(table[evil], caption=evil, labels={evil: evil + "!"})
"""


def png(side: int = 2) -> bytes:
    """Return a black square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * side) * side)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def load(path: str) -> ModuleType:
    """Import one file of the template, which is not on the path of these tests."""
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(name, TEMPLATE / path)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the parts of a project that make a page, and two files to read."""
    folder = tmp_path_factory.mktemp("tools")
    for name in ("startpy", "helpers"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TEMPLATE / name, folder / name, ignore=ignore)
    (folder / "stages").mkdir()
    (folder / "config.json").write_text('{"title": "Birds <& bees>"}', encoding="utf-8")
    (folder / "dot.png").write_bytes(png())
    return folder


@pytest.fixture(scope="session")
def render(tools: Path) -> Render:
    """Return a function that renders a script; its page is at `page_of(folder)`."""

    def render(
        script: str, *inputs: str, folder: Path = tools, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        (folder / "stages" / "report.py").write_text(script, encoding="utf-8")
        command = [sys.executable, "-m", "startpy.report", "--script", "stages/report.py"]
        return subprocess.run(
            [*command, "--inputs", *(inputs or ["dot.png"]), "--out", "results/report.html"],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", **environment},
            capture_output=True,
            encoding="utf-8",
        )

    return render


def page_of(folder: Path) -> Path:
    return folder / "results" / "report.html"


@pytest.fixture(scope="session")
def example_page(render: Render, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = render(EXAMPLE, "config.json", "dot.png")
    assert done.returncode == 0, done.stderr
    return Path(shutil.copy(page_of(tools), tmp_path_factory.mktemp("example")))


@pytest.fixture(scope="session")
def example(example_page: Path) -> str:
    return example_page.read_text(encoding="utf-8")


def made(render: Render, folder: Path, body: str) -> str:
    """Return the page of a script without title page, or fail with what went wrong."""
    done = render(FRONT + body)
    assert done.returncode == 0, done.stderr
    return page_of(folder).read_text(encoding="utf-8")


class Counter(http.server.BaseHTTPRequestHandler):
    hits: list[str]

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[str, list[str]]]:
    """Count what pages ask of the network: the address of a server and the paths asked for."""
    hits: list[str] = []
    handler = type("Handler", (Counter,), {"hits": hits})
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}", hits
    listening.shutdown()


@pytest.fixture(scope="session")
def hostile_page(
    render: Render,
    tools: Path,
    server: tuple[str, list[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    done = render(HOSTILE.replace("ADDRESS", server[0]))
    assert done.returncode == 0, done.stderr
    return Path(shutil.copy(page_of(tools), tmp_path_factory.mktemp("hostile")))


@pytest.fixture
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page and notes what it complains of and asks for."""
    pages = []

    def opened(path: Path, width: int = 1280, scheme: str = "light") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "request", lambda asked: page.complaints.append(asked.url) if web(asked.url) else None
        )
        page.goto(path.as_uri(), wait_until="networkidle")
        return page

    yield opened
    for page in pages:
        page.close()


def web(url: str) -> bool:
    return not url.startswith(("file:", "data:"))
