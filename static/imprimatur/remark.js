/* A press on a line of a prompt opens the form for a comment on that line; Enter on the text one for the message.
   Without this script the form asks for the numbers. A press that selects text does nothing. */
(() => {
  "use strict";

  const placeAt = (event) => {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(event.clientX, event.clientY);
      return place && { node: place.offsetNode, offset: place.offset };
    }
    const range = document.caretRangeFromPoint && document.caretRangeFromPoint(event.clientX, event.clientY);
    return range && { node: range.startContainer, offset: range.startOffset };
  };

  const lineAt = (text, event) => {
    const place = placeAt(event);
    if (!place || !text.contains(place.node)) return "";
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(place.node, place.offset);
    return String(before.toString().split("\n").length);
  };

  const open = (text, line) => {
    const form = document.getElementById("comment-text");
    const { version, message, say } = text.dataset;
    if (!form) {
      const numbers = new URLSearchParams({ version, message, ...(line && { line }) });
      window.location.assign(`${say}&${numbers}#comment-text`);
      return;
    }
    document.getElementById("comment-version").value = version;
    document.getElementById("comment-message").value = message;
    document.getElementById("comment-line").value = line;
    form.focus();
    form.scrollIntoView({ block: "center" });
  };

  document.addEventListener("click", (event) => {
    const text = event.target.closest("pre[data-say]");
    if (!text || !window.getSelection().isCollapsed) return;
    open(text, lineAt(text, event));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("pre[data-say]")) open(event.target, "");
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (window.location.hash === "#comment-text") document.getElementById("comment-text")?.focus();
  });
})();
