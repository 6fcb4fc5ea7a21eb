"""The page in a browser: it runs no stranger's script, fits a phone, and is read by everyone."""

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PAGES = pytest.mark.parametrize("name", ["report_page", "example_page", "hostile_page"])


@PAGES
def test_a_page_asks_for_nothing_and_complains_of_nothing(
    name: str,
    request: pytest.FixtureRequest,
    opened: Callable[..., Page],
    server: tuple[str, list[str]],
) -> None:
    server[1].clear()
    page = opened(request.getfixturevalue(name))
    title = page.title()
    page.locator("details.code summary").first.click()
    for button in page.locator("th button").all()[:3]:
        button.click()
    page.wait_for_load_state("networkidle")
    assert page.complaints == []
    assert server[1] == []
    assert page.title() == title != "taken"
    assert page.locator("main :is(script, iframe, [onerror], a[href^=javascript])").count() == 0


def test_hostile_text_is_shown_as_it_is(hostile_page: Path, opened: Callable[..., Page]) -> None:
    page = opened(hostile_page)
    evil = page.title()
    assert evil.startswith("</title></script><script>document.title = 'taken'")
    assert evil.endswith("`{python} 1/0` **strong**")
    assert page.locator("h1").text_content() == evil
    assert page.locator("figure img").get_attribute("alt") == evil
    assert page.locator("figcaption").first.text_content() == f"Table 1. {evil}"
    assert page.locator("figure.table tbody th").first.text_content() == evil
    assert page.locator("main :is(b, strong):not(figcaption > b)").count() == 0
    assert page.locator("main :is(p, h2, td, th) img").count() == 0


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without it"])
def test_the_policy_disarms_what_a_library_forgets_to_escape(
    policy: bool,
    example: str,
    tmp_path: Path,
    opened: Callable[..., Page],
    server: tuple[str, list[str]],
) -> None:
    address, hits = server
    forgotten = (
        f"<script>document.title = 'taken'; fetch('{address}/fetch')</script>"
        f"<img src='{address}/img' onerror=\"document.title = 'taken'\">"
        f"<link rel=stylesheet href='{address}/style'><iframe src='{address}/frame'></iframe>"
    )
    text = example.replace("</main>", forgotten + "</main>")
    if not policy:
        text = re.sub("<meta http-equiv=.*>", "", text)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    hits.clear()
    page = opened(tmp_path / "page.html")
    assert (page.title() == "taken") is not policy
    assert sorted(hits) == ([] if policy else ["/fetch", "/frame", "/img", "/style"])


def test_the_policy_admits_the_script_of_the_page_alone(example: str) -> None:
    script = re.findall("<script>(.*?)</script>", example, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert (
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\""
    ) in example


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_is_accessible_with_code_closed_and_open(
    name: str, scheme: str, width: int, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name), width, scheme)
    for click in (False, True):
        if click:
            page.locator("#show-code").click()
        found = Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


@PAGES
def test_a_page_fits_a_phone(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name), width=390)
    page.locator("#show-code").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@PAGES
def test_what_scrolls_is_reached_by_keyboard_and_has_a_name_of_its_own(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name))
    regions = page.locator("main :is(.scroll, pre)").all()
    assert regions
    assert {region.get_attribute("tabindex") for region in regions} == {"0"}
    assert {region.get_attribute("role") for region in regions} == {"region"}
    names = [
        region.get_attribute("aria-label") or region.get_attribute("aria-labelledby")
        for region in regions
    ]
    assert None not in names
    assert len(set(names)) == len(names)


def test_the_first_key_offers_to_skip_to_the_text(
    example_page: Path, opened: Callable[..., Page]
) -> None:
    page = opened(example_page)
    skip = page.locator(".skip")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "show-code"


def test_a_footnote_leads_there_and_back(example_page: Path, opened: Callable[..., Page]) -> None:
    page = opened(example_page, width=390)
    page.get_by_role("link", name="Note 2", exact=True).click()
    assert page.locator("li:target").inner_text().startswith("Said of each, see Table 1.")
    page.get_by_role("link", name="Back to where note 2 belongs").click()
    assert page.locator("sup a:target").inner_text() == "2"


def test_a_page_in_hebrew_reads_from_the_right_and_its_code_from_the_left(
    example: str, tmp_path: Path, opened: Callable[..., Page]
) -> None:
    text = example.replace('lang="en" dir="ltr"', 'lang="he" dir="rtl"')
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    page = opened(tmp_path / "page.html", width=390)
    page.locator("#show-code").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for where, side in {"h1": "right", "#tbl-birds td": "right", "pre.code": "left"}.items():
        align, direction = page.locator(where).first.evaluate(
            "(one) => [getComputedStyle(one).textAlign, getComputedStyle(one).direction]"
        )
        start = {"rtl": "right", "ltr": "left"}[direction]
        assert (start if align == "start" else align) == side, where
    assert Axe().run(page).response["violations"] == []


@PAGES
@pytest.mark.parametrize(("width", "open_at_first"), [(1280, True), (390, False)])
def test_contents_are_open_at_a_desk_and_folded_on_a_phone(
    name: str,
    width: int,
    open_at_first: bool,
    request: pytest.FixtureRequest,
    opened: Callable[..., Page],
) -> None:
    page = opened(request.getfixturevalue(name), width)
    assert page.locator("nav a").first.is_visible() is open_at_first
    page.set_viewport_size({"width": 1670 - width, "height": 900})
    page.wait_for_function(
        f"document.querySelector('nav details').open === {str(not open_at_first).lower()}"
    )


@PAGES
def test_one_button_shows_and_hides_all_code(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name))
    button = page.locator("#show-code")
    code, shown = page.locator("details.code"), page.locator("details.code[open]")
    assert code.count() > shown.count()
    button.click()
    assert (shown.count(), button.get_attribute("aria-pressed")) == (code.count(), "true")
    button.click()
    assert (shown.count(), button.get_attribute("aria-pressed")) == (0, "false")


def test_a_heading_sorts_its_table_up_and_down(
    example_page: Path, opened: Callable[..., Page]
) -> None:
    page = opened(example_page)
    table = page.locator("#tbl-birds")

    def after(heading: str) -> tuple[str | None, list[str]]:
        table.get_by_role("button", name=heading).click()
        names = table.locator("tbody tr td:first-child").all_text_contents()
        return table.locator("th", has_text=heading).get_attribute("aria-sort"), names

    assert after("name") == ("ascending", ["Ada", "Bo", "Cy"])
    assert after("name") == ("descending", ["Cy", "Bo", "Ada"])
    assert after("mass_g") == ("ascending", ["Ada", "Cy", "Bo"])
    assert after("mass_g") == ("descending", ["Cy", "Ada", "Bo"])
    assert after("born") == ("ascending", ["Bo", "Ada", "Cy"])
    assert table.locator("[aria-sort]").count() == 1


@PAGES
def test_a_print_has_the_figures_and_neither_code_nor_buttons(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name))
    page.locator("#show-code").click()
    page.emulate_media(media="print")
    assert page.locator("figure img").first.is_visible()
    for hidden in ("nav", "#show-code", "details.code", "pre.code"):
        assert not page.locator(hidden).first.is_visible()
