/* The approval desk: tells the server what came into view, and says why the button is shut. The server
   measures the time and refuses as well. */
(() => {
  "use strict";
  const panel = document.getElementById("decision");
  if (!panel) return;
  const keysOn = () => localStorage.getItem("imprimatur.keys") !== "off";

  /* ---- what was opened, and signs of life ---- */
  const EVERY = 20000;
  let isRead = panel.dataset.diff === "opened";
  let show = () => {};

  const tell = (kind, what) => {
    const body = new URLSearchParams({ kind, what: what || "" });
    const token = panel.elements.csrfmiddlewaretoken.value;
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    return fetch(panel.dataset.read, { method: "POST", body, headers }).then((answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.json();
    });
  };

  const time = (seconds) => {
    const place = document.getElementById("time-here");
    if (!place) return;
    const rest = seconds % 60;
    place.textContent = seconds < 60 ? `${seconds} s` : `${(seconds - rest) / 60} min ${rest} s`;
  };

  const read = () => {
    tell("diff", panel.dataset.against).then((told) => {
      isRead = true;
      time(told.seconds);
      const line = document.getElementById("check-diff");
      line.querySelector("use").setAttribute("href", "#i-pass");
      line.querySelector("svg").setAttribute("class", "i ok");
      line.querySelector("a").textContent = "What changed: opened";
      line.querySelector("a").classList.remove("strong");
      line.lastElementChild.textContent = "";
      show();
    }, () => {});
  };

  if (panel.dataset.read) {
    setInterval(() => {
      if (document.visibilityState === "visible") tell("page").then((told) => time(told.seconds), () => {});
    }, EVERY);
  }
  if (panel.dataset.read && !isRead) {
    const left = new Set([...document.querySelectorAll("[data-change]")].map((row) => row.dataset.change));
    const eye = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) left.delete(entry.target.dataset.change);
      if (!left.size) { eye.disconnect(); read(); }
    });
    for (const row of document.querySelectorAll("[data-change]")) eye.observe(row);
  }

  /* ---- keys: J and K go through the changes, I shows them otherwise, C comments on the line ---- */
  const rows = () => [...document.querySelectorAll("tr[data-change]")].filter((row) => row.offsetParent);
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement.closest("tr[data-change]"));
    const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length];
    row.setAttribute("tabindex", "-1");
    row.focus();
    row.scrollIntoView({ block: "center" });
  };
  const turn = () => {
    const other = document.querySelector("#diff .switch input:not(:checked)");
    if (other) { other.checked = true; other.dispatchEvent(new Event("change", { bubbles: true })); }
  };
  const remark = () => {
    const field = document.getElementById("comment-text");
    if (!field) return;
    const row = document.activeElement.closest("tr[data-line]");
    if (row) {
      document.getElementById("comment-message").value = row.dataset.message;
      document.getElementById("comment-line").value = row.dataset.line;
    }
    field.focus();
    field.scrollIntoView({ block: "center" });
  };
  const KEYS = { j: () => step(1), k: () => step(-1), i: turn, c: remark };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
    if (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });

  /* ---- the decision ---- */
  const button = document.getElementById("decide");
  if (!button) return;
  const word = document.getElementById("decide-word");
  const shut = document.getElementById("shut");
  const signing = word.textContent;
  const WORDS = { sign: signing, changes: "Request changes", reject: "Reject this version", withdraw: "Withdraw my request" };
  const comment = panel.elements.comment;
  const KEPT = `imprimatur.desk.${location.pathname}`;

  const unread = () => {
    const parts = isRead ? [] : ["what changed has been opened to its end"];
    if (Number(panel.dataset.left)) parts.push("all failures have been opened");
    return parts.join(" and ");
  };

  const missing = () => {
    const chosen = panel.querySelector("[name=decision]:checked");
    if (!chosen) return "Opens when you have chosen a decision.";
    if (chosen.value === "withdraw") return "";
    if (chosen.value !== "sign") return comment.value.trim() ? "" : "Opens when you have written a comment.";
    if (unread()) return `Opens when ${unread()}.`;
    if (!panel.elements.meaning.value) return "Opens when you have chosen a meaning.";
    const password = panel.elements.password; // absent where single sign-on asks instead
    if (password && !password.value) return "Opens when you have typed your password.";
    const code = panel.elements.code;
    return !code || code.value.trim() ? "" : "Opens when you have typed the code of your app.";
  };

  show = () => {
    const chosen = panel.querySelector("[name=decision]:checked");
    const decision = chosen ? chosen.value : "sign";
    const reason = missing();
    word.textContent = WORDS[decision];
    button.classList.toggle("binds", decision === "sign");
    button.setAttribute("aria-disabled", String(Boolean(reason)));
    shut.textContent = reason || "Ready.";
    for (const part of panel.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== decision;
  };

  /* What was written stays while failures are opened on pages of their own. */
  if (!comment.value) comment.value = sessionStorage.getItem(KEPT) || "";
  panel.addEventListener("input", () => {
    sessionStorage.setItem(KEPT, comment.value);
    show();
  });
  panel.addEventListener("submit", (event) => {
    if (missing()) event.preventDefault();
    else sessionStorage.removeItem(KEPT);
  });
  show();
})();
