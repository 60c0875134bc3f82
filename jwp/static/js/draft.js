// For <form data-keep data-draft-url> behind a personal link: what is typed is saved on the server too, and the device
// keeps only what is not. Beside light.js; a page without it is saved by its buttons.
"use strict";
(() => {
  let timer = 0, saving = null, dirty = false;

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.draftUrl || event.target.type === "file") return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => save(form), 700); // after light.js has kept it on the device
  });

  function save(form) {
    saving ??= post(form).finally(() => { saving = null; if (dirty && form.isConnected && !form.dataset.clashed) timer = setTimeout(() => save(form), 700); });
    return saving;
  }

  async function post(form) {
    const note = form.querySelector(".kept"), body = new FormData(form);
    for (const field of form.elements) if (field.type === "file") body.delete(field.name);
    dirty = false;
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.status === 409) {
      form.dataset.clashed = "yes";
      note.textContent = form.dataset.clash;
      return note.classList.add("wrong");
    }
    if (!answer?.ok) return; // the device has it
    const { revision, live } = await answer.json();
    form.elements.revision.value = revision;
    const look = new DOMParser().parseFromString(live, "text/html");
    form.querySelector("[data-live]")?.replaceChildren(...look.body.childNodes);
    if (dirty) return;
    try { localStorage.removeItem(`jwp:${location.pathname}`); } catch {}
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    note.textContent = form.dataset.saved.replace("%time%", time);
    note.classList.remove("wrong");
  }

  window.addEventListener("online", () => {
    const form = document.querySelector("form[data-draft-url]");
    if (form && !form.dataset.clashed) save(form);
  });

  // A draft on its way must not overtake what is sent: sending waits for it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.draftUrl) return;
    clearTimeout(timer);
    if (!saving) { dirty = false; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    saving.finally(() => { clearTimeout(timer); form.requestSubmit(event.submitter); });
  }, true);
})();
