// What a page gains when JavaScript is there. Every page also works without: these are plain forms and links.
"use strict";

const words = document.getElementById("words")?.dataset ?? {};
const say = (key, values = {}) => (words[key] ?? key).replace(/%(\w+)%/g, (_, name) => values[name] ?? "");
const make = (tag, text = "", properties = {}) => Object.assign(document.createElement(tag), { textContent: text }, properties);

function csrf() {
  const meta = document.querySelector('meta[name="csrf-token"]')?.content;
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  return meta || cookie || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

/* Confirm: <button data-confirm="question"> asks first. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-confirm], a[data-confirm]");
  const dialog = document.getElementById("confirm");
  if (!button || !dialog?.showModal || button.dataset.agreed) return;
  event.preventDefault();
  dialog.querySelector("h2").textContent = button.dataset.confirm;
  dialog.returnValue = "no";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return button.focus();
    button.dataset.agreed = "yes";
    button.click();
    delete button.dataset.agreed;
  };
  dialog.showModal();
});

/* The user menu closes on Escape and on a click elsewhere. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

/* Select all: <input type=checkbox data-check-all="name of the boxes">. */
document.addEventListener("change", (event) => {
  const all = event.target.closest?.("[data-check-all]");
  if (all) for (const box of boxes(all)) box.checked = all.checked;
  for (const head of document.querySelectorAll("[data-check-all]")) {
    const checked = boxes(head).filter((box) => box.checked).length;
    head.checked = checked > 0 && checked === boxes(head).length;
    head.indeterminate = checked > 0 && !head.checked;
  }
});
const boxes = (all) => [...(all.closest("form, table") ?? document).querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.checkAll)}"]:not(:disabled)`)];

/* Keyboard: Ctrl+Enter sends the form; up and down move within a column of a grid; Escape closes the menu. */
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details[data-menu][open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field.form) { event.preventDefault(); return field.form.requestSubmit(); }
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const cell = field.closest?.(".grid td, .grid th");
  if (!step || !cell || field.tagName === "SELECT" || event.altKey || event.ctrlKey) return;
  if (field.tagName === "TEXTAREA") { // leave a text only from its first or last line
    const before = field.value.slice(0, field.selectionStart), after = field.value.slice(field.selectionEnd);
    if ((step < 0 ? before : after).includes("\n")) return;
  }
  let row = cell.parentElement;
  const inside = (td) => [...(td?.querySelectorAll("input:not([type=hidden]), select, textarea") ?? [])];
  const place = Math.max(inside(cell).indexOf(field), 0);
  while ((row = step < 0 ? row.previousElementSibling : row.nextElementSibling)) {
    const next = inside(row.cells[cell.cellIndex])[place];
    if (next && !next.disabled) { event.preventDefault(); next.focus(); next.select?.(); return; }
  }
});

/* Characters left under <textarea maxlength data-left>. A textarea says it politely, not at each key. */
for (const field of document.querySelectorAll("[name][data-left]")) {
  const most = Number(field.dataset.left || field.maxLength);
  const note = field.insertAdjacentElement("afterend", make("div", "", { className: "form-text" }));
  const count = () => { const n = most - field.value.length; note.textContent = say(n < 0 ? "over" : "left", { n: Math.abs(n) }); };
  field.addEventListener("input", count);
  count();
}

/* Autosave. Each [data-autosave-url] row posts its own fields, form-encoded, while it is typed in.
   Answers: 200 {revision}; 400 {errors: {name: [text]}}; 409 {who, revision, values: {name: value}}.
   Nothing typed is ever replaced without the person saying so. */
const rows = new Map();
const option = (field) => /^(checkbox|radio)$/.test(field.type);

function autosave(row) {
  const fields = () => [...row.querySelectorAll("input, select, textarea")].filter((field) => field.name);
  const status = row.querySelector(".kept") ?? document.querySelector(".kept[data-autosave-status]");
  const state = { timer: 0, sending: null, dirty: false, tries: 0, waiting: false };
  rows.set(row, state);
  const tell = (text, wrong = false) => { if (status) { status.textContent = text; status.classList.toggle("wrong", wrong); } };
  const later = (wait = 600) => { clearTimeout(state.timer); state.timer = setTimeout(send, wait); };
  row.addEventListener("input", () => { state.dirty = true; state.tries = 0; if (!state.waiting) later(); });
  row.addEventListener("change", () => { if (!state.waiting) later(50); });
  window.addEventListener("online", () => { if (state.dirty && !state.waiting) later(0); });

  const send = async () => {
    clearTimeout(state.timer);
    await state.sending;
    if (state.waiting || !state.dirty) return;
    state.sending = post();
    await state.sending;
    state.sending = null;
  };
  state.flush = send;

  async function post() {
    const body = new URLSearchParams();
    for (const field of fields()) if (!option(field) || field.checked) body.append(field.name, field.value);
    state.dirty = false;
    row.classList.add("saving");
    tell(say("saving"));
    let answer;
    try {
      answer = await fetch(row.dataset.autosaveUrl, {
        method: "POST", body, headers: { "X-CSRFToken": csrf(), Accept: "application/json", "X-Requested-With": "fetch" },
      });
    } catch { answer = null; }
    row.classList.remove("saving");
    const json = answer?.headers.get("content-type")?.includes("json") ? await answer.json().catch(() => ({})) : {};
    if (!answer || answer.status >= 500) {
      state.dirty = true;
      tell(say("offline"), true);
      return later(Math.min(30000, 2000 * 2 ** state.tries++));
    }
    if (answer.status === 409 && json.values) return clash(json);
    if (!answer.ok || answer.redirected) {
      state.dirty = true; // kept as unsaved, so that leaving the page asks first
      for (const [name, texts] of Object.entries(json.errors ?? {})) flag(name, texts.join(" "));
      return tell(say(json.errors ? "failed" : "refused"), true);
    }
    // Kept as typed, right or wrong: what needs another look is said beside its field.
    for (const name of fields().map((field) => field.name)) flag(name, (json.errors?.[name] ?? []).join(" "));
    setRevision(json.revision);
    row.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: json }));
    tell(say("saved", { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) }));
    if (state.dirty) later();
  }

  function setRevision(revision) {
    const field = row.querySelector('[name="revision"], [name$=":revision"]');
    if (field && revision !== undefined) field.value = revision;
  }

  function flag(name, text) {
    const field = row.querySelector(`[name="${CSS.escape(name)}"]`);
    if (!field) return text && tell(text, true);
    field.classList.toggle("is-invalid", Boolean(text));
    let note = field.parentElement.querySelector(".invalid-feedback[data-live]");
    if (!text) { field.removeAttribute("aria-invalid"); return note?.remove(); }
    note ??= field.insertAdjacentElement("afterend", make("div", "", { className: "invalid-feedback" }));
    note.dataset.live = "";
    note.id ||= `note-${Math.random().toString(36).slice(2)}`;
    note.textContent = text;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
  }

  /* Somebody else saved first: both values side by side, and the person chooses. */
  function clash({ who, revision, values }) {
    state.waiting = state.dirty = true;
    row.classList.add("conflict");
    const host = row.tagName === "TR" ? row.cells[row.cells.length - 1] : row;
    const box = make("div", "", { className: "clash" });
    box.setAttribute("role", "alert");
    box.append(make("p", say("clash", { who: who || say("someone") })));
    const list = make("dl");
    for (const field of fields()) {
      if (!(field.name in values) || field.type === "hidden" || (option(field) && !field.checked) || String(values[field.name] ?? "") === field.value) continue;
      list.append(make("dt", field.getAttribute("aria-label") || field.labels?.[0]?.textContent || ""));
      list.append(make("dd", `${say("theirs")}: ${values[field.name] ?? ""}`), make("dd", `${say("yours")}: ${field.value}`));
    }
    const done = (take) => {
      if (take) for (const field of fields()) {
        const theirs = String(values[field.name] ?? "");
        if (!(field.name in values) || field.type === "hidden") continue;
        if (option(field)) field.checked = field.value === theirs; else field.value = theirs;
      }
      setRevision(revision);
      box.remove();
      row.classList.remove("conflict");
      state.waiting = false;
      state.dirty = !take;
      if (take) tell(""); else later(0);
      fields().find((field) => field.type !== "hidden")?.focus();
    };
    const keep = make("button", say("keep"), { type: "button", className: "btn btn-sm btn-secondary", onclick: () => done(false) });
    const take = make("button", say("take"), { type: "button", className: "btn btn-sm btn-secondary", onclick: () => done(true) });
    box.append(list, keep, " ", take);
    host.append(box);
    tell("");
  }
}
for (const row of document.querySelectorAll("[data-autosave-url]")) autosave(row);

/* Sending the whole form waits for the rows that are still being saved: it must not race with itself. */
let leavingByForm = false;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const busy = [...rows.entries()].filter(([row, state]) => form.contains(row) && !state.waiting && (state.dirty || state.sending));
  if (!busy.length || form.dataset.flushed) { leavingByForm = true; return; }
  event.preventDefault();
  await Promise.all(busy.map(([, state]) => state.flush()));
  if (busy.some(([, state]) => state.tries)) return; // no connection: stay, nothing is lost
  form.dataset.flushed = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.flushed;
});
window.addEventListener("beforeunload", (event) => {
  if (!leavingByForm && [...rows.values()].some((state) => state.dirty || state.sending)) event.preventDefault();
});
