/* Exports that are under way: asks how far they are, and shows the list anew when one is over. */
(() => {
  "use strict";
  const place = document.getElementById("exports");
  if (!place) return;
  const here = document.querySelectorAll("[data-said]").length;
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const told = (await answer.json()).waiting;
        if (told.length !== here) { location.reload(); return; }
        for (const one of told) {
          const said = document.querySelector(`[data-said="${Number(one.id)}"]`);
          const bar = document.querySelector(`[data-bar="${Number(one.id)}"]`);
          if (said) said.textContent = one.said;
          if (bar && one.total) {
            bar.setAttribute("width", one.done);
            bar.parentNode.setAttribute("viewBox", `0 0 ${one.total} 1`);
            bar.previousElementSibling.setAttribute("width", one.total);
          }
        }
      }
    } catch { /* the next question may find the server again */ }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 1000);
})();
