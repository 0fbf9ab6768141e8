/* The editor: marks variables behind the text, previews while somebody writes, warns before unsaved text is lost.
   Everything also works without it, by the form's own buttons. Texts only ever go in by textContent. */
(() => {
  "use strict";
  const form = document.getElementById("editor");
  if (!form) return;
  const PLACE = /\{\{\{?[^{}]*\}?\}\}|\{%[\s\S]*?%\}/g;
  const notSaved = document.getElementById("unsaved");
  const samples = document.getElementById("samples");
  const shown = document.getElementById("preview");
  let sent = false;
  let timer = 0;
  let asked = 0;

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const mark = (area, mirror) => {
    const pieces = [];
    let end = 0;
    for (const found of area.value.matchAll(PLACE)) {
      pieces.push(document.createTextNode(area.value.slice(end, found.index)));
      const first = found[0].replace(/^\{+/, "").trimStart()[0] || "";
      pieces.push(element("i", ">#/^!%&".includes(first) && first ? "frag" : "var", found[0]));
      end = found.index + found[0].length;
    }
    pieces.push(document.createTextNode(`${area.value.slice(end)}\n`));
    mirror.replaceChildren(...pieces);
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };

  for (const paper of form.querySelectorAll(".paper")) {
    const area = paper.querySelector("textarea");
    const mirror = element("div", "mirror prompt");
    mirror.setAttribute("aria-hidden", "true");
    paper.prepend(mirror);
    paper.classList.add("marked");
    area.addEventListener("input", () => mark(area, mirror));
    mark(area, mirror);
  }

  const showSamples = (names) => {
    const there = new Map([...samples.querySelectorAll("input")].map((field) => [field.name, field]));
    const wanted = names.map((name) => `sample:${name}`);
    if (wanted.length === there.size && wanted.every((name) => there.has(name))) return;
    samples.replaceChildren(
      ...names.map((name, at) => {
        const row = element("div", "field");
        const label = element("label", "mono", name);
        const field = there.get(`sample:${name}`) || element("input");
        field.type = "text";
        field.name = `sample:${name}`;
        field.id = label.htmlFor = `sample-${at + 1}`;
        row.append(label, field);
        return row;
      }),
    );
    if (!names.length) samples.append(element("p", "small soft", "The text has no variables."));
  };

  const showPreview = (rows) => {
    const parts = [];
    for (const row of rows) {
      if (row.role !== "text") parts.push(element("h3", "", row.role[0].toUpperCase() + row.role.slice(1)));
      parts.push(row.error ? element("p", "wrong", row.error) : element("pre", "prompt", row.text));
    }
    shown.replaceChildren(...parts);
  };

  const preview = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (turn !== asked) return;
      if (!answer.ok) throw new Error(told.message);
      showSamples(told.variables);
      showPreview(told.messages);
    } catch (error) {
      if (turn === asked) shown.replaceChildren(element("p", "wrong", `No preview: ${error.message}`));
    }
  };

  form.addEventListener("input", (event) => {
    if (!event.target.name.startsWith("sample:") && event.target.name !== "why") notSaved.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(preview, 350);
  });
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && !notSaved.hidden) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=save]"));
    }
  });
})();
