// A run on its way: asks how far it is, and shows the result when there is one. Without it the page reloads itself.
"use strict";
(() => {
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return location.reload();
      const { waits, percent, step } = await answer.json();
      if (!waits) return location.reload();
      box.querySelector("progress").value = percent;
      box.querySelector("[data-share]").textContent = `${percent} %`;
      if (step) box.querySelector("[data-step]").textContent = step;
    } catch {
      // No connection just now: the work goes on without us.
    }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 1000);
})();
