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

  const MOST_ROWS = 100;
  const blank = document.getElementById("variable-row");
  const variableRow = (name, at) => {
    const row = blank.content.firstElementChild.cloneNode(true);
    row.querySelector("legend").textContent = name;
    for (const field of row.querySelectorAll("input, select")) field.name += name;
    for (const field of row.querySelectorAll("[id]")) field.id = field.id.replace(/\d+$/, at);
    for (const label of row.querySelectorAll("[for]")) label.htmlFor = label.htmlFor.replace(/\d+$/, at);
    return row;
  };
  const nameOf = (row) => row.querySelector("legend").textContent;
  let made = samples.querySelectorAll("fieldset").length;

  const showSamples = (names) => {
    const rows = [...samples.querySelectorAll("fieldset")];
    const there = new Set(rows.map(nameOf));
    const wanted = new Set(names.slice(0, MOST_ROWS));
    const touched = (row) => [...row.querySelectorAll("input")].some((field) => field.type === "checkbox" ? field.checked : field.value);
    for (const row of rows) if (!wanted.has(nameOf(row)) && !touched(row)) row.remove();
    for (const name of wanted) if (!there.has(name)) samples.append(variableRow(name, ++made));
    const none = document.getElementById("no-samples");
    if (none && wanted.size) none.remove();
    if (!none && !samples.childElementCount) {
      const said = element("p", "small soft", "The text has no variables.");
      said.id = "no-samples";
      samples.append(said);
    }
  };

  const icon = (name) => {
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawn.setAttribute("class", "i");
    drawn.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#i-${name}`);
    drawn.append(use);
    return drawn;
  };

  const findingRow = (row) => {
    const line = element("li");
    const blocks = row.severity === "blocking";
    const mark = element("span", blocks ? "bad" : "wait");
    mark.append(icon(blocks ? "stopped" : "warn"));
    const told = element("div");
    told.append(element("span", "strong", row.title));
    if (blocks) told.append(" ", element("span", "bad small", "blocking"));
    const where = element("div", "small");
    const link = element("a", "", row.where);
    link.href = row.href;
    if (row.message !== null) Object.assign(link.dataset, { message: row.message, line: row.line, column: row.column });
    where.append(link);
    if (row.excerpt) where.append(": ", element("code", "", row.excerpt));
    told.append(where, element("div", "small soft", row.reason));
    line.append(mark, told);
    return line;
  };

  const showLint = (lint) => {
    const found = document.getElementById("findings");
    document.getElementById("tokens").textContent =
      `About ${lint.tokens.toLocaleString("en")} token${lint.tokens === 1 ? "" : "s"}, estimated at four characters each.`;
    const nothing = element("li");
    const mark = element("span", "ok");
    mark.append(icon("pass"));
    nothing.append(mark, element("div", "", "Nothing was found."));
    found.replaceChildren(...(lint.rows.length ? lint.rows.map(findingRow) : [nothing]));
  };

  // A finding's link marks the very place in the text.
  document.getElementById("lint").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    const area = link && form.querySelectorAll("textarea[name=content]")[Number(link.dataset.message)];
    if (!area || !Number(link.dataset.line)) return;
    event.preventDefault();
    const lines = area.value.split("\n");
    const before = lines.slice(0, Number(link.dataset.line) - 1);
    const start = before.reduce((sum, text) => sum + text.length + 1, 0);
    const end = start + (lines[before.length] || "").length;
    area.focus();
    area.setSelectionRange(start + Number(link.dataset.column) - 1, end);
  });

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
      showLint(told.lint);
    } catch (error) {
      if (turn === asked) shown.replaceChildren(element("p", "wrong", `No preview: ${error.message}`));
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.name !== "why") notSaved.hidden = false;
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
