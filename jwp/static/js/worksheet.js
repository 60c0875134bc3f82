// Says what the answers show while they are typed. Without it, the button "Check" says the same.
"use strict";

for (const form of document.querySelectorAll("form[data-check]")) {
  const shows = form.querySelector("[data-shows]");
  let timer = 0, asked = 0;
  const check = async () => {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.set("check", "1");
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    const said = answer?.ok ? await answer.text() : "";
    if (!said || mine !== asked) return; // a newer question is on its way
    const words = new DOMParser().parseFromString(said, "text/html").body;
    if (words.textContent.trim() !== shows.textContent.trim()) shows.replaceChildren(...words.childNodes);
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, 500); });
}
