// Shows what the search finds while somebody types. Without it, the forms send the question.
"use strict";
(() => {
  const PAUSE = 150;
  const BESIDE = 6;

  const found = async (form, signal, more) => {
    const address = new URL(form.action);
    address.search = new URLSearchParams([...new FormData(form), ...more]).toString();
    const answer = await fetch(address, { signal, headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return [address, new DOMParser().parseFromString(await answer.text(), "text/html")];
  };

  // Calls back after each pause in typing, and gives up what was asked before.
  const whileTyping = (form, show) => {
    let waiting = 0;
    let asked = new AbortController();
    form.elements.q.addEventListener("input", () => {
      clearTimeout(waiting);
      asked.abort();
      asked = new AbortController();
      const { signal } = asked;
      waiting = setTimeout(() => show(signal).catch(() => {}), PAUSE);
    });
  };

  // The page of the search: the results take the place of those before.
  const page = document.getElementById("search");
  if (page) {
    whileTyping(page, async (signal) => {
      const [address, fresh] = await found(page, signal, []);
      for (const id of ["count", "results"]) {
        document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
      }
      document.title = fresh.title;
      history.replaceState(null, "", address);
    });
  }

  // The field at the head of a page: the first hits below it, as links.
  const head = document.querySelector("form.find");
  if (head) {
    const list = head.appendChild(document.createElement("ul"));
    const close = () => list.replaceChildren();
    whileTyping(head, async (signal) => {
      if (!head.elements.q.value.trim()) return close();
      const [, fresh] = await found(head, signal, [["count", BESIDE]]);
      const links = [...fresh.querySelectorAll(".hits > li > p:first-child > a")];
      list.replaceChildren(...links.map((link) => {
        const entry = document.createElement("li");
        entry.append(link);
        return entry;
      }));
    });
    head.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      close();
      head.elements.q.focus();
    });
    head.addEventListener("focusout", (event) => {
      if (!head.contains(event.relatedTarget)) close();
    });
  }
})();
