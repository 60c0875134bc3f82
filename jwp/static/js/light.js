// For <form data-keep> on a personal link: keeps a draft on this device, sends again when the connection is back.
// The hidden field `once` stays the same for every attempt, so the server takes it only once.
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const say = (key, values = {}) => words[key].replace(/%(\w+)%/g, (_, name) => values[name] ?? "");
  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  function keep(form) {
    const key = `jwp:${location.pathname}`;
    const note = form.querySelector(".kept") ?? form.appendChild(document.createElement("p"));
    note.className = "kept";
    note.setAttribute("role", "status");
    const tell = (text, wrong = false, ...buttons) => {
      note.textContent = text;
      note.classList.toggle("wrong", wrong);
      for (const [label, act] of buttons) {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", textContent: label, onclick: act, className: "plain" });
        note.append(" ", button);
      }
    };
    const fields = [...form.elements].filter((f) => f.name && !["hidden", "file", "password", "submit"].includes(f.type));
    const read = () => fields.map((f) => (/checkbox|radio/.test(f.type) ? f.checked : f.value.trim()));
    const fill = (values) => fields.forEach((f, i) => { f[typeof values[i] === "boolean" ? "checked" : "value"] = values[i]; f.dispatchEvent(new Event("left")); });
    const shape = fields.map((f) => f.name + (f.type === "radio" ? f.value : "")).join();
    const store = (draft) => { try { localStorage.setItem(key, JSON.stringify(draft)); return true; } catch { return false; } };
    const forget = () => { try { localStorage.removeItem(key); } catch {} };
    const once = form.elements.once;
    const base = JSON.stringify(read());
    let draft = null, sending = false, waiting = false, typing = 0;
    try { draft = JSON.parse(localStorage.getItem(key)); } catch {}

    const save = (pending = false) => {
      const files = [...form.elements].some((f) => f.files?.length);
      draft = { at: Date.now(), base, shape, values: read(), once: once?.value, pending, files };
      if (store(draft) && !pending) tell(say("kept", { time: clock(draft.at) }));
    };
    form.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(save, 400); });
    window.addEventListener("pagehide", () => { if (typing && JSON.stringify(read()) !== base) save(draft?.pending); });

    async function send(submitter) {
      if (sending) return;
      sending = true;
      typing = clearTimeout(typing);
      save(true);
      tell(say("sending"));
      let answer;
      try {
        const body = new FormData(form);
        if (submitter?.name) body.append(submitter.name, submitter.value);
        answer = await fetch(form.action, { method: "POST", body });
      } catch { answer = null; }
      sending = false;
      if (!answer || answer.status >= 500) { waiting = true; return tell(say("offline"), true, [say("again"), () => send(submitter)]); }
      waiting = false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("main")) return tell(say("refused"), true);
      const sent = answer.ok && (answer.redirected || !page.querySelector("form[data-keep]"));
      if (sent) forget(); else save();
      if (sent && answer.redirected) return location.assign(answer.url);
      document.querySelector("main").replaceWith(page.querySelector("main"));
      start();
      scrollTo(0, 0);
      document.querySelector(".error, h1")?.focus();
    }
    form.addEventListener("submit", (event) => { event.preventDefault(); send(event.submitter); });
    window.addEventListener("online", () => { if (waiting && form.isConnected) send(); });

    if (!draft || draft.shape !== shape || JSON.stringify(draft.values) === base) return;
    const restore = () => {
      fill(draft.values);
      if (once && draft.once) once.value = draft.once;
      tell(say("restored", { time: clock(draft.at) }), false, [say("forget"), () => { forget(); location.reload(); }]);
      if (draft.pending && draft.files) tell(say("photo"), true);
      else if (draft.pending && navigator.onLine) send();
    };
    if (draft.base === base) restore();
    else tell(say("found", { time: clock(draft.at) }), false, [say("putback"), restore], [say("forget"), () => { forget(); tell(""); }]);
  }

  function left(field) {
    const note = field.insertAdjacentElement("afterend", document.createElement("small"));
    const count = () => { const n = field.dataset.left - field.value.length; note.textContent = say(n < 0 ? "over" : "left", { n: Math.abs(n) }); };
    for (const kind of ["input", "left"]) field.addEventListener(kind, count);
    count();
  }

  // A photo from a phone is several megabytes: make it small here, which also drops where it was taken.
  async function shrink(field) {
    const file = field.files[0];
    if (!file?.type.startsWith("image/") || file.size < 300_000) return;
    try {
      const image = await createImageBitmap(file);
      const scale = Math.min(1, 1600 / Math.max(image.width, image.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: image.width * scale, height: image.height * scale });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
      const small = new DataTransfer();
      small.items.add(new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }));
      field.files = small.files;
    } catch { /* an image this device cannot read goes as it is */ }
  }

  function start() {
    document.querySelectorAll("[name][data-left]").forEach(left);
    document.querySelectorAll("input[type=file]").forEach((field) => field.addEventListener("change", () => shrink(field)));
    document.querySelectorAll("form[data-keep]").forEach(keep);
  }
  start();
})();
