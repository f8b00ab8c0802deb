"""Questions and their answers: stored ones with their parameters as pick lists, and queries of one's own."""

from typing import Any, Final
from urllib.parse import urlencode

from clustergraph.namespaces import BASE, PREFIXES
from clustergraph.queries import Query
from clustergraph.store.wire import Failure
from clustergraph.tables.schema import Cell, Table
from clustergraph.web.pages.answers import MOST, SHOWN, Answer, as_table, heads, link, read
from clustergraph.web.pages.faults import fault_of
from clustergraph.web.pages.names import shorten
from clustergraph.web.pages.page import Page, View
from clustergraph.web.pages.questions import LANGUAGE, REPORT, Field, by_group, fields_of, matching, stored
from clustergraph.web.pages.takeaway import Tables, column, table
from clustergraph.web.pages.uses import sparqlwrapper, uses

PATH: Final = "/query"
FIRST: Final = """SELECT ?class (COUNT(?thing) AS ?things)
WHERE {
  ?thing a ?class .
}
GROUP BY ?class
ORDER BY DESC(?things)
LIMIT 20
"""


async def view(page: Page) -> View:
    """Show the questions, one of them with its answer, or the answer to a query of one's own."""
    if page.parameters.get("table") == "terms":
        rows = await page.keep("terms", lambda: page.rows("terms"))
        page.mention(*(str(row["term"]) for row in rows))
        await page.learn_names()
        return View("query.html", {}, {"terms": _terms(page, rows)})
    if text := page.parameters.get("query"):
        body = await page.answer(text, (), MOST)
        return await answered(page, text, body)
    name = page.parameters.get("question", "")
    if name and name not in stored():
        raise Failure("not-found", f"there is no question {name[:60]!r}; /query lists them")
    return await _question(page, stored()[name]) if name else _questions(page)


def _questions(page: Page) -> View:
    wanted = page.parameters.get("find", "").strip()[:200]
    found = matching(wanted)
    return View("questions.html", {"groups": by_group(found), "wanted": wanted, "found": len(found)})


async def _question(page: Page, query: Query) -> View:
    fields = await fields_of(page, query)
    values = _values(page, query, fields)
    common = {
        "question": query,
        "fields": fields,
        "siblings": [each for each in stored().values() if each.group == query.group],
        **_editor(page, query.body),
    }
    if not all(field.is_right for field in fields):
        await page.learn_names()
        return View("question.html", common | {"answer": None}, Tables(answer=lambda: _refused(fields)))
    body = await page.answer(query.text, query.bind(values.items()), MOST)
    answer = read(body, values.keys() | _needless(page))
    await link(page, answer)
    local = {name: value.removeprefix(BASE) for name, value in values.items()}
    names = [field.parameter.name for field in fields]
    given = {"question": query.name, **{name: local[name] for name in names if name in local}}
    address = f"{page.origin}/api/{query.name}{_query_string(local)}"
    shown = _shown(page, answer, stored_question=True) | {
        "files": {form: page.links.path(f"{PATH}.{form}", **given) for form in ("csv", "xlsx", "json")},
        "sheet": f"{page.origin}{PATH}.csv{_query_string(given | {'lang': page.language})}",
        "address": f"{page.origin}{PATH}{_query_string(given)}",
        "programs": address,
        "uses": [
            *uses(address, graph=query.gives_graph),
            *([] if values or query.gives_graph else [sparqlwrapper(f"{page.origin}/sparql", query.body)]),
        ],
    }
    tables = Tables(answer=lambda: as_table(page, answer, query.name, stored=True))
    return View("question.html", common | shown, {} if answer.boolean is not None else tables)


async def answered(page: Page, text: str, body: bytes) -> View:
    """Show the answer to a query of one's own, as a worker wrote it for a page."""
    answer = read(body)
    await link(page, answer)
    address = f"{page.origin}/sparql{_query_string({'query': text})}"
    values = _editor(page, text) | _shown(page, answer, stored_question=False)
    values |= {
        "files": {form: page.links.path(f"{PATH}.{form}", query=text) for form in ("csv", "xlsx", "json")},
        "sheet": f"{page.origin}{PATH}.csv{_query_string({'query': text})}",
        "address": address,
        "programs": address,
        "uses": [
            *uses(address, graph=answer.turtle is not None),
            *([] if answer.turtle else [sparqlwrapper(f"{page.origin}/sparql", text)]),
        ],
    }
    tables = Tables(answer=lambda: as_table(page, answer, "answer", stored=False))
    return View("sparql.html", values, {} if answer.boolean is not None else tables)


def editor(page: Page, text: str = "", failure: Failure | None = None) -> View:
    """Show the editor, with what is wrong with the query in it."""
    fault = fault_of(failure, text, page.language) if failure else None
    return View(
        "sparql.html", _editor(page, text or FIRST) | {"answer": None, "failure": failure, "fault": fault}
    )


def _editor(page: Page, text: str) -> dict[str, Any]:
    words = page.words.query.editor
    return {
        "text": text,
        "prefixes": dict(sorted(PREFIXES.items())),
        "phrases": {"Completions": words.completions, "Diagnostics": words.diagnostics, "Error": words.error},
        "fault": None,
        "failure": None,
    }


def _shown(page: Page, answer: Answer, *, stored_question: bool) -> dict[str, Any]:
    return {
        "answer": answer,
        "heads": heads(answer.columns, page.language, stored=stored_question),
        "shown_rows": SHOWN,
        "most": MOST,
    }


def _needless(page: Page) -> set[str]:
    """Return the columns that say nothing new: the only report, translations into its language."""
    of_reports = {report.language for report in page.reports}
    translation = {"translation"} if of_reports == {page.language} else set()
    return translation | ({REPORT} if len(page.reports) == 1 else set())


def _values(page: Page, query: Query, fields: list[Field]) -> dict[str, str]:
    values = {field.parameter.name: field.value for field in fields if field.value}
    takes = any(parameter.name == LANGUAGE for parameter in query.parameters)
    return values | ({LANGUAGE: page.language} if takes else {})


def _refused(fields: list[Field]) -> Table:
    """Refuse a table for values that are not known."""
    wrong = [
        f"{field.parameter.name}: {field.given[:60]!r} is not known" for field in fields if not field.value
    ]
    raise Failure("request", "; ".join(wrong))


def _query_string(given: dict[str, str]) -> str:
    return f"?{urlencode(given, safe='/')}" if given else ""


def _terms(page: Page, rows: list[Any]) -> Table:
    """Return the classes and properties, for completion in the editor."""
    columns = [column("term", title="term"), column("label", title="label"), column("kind")]
    found = [(shorten(str(row["term"])), str(row["term"]), str(row["kind"])) for row in rows]
    return table(
        "terms",
        columns,
        [
            {"term": Cell(short), "label": page.names.of(iri, page.language).words, "kind": kind}
            for short, iri, kind in found
            if ":" in short and "/" not in short
        ],
    )
