/* A run that is under way: asks how far it is, and shows the results when it is over. */
(() => {
  "use strict";
  const place = document.getElementById("progress");
  if (!place) return;
  const said = document.getElementById("progress-said");
  const bar = document.getElementById("progress-bar");
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const told = await answer.json();
        said.textContent = `${told.done} of ${told.total} answered`;
        bar.setAttribute("width", told.done);
        if (told.over) { location.reload(); return; }
      }
    } catch { /* the next question may find the server again */ }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 1500);
})();
