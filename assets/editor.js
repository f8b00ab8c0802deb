/* The query's text area in; the same as an editor out: colours, completion, the fault marked at its place.

   The page works without it. It lives in a shadow root, whose style sheets are made by script: so the page's
   policy needs no inline styles. Terms for completion come from this site; nothing is asked of any other. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  HighlightStyle, StreamLanguage, bracketMatching, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = (
  "ASK BASE BIND BY CONSTRUCT DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP HAVING IN LIMIT MINUS NAMED " +
  "NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT SERVICE SILENT UNDEF UNION VALUES WHERE AS ASC DESC a true false"
).split(" ");
const FUNCTIONS = (
  "ABS AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI FLOOR GROUP_CONCAT " +
  "HOURS IF IRI LANG LANGMATCHES LCASE MAX MD5 MIN MINUTES MONTH NOW RAND REGEX REPLACE ROUND SAMETERM SAMPLE " +
  "SECONDS SEPARATOR SHA1 SHA256 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID " +
  "SUBSTR SUM TIMEZONE TZ UCASE URI UUID YEAR ISBLANK ISIRI ISLITERAL ISNUMERIC ISURI"
).split(" ");
const IS_KEYWORD = new Set(KEYWORDS.map((word) => word.toLowerCase()));
const IS_FUNCTION = new Set(FUNCTIONS.map((word) => word.toLowerCase()));
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*/u;
const PREFIXED = /^(?:[\p{L}][\p{L}\p{N}_.-]*)?:(?:[\p{L}\p{N}_:%\\-](?:[\p{L}\p{N}_:%.\\/-]*[\p{L}\p{N}_:%\\-])?)?/u;

/** SPARQL as a stream of tokens: enough for colours. */
const sparql = StreamLanguage.define({
  name: "sparql",
  startState: () => ({ quote: "" }),
  token(stream, state) {
    if (state.quote) return inString(stream, state);
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^("""|'''|"|')/)) {
      state.quote = stream.current();
      return inString(stream, state);
    }
    if (stream.match(/^<[^<>"{}|^`\\\s]*>/)) return "url";
    if (stream.match(/^[?$][\p{L}\p{N}_]+/u)) return "variableName";
    if (stream.match(/^@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*/)) return "meta";
    if (stream.match(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/)) return "number";
    if (stream.match(PREFIXED)) return "propertyName";
    if (stream.match(NAME)) {
      const word = stream.current().toLowerCase();
      return IS_KEYWORD.has(word) ? "keyword" : IS_FUNCTION.has(word) ? "labelName" : null;
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
});

function inString(stream, state) {
  while (!stream.eol()) {
    if (stream.match(state.quote)) {
      state.quote = "";
      return "string";
    }
    if (stream.next() === "\\") stream.next();
  }
  if (state.quote.length === 1) state.quote = "";
  return "string";
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--ink)", fontWeight: "700" },
  { tag: tags.labelName, color: "var(--ink)", fontWeight: "500" },
  { tag: tags.variableName, color: "var(--no)" },
  { tag: [tags.propertyName, tags.url], color: "var(--link)" },
  { tag: [tags.string, tags.number, tags.meta], color: "var(--yes)" },
  { tag: tags.comment, color: "var(--ink-2)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--shade)", border: "1px solid var(--field)", fontSize: "var(--t-2)" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", maxHeight: "34rem", minHeight: "14rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".7rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--shade)", color: "var(--ink-2)", border: "0" },
  ".cm-activeLine": { backgroundColor: "transparent", boxShadow: "inset 2px 0 var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { background: "var(--rule) !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--rule)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy 2px var(--no)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--field)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--paper)" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "var(--paper)" },
  ".cm-completionDetail": { color: "var(--ink-2)", fontStyle: "normal", fontFamily: "var(--sans)" },
  ".cm-completionMatchedText": { textDecoration: "underline" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--no)" },
});

/** Offers keywords, variables of the query, and the terms of this site's model by name or label. */
function completion(terms, prefixes) {
  const fixed = [
    ...[...KEYWORDS, ...FUNCTIONS].filter((word) => word.length > 1).map((label) => ({ label, type: "keyword" })),
    ...Object.keys(prefixes).map((name) => ({ label: `${name}:`, detail: prefixes[name], type: "namespace" })),
  ];
  return async (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context.state.doc.toString(), variable.text) };
    const word = context.matchBefore(/[\p{L}_][\p{L}\p{N}_:-]*/u);
    if (!word && !context.explicit) return null;
    const known = (await terms()).map((term) => ({ ...term, apply: withPrefix(prefixes) }));
    return { from: word ? word.from : context.pos, options: [...known, ...fixed], validFor: /^[\p{L}\p{N}_:-]*$/u };
  };
}

function variables(text, typed) {
  const found = new Set(text.match(/[?$]\w+/g) || []);
  found.delete(typed);
  return [...found].map((label) => ({ label, type: "variable" }));
}

/** Puts a term in, and above the query its prefix where that is not declared. */
function withPrefix(prefixes) {
  return (view, chosen, from, to) => {
    const name = chosen.label.split(":")[0];
    const declared = new RegExp(`^\\s*prefix\\s+${name}:`, "im").test(view.state.doc.toString());
    const line = declared || !prefixes[name] ? "" : `PREFIX ${name}: <${prefixes[name]}>\n`;
    const changes = [{ from, to, insert: chosen.label }];
    if (line) changes.unshift({ from: 0, insert: line });
    view.dispatch({ changes, selection: { anchor: from + line.length + chosen.label.length } });
  };
}

/** Marks where the service could not read the query. */
function markFault(view, { line, column, fault }) {
  if (!line || Number(line) > view.state.doc.lines) return;
  const at = view.state.doc.line(Number(line));
  const from = Math.min(at.from + [...at.text].slice(0, column - 1).join("").length, at.to);
  const word = /^\S+/.exec(view.state.sliceDoc(from, at.to));
  const to = Math.min(from + Math.max(word ? word[0].length : 0, 1), at.to);
  const fromShown = from === to ? Math.max(from - 1, at.from) : from;
  view.dispatch(setDiagnostics(view.state, [{ from: fromShown, to, severity: "error", message: fault }]));
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
}

function edit(area) {
  const { terms: address, prefixes: given, words: said, label } = area.dataset;
  const prefixes = JSON.parse(given);
  const words = JSON.parse(said);
  let asked;
  const terms = () => (asked ||= fetch(address).then((reply) => reply.json()).then((table) => table.rows.map(
    (row) => ({ label: row.term, displayLabel: row.term, detail: row.label, type: row.kind }),
  )).catch(() => []));
  const host = document.createElement("div");
  host.className = "editor";
  const root = host.attachShadow({ mode: "open" });
  area.after(host);
  const run = () => { area.form.requestSubmit(); return true; };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorState.phrases.of(words), lineNumbers(), lintGutter(), history(), drawSelection(), sparql,
        indentUnit.of("  "), bracketMatching(), closeBrackets(), highlightActiveLine(), EditorView.lineWrapping,
        autocompletion({ override: [completion(terms, prefixes)] }), syntaxHighlighting(colours), theme,
        // Tab is bound to nothing: it leads out of the editor, as everywhere on the page.
        keymap.of([{ key: "Mod-Enter", run }, ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": "keys", spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      ],
    }),
  });
  const keys = document.createElement("span");
  keys.id = "keys";
  keys.hidden = true;
  keys.textContent = area.dataset.keys;
  root.append(keys);
  area.hidden = true;
  document.querySelector(`label[for="${area.id}"]`)?.addEventListener("click", () => view.focus());
  markFault(view, area.dataset);
}

if ("adoptedStyleSheets" in Document.prototype) document.querySelectorAll("textarea[data-terms]").forEach(edit);
