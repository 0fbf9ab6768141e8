/* Names for the search field while somebody types. The form works without it. */
(() => {
  "use strict";
  const form = document.querySelector("[data-suggest]");
  if (!form) return;
  const field = form.querySelector("[type=search]");
  const names = document.getElementById("q-names");
  let timer = 0;
  let turn = 0;
  const ask = async () => {
    const mine = ++turn;
    const text = field.value.trim();
    if (text.length < 2) { names.replaceChildren(); return; }
    const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== turn) return;
    const told = await answer.json();
    names.replaceChildren(...told.data.map((row) => {
      const option = document.createElement("option");
      option.value = row.name;
      return option;
    }));
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => names.replaceChildren()), 200);
  });
})();
