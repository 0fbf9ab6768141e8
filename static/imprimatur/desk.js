/* The decision panel: the button says what it does and why it is shut. The server refuses as well. */
(() => {
  "use strict";
  const panel = document.getElementById("decision");
  const button = document.getElementById("decide");
  if (!panel || !button) return;
  const word = document.getElementById("decide-word");
  const shut = document.getElementById("shut");
  const signing = word.textContent;
  const WORDS = { sign: signing, changes: "Request changes", reject: "Reject this version", withdraw: "Withdraw my request" };

  const missing = () => {
    const chosen = panel.querySelector("[name=decision]:checked");
    if (!chosen) return "Opens when you have chosen a decision.";
    if (chosen.value === "withdraw") return "";
    if (chosen.value !== "sign") return panel.elements.comment.value.trim() ? "" : "Opens when you have written a comment.";
    if (!panel.elements.meaning.value) return "Opens when you have chosen a meaning.";
    const password = panel.elements.password; // absent where single sign-on asks instead
    if (password && !password.value) return "Opens when you have typed your password.";
    const code = panel.elements.code;
    return !code || code.value.trim() ? "" : "Opens when you have typed the code of your app.";
  };

  const show = () => {
    const chosen = panel.querySelector("[name=decision]:checked");
    const decision = chosen ? chosen.value : "sign";
    const reason = missing();
    word.textContent = WORDS[decision];
    button.classList.toggle("binds", decision === "sign");
    button.setAttribute("aria-disabled", String(Boolean(reason)));
    shut.textContent = reason || "Ready.";
    for (const part of panel.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== decision;
  };

  panel.addEventListener("input", show);
  panel.addEventListener("submit", (event) => {
    if (missing()) event.preventDefault();
  });
  show();
})();
