"""What a real browser makes of each kind of page: accessible, quiet, within its width, usable by keyboard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, product
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from .conftest import EVERYTHING

pytestmark = pytest.mark.needs("chromium")

KINDS = {
    "home": "/",
    "theses": "/theses",
    "thesis": "/doc/basel-2014/hypothesis/vernetzung-1",
    "statement": "/doc/basel-2014/statement/6162-6269",
    "skills": "/skills",
    "skill": "/doc/basel-2014/skill/03-03",
    "country": "/doc/country/ch",
    "topics": "/topics",
    "topic": "/doc/topic/financing",
    "actors": "/actors",
    "person": "/doc/person/marisa-helfer",
    "organisation": "/doc/org/fhnw",
    "text": "/text/basel-2014",
    "questions": "/query",
    "answer": "/query?name=very-important-everywhere",
    "endpoint": "/sparql",
    "search": "/search?q=Vertrauen",
    "nothing found": "/search?q=xyzzyq",
    "ontology": "/ns",
    "data": "/dumps/",
    "quality": "/quality",
    "about": "/about",
    "resource": "/doc/basel-2014/rating/03-03-ch",
    "not found": "/doc/nothing",
}
LANGUAGES = ("de", "fr", "en")
WIDTHS = (390, 820, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Look = tuple[int, Literal["light", "dark"]]
View = tuple[str, str, tuple[Look, ...]]


def views() -> list[View]:
    """Return kinds of pages with a language and the looks to see them in: all, or each kind once, in turn."""
    looks = tuple(product(WIDTHS, SCHEMES))
    if EVERYTHING:
        return [(kind, language, looks) for kind in KINDS for language in LANGUAGES]
    # 5 steps on through 18 combinations meet each language, width and scheme in turn
    combinations = list(product(LANGUAGES, looks))
    steps = cycle(combinations[(5 * step) % len(combinations)] for step in range(len(combinations)))
    return [(kind, language, (look,)) for kind, (language, look) in zip(KINDS, steps, strict=False)]


def named(view: View) -> str:
    kind, language, looks = view
    return "-".join([kind, language, *(f"{width}-{scheme}" for width, scheme in looks[:1] if not EVERYTHING)])


@contextmanager
def opened(chromium: Browser, address: str, **options: object) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Open an address; give the page, what the console said, and what it asked of which host."""
    context = chromium.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", note)
    try:
        page.goto(address, wait_until="load")
        yield page, said, asked
    finally:
        context.close()


def in_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


@pytest.mark.parametrize("view", views(), ids=named)
def test_a_page_is_accessible_quiet_and_keeps_to_itself(chromium: Browser, site: str, view: View) -> None:
    kind, language, looks = view
    with opened(chromium, site + in_language(KINDS[kind], language)) as (page, said, asked):
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert faults_of(page) == [], f"{width} pixels, {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        quiet = [text for text in said if "404" not in text] if kind == "not found" else said
        assert quiet == []
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts == {urlsplit(site).netloc}
        assert page.evaluate("document.documentElement.lang") == language


def faults_of(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found.response["violations"]
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize(
    "kind", list(KINDS) if EVERYTHING else ["home", "skills", "thesis", "text", "answer"]
)
def test_nothing_is_wider_than_the_smallest_screen(chromium: Browser, site: str, kind: str) -> None:
    with opened(chromium, site + KINDS[kind], viewport={"width": 320, "height": 700}) as (page, _, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Zum Inhalt springen"), ("fr", "Aller au contenu"), ("en", "Skip to content")],
)
def test_the_first_tab_leads_to_the_content(chromium: Browser, site: str, language: str, words: str) -> None:
    with opened(chromium, site + in_language("/theses", language)) as (page, _, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == words
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


_REACHED = "a[href], button, input:not([type=hidden]), select, textarea, summary"
_ALL = f"[...document.querySelectorAll('{_REACHED}')].filter(e => e.tabIndex >= 0 && e.checkVisibility())"
_ORDER = f"() => {_ALL}.length"
_PLACE = f"() => {_ALL}.indexOf(document.activeElement)"


@pytest.mark.parametrize("kind", list(KINDS) if EVERYTHING else ["home", "thesis", "questions"])
def test_tab_visits_everything_in_the_order_of_the_document(chromium: Browser, site: str, kind: str) -> None:
    with opened(chromium, site + KINDS[kind], viewport={"width": 1280, "height": 900}) as (page, _, _):
        count = min(page.evaluate(_ORDER), 60)
        places = []
        for _ in range(count):
            page.keyboard.press("Tab")
            places.append(page.evaluate(_PLACE))
        assert places == sorted(places)
        assert len(set(places)) == count


_NAMES = r"""() => [...document.querySelectorAll('a[href][aria-label], button[aria-label]')]
  .filter(e => e.innerText.trim() && !e.getAttribute('aria-label').toLowerCase()
    .includes(e.innerText.trim().toLowerCase())).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_seen_of_a_link_is_in_its_name(chromium: Browser, site: str, kind: str) -> None:
    with opened(chromium, site + KINDS[kind]) as (page, _, _):
        assert page.evaluate(_NAMES) == []


def test_a_passage_is_marked_without_a_script(chromium: Browser, site: str) -> None:
    words = "Demgegenüber steht allerdings die Aussage, dass die Rolle als effektive Mitglieder"
    address = f"{site}/text/basel-2014#char=6162,6269"
    with opened(chromium, address, java_script_enabled=False) as (page, _, _):
        target = page.locator(":target")
        assert target.count() == 1
        assert words in re.sub(r"\s+", " ", target.inner_text())
        assert target.is_visible()


@pytest.mark.parametrize("kind", ["home", "theses", "skills", "search", "questions"])
def test_reading_sorting_and_filtering_need_no_script(chromium: Browser, site: str, kind: str) -> None:
    with opened(chromium, site + KINDS[kind], java_script_enabled=False) as (page, _, _):
        assert page.locator("main").inner_text().strip()
        for link in page.locator("nav.filter a").all()[:4]:
            href = link.get_attribute("href")
            assert href
            answer = page.request.get(site + href)
            assert answer.status == 200
