// Shows what the search finds while somebody types. Without it, the form sends the question.
"use strict";
(() => {
  const form = document.getElementById("search");
  const field = document.getElementById("q");
  let waiting = 0;
  let asked = new AbortController();

  const show = async () => {
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form)).toString();
    asked.abort();
    asked = new AbortController();
    const answer = await fetch(address, { signal: asked.signal, headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["count", "results"]) {
      document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    }
    document.title = page.title;
    history.replaceState(null, "", address);
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show().catch(() => {}), 150);
  });
})();
