/* What every page can do by key: "/" finds, "?" tells the keys, and whatever carries data-key is reached by it.
   All of it can be switched off in the menu of the person (WCAG 2.1.4). Nothing signs on one key. */
(() => {
  "use strict";
  const SWITCH = "imprimatur.keys";
  const keysOn = () => localStorage.getItem(SWITCH) !== "off";

  const typing = (element) =>
    element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  const say = (text) => {
    const place = document.getElementById("said");
    if (place) place.textContent = text;
  };

  const reach = (target) => {
    if (target.matches("a[href], button, summary")) target.click();
    else {
      target.setAttribute("tabindex", target.getAttribute("tabindex") || "-1");
      target.focus();
    }
    target.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") event.stopImmediatePropagation(); // the theme listens for it as well
    if (!keysOn()) return;
    if (event.key === "/") {
      const box = document.getElementById("find");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
      return;
    }
    if (event.key === "?") {
      const menu = document.getElementById("who");
      if (menu) { menu.open = true; menu.querySelector("summary").focus(); }
      return;
    }
    const wanted = event.key.toLowerCase();
    const target = [...document.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key === wanted && element.getAttribute("aria-disabled") !== "true",
    );
    if (target) { event.preventDefault(); reach(target); }
  }, true);

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-digest]");
    if (chip && navigator.clipboard) {
      navigator.clipboard.writeText(chip.dataset.digest).then(() => say("Digest copied."), () => say("Not copied."));
    }
    const shut = event.target.closest("[aria-disabled=true]");
    if (shut) event.preventDefault();
    for (const menu of document.querySelectorAll("details.who[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    // On a phone a list's rows tell the columns themselves, in the words of the headings.
    const heads = [...document.querySelectorAll("#result_list thead th")].map(
      (head) => head.querySelector(".text")?.textContent.trim(),
    );
    for (const cell of document.querySelectorAll("#result_list [data-label]")) {
      cell.dataset.label = heads[cell.cellIndex] || cell.dataset.label;
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    const keys = document.getElementById("keys-switch");
    if (!keys) return;
    const show = () => {
      keys.setAttribute("aria-pressed", String(keysOn()));
      keys.textContent = keysOn() ? "Keys: on" : "Keys: off";
    };
    keys.addEventListener("click", () => {
      localStorage.setItem(SWITCH, keysOn() ? "off" : "on");
      show();
    });
    show();
  });
})();
