// The desk: what htmx does not do by itself. Errors, the session, keys, quotes, rows of the brief.
"use strict";

const at = (id) => document.getElementById(id);
const root = document.body.dataset.root;
const csrf = document.querySelector("meta[name=csrf-token]");
const narrow = matchMedia("(max-width: 60rem)");
const typing = (element) => element.closest("input:not([type=hidden]), select, textarea, [contenteditable]");

// A problem stays until a request of the same kind works: "network" ends with any answer, "action" with the next action.
let problemKind = "";
function tell(text, kind) {
  problemKind = kind;
  at("problem").textContent = text;
  at("problem").hidden = !text;
  if (text) at("message").hidden = true;
}
function solved(isAction) {
  if (problemKind === "network" || (isAction && problemKind)) tell("", "");
}
const isAction = (detail) => detail.requestConfig && detail.requestConfig.verb !== "get";

document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = csrf.content; });
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") { at("message").textContent = "Working…"; at("message").hidden = false; }
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422 && (xhr.getResponseHeader("Content-Type") || "").startsWith("text/html")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, successful } = event.detail;
  if (successful) solved(isAction(event.detail));
  else if (xhr.status && xhr.status !== 422) at("message").hidden = true;
  if (xhr.status === 422 && !event.detail.failed) { problemKind = "action"; at("message").hidden = true; focusFirstError(); }
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  let body = {};
  try { body = JSON.parse(xhr.responseText); } catch { /* Not a problem of this service. */ }
  const text = body.detail || `The service responded with status ${xhr.status}. Try again.`;
  if (xhr.status === 401) { askToSignIn(body.code === "sign-in-needed" ? "Sign in again." : text); return; }
  if (body.code === "csrf") readSession();
  tell(text, isAction(event.detail) ? "action" : "network");
});
document.addEventListener("htmx:sendError", (event) => {
  at("message").hidden = true;
  tell(`The service cannot be reached.${isAction(event.detail) ? " Nothing was sent; try again." : " This page goes on when it is back."}`, "network");
});
document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target.id === "message") at("message").hidden = false; });

function focusFirstError() {
  const place = [...document.querySelectorAll("#brief [role=alert]")].find((each) => each.textContent.trim());
  const input = place && place.closest(".field").querySelector("input:not([type=hidden]), select, textarea, button");
  if (input) input.focus();
}

// Instants are sent in UTC and shown in the reader's time zone.
function showTimes(inside) {
  for (const time of inside.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    if (/^\d{4}-\d\d-\d\dT/.test(time.textContent)) time.textContent = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    else time.title = moment.toLocaleString();
  }
}
document.addEventListener("htmx:load", (event) => showTimes(event.detail.elt.parentElement || document));

// The queue: the chosen card, and on narrow screens a page of its own.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.target.matches(".card") || !narrow.matches) return;
  event.preventDefault();
  location.href = event.target.href;
});
document.addEventListener("htmx:beforeSend", (event) => { if (event.target.matches(".card")) choose(event.target); });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "pane" || !at("chosen")) return;
  document.querySelector("main").classList.toggle("has-ticket", Boolean(at("ticket")));
  at("pane").scrollTop = 0;
});
function choose(card) {
  for (const other of document.querySelectorAll(".card[aria-current]")) other.removeAttribute("aria-current");
  card.setAttribute("aria-current", "true");
  at("chosen").value = card.dataset.ticket;
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-run]")) return;
  event.preventDefault();
  const number = new FormData(event.target).get("ticket");
  htmx.ajax("POST", `${root}desk/tickets/${encodeURIComponent(number)}/run`, { target: "#pane", source: event.target });
});

// Quotes: a row lights its places in the text, a place lights its rows.
function light(rows) {
  for (const mark of document.querySelectorAll("mark[data-rows]")) mark.classList.toggle("lit", mark.dataset.rows.split(" ").some((row) => rows.includes(row)));
  for (const row of document.querySelectorAll("[data-row]")) row.classList.toggle("lit", rows.includes(row.dataset.row));
}
function lightFrom(event) {
  const found = event.target.closest ? event.target.closest("[data-row], mark[data-rows]") : null;
  if (found) light(found.dataset.row ? [found.dataset.row] : found.dataset.rows.split(" "));
  else if (document.querySelector(".lit")) light([]);
}
document.addEventListener("mouseover", lightFrom);
document.addEventListener("focusin", lightFrom);

document.addEventListener("click", (event) => {
  const quote = event.target.closest(".quote");
  if (quote) {
    const place = document.querySelector(quote.getAttribute("href"));
    event.preventDefault();
    if (place) {
      if (place.closest("details")) place.closest("details").open = true;
      place.scrollIntoView({ block: "center" });
      place.focus({ preventScroll: true });
    }
  }
  const close = event.target.closest("[data-close]");
  if (close) at(close.dataset.close).replaceChildren();
  if (event.target.closest("[data-remove-row]")) event.target.closest("tr").remove();
  const add = event.target.closest("[data-add-row]");
  if (add) addRow(document.querySelector(`[data-list="${add.dataset.addRow}"] tbody`), add.dataset.addRow);
});

// The brief: another empty row of a list.
let added = 1000;
function addRow(body, name) {
  const last = body.querySelector("tr:last-child");
  if (last && last.dataset.blank !== undefined && [...last.querySelectorAll("input")].every((input) => !input.value)) {
    delete last.dataset.blank;
    last.querySelector("input").focus();
    return;
  }
  const row = (last || body.closest("section").querySelector(`[data-list="${name}"] tr`)).cloneNode(true);
  added += 1;
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.name = input.name.replace(/^(l\.\w+)\.\d+\./, `$1.${added}.`);
  }
  body.append(row);
  row.querySelector("input").focus();
}

// Keys: one letter each, never while something is typed.
const press = (id) => { if (at(id) && !at(id).disabled) at(id).click(); };
function move(step) {
  const cards = [...document.querySelectorAll(".card")];
  if (!cards.length) return;
  const now = cards.findIndex((card) => card === document.activeElement || (!document.activeElement.matches(".card") && card.hasAttribute("aria-current")));
  const next = cards[Math.min(Math.max(now + step, 0), cards.length - 1)];
  next.focus();
}
const keys = {
  j: () => move(1), k: () => move(-1), a: () => press("approve"), u: () => press("undo"),
  r: () => { const reason = document.querySelector("#decide [name=reason]"); if (reason && at("reject")) { if (reason.value.trim()) press("reject"); else { reason.focus(); at("message").textContent = "Give a reason, then press Enter to reject."; at("message").hidden = false; reason.dataset.rejects = ""; } } },
  "/": () => { if (at("search-words")) at("search-words").focus(); }, "?": () => at("keys").showModal(),
};
for (const number of ["1", "2", "3"]) keys[number] = () => { const answer = document.querySelector(`[data-keys=answers] [data-answer="${number}"]`); if (answer && !answer.disabled) answer.click(); };
document.addEventListener("keydown", (event) => {
  if (event.target.matches("[data-rejects]") && event.key === "Enter") { event.preventDefault(); if (event.target.value.trim()) press("reject"); return; }
  if (event.target.closest("#decide, #overrule-form") && event.target.matches("input") && event.key === "Enter") { event.preventDefault(); return; }
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || typing(event.target) || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

// The session: a dialog asks again, so that text which was typed stays.
async function readSession() {
  const answer = await fetch(`${root}session`);
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) csrf.content = found.csrf || "";
  return answer.ok;
}
async function askToSignIn(text) {
  at("enter-message").textContent = text;
  if (at("enter").open) return;
  at("message").hidden = true;
  at("enter").showModal();
  const ways = await fetch(`${root}sign-in/ways`).then((answer) => answer.json()).catch(() => ({}));
  at("enter-company").hidden = !ways.company;
}
async function signedIn() {
  if (!(await readSession())) return;
  at("enter").close();
  tell("", "");
  document.body.dispatchEvent(new Event("desk-changed"));
}
at("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ name: at("enter-name").value, token: at("enter-token").value });
  const answer = await fetch(`${root}session`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  at("enter-token").value = "";
  if (answer && answer.ok) await signedIn();
  else at("enter-message").textContent = answer ? (await answer.json().catch(() => ({}))).detail || `The service responded with status ${answer.status}.` : "The service cannot be reached. Try again.";
});
at("enter").addEventListener("cancel", (event) => event.preventDefault());
new BroadcastChannel("session").addEventListener("message", signedIn);
at("sign-out").addEventListener("click", async () => {
  await fetch(`${root}session`, { method: "DELETE", headers: { "X-CSRF-Token": csrf.content } }).catch(() => null);
  location.reload();
});
