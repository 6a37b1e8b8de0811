// Shared by the pages: API requests with the reader's token, messages, elements. Every text is inserted as text.
"use strict";

const at = (id) => document.getElementById(id);
const base = document.documentElement.dataset.base || "";

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// One entry of a page's list: a line above, a summary, a line below.
function entry(current, choose, above, about, below) {
  return make("li", {}, make("button", { type: "button", "aria-current": current, onclick: () => guarded(choose) },
    make("span", { class: "top" }, ...above), make("span", { class: "summary" }, about), make("span", { class: "top" }, ...below)));
}

const moment = (instant) => make("time", { datetime: instant }, new Date(instant).toLocaleString());

// The session is in a cookie that no script can read; each change also sends its CSRF token.
const session = { name: "", role: "", csrf: "" };

async function readSession() {
  const answer = await fetch(`${base}session`);
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) return found;
  Object.assign(session, found);
  at("who").replaceChildren(`${session.name} (${session.role}) `, make("button", { type: "button", onclick: () => guarded(signOut) }, "Sign out"));
  return null;
}

function request(path, options) {
  const headers = { "X-CSRF-Token": session.csrf || "" };
  if (options.body) headers["Content-Type"] = "application/json";
  if (options.version) headers["If-None-Match"] = options.version;
  return fetch(base + path, { ...options, headers });
}

async function fetched(path, options = {}) {
  let answer = await request(path, options);
  if (answer.ok || answer.status === 304) return answer;
  let body = await answer.json().catch(() => ({}));
  if (body.code === "csrf" && !(await readSession())) { // Signed in again in another tab.
    answer = await request(path, options);
    if (answer.ok || answer.status === 304) return answer;
    body = await answer.json().catch(() => ({}));
  }
  if (answer.status === 401) {
    signIn(session.name ? body.detail : "");
    throw new Error(body.detail || "Sign in");
  }
  if (body.code === "management-disabled") signIn(body.detail);
  const places = (body.errors || []).filter((one) => one.line).map((one) => ` Line ${one.line}${one.where ? `, ${one.where}` : ""}: ${one.what}.`);
  const error = new Error((body.detail || `The service responded with status ${answer.status}.`) + places.join(""));
  error.problem = body;
  throw error;
}

// An amount such as "12400.00" for people: thousands separators, two decimals, currency.
function money(amount, currency = "") {
  if (amount === null || amount === undefined) return "";
  const [whole, cents] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}.${cents} ${currency}`.trim();
}

const ask = async (path, options) => (await fetched(path, options)).json();
const tell = (path, body = {}) => ask(path, { method: "POST", body: JSON.stringify(body) });

document.querySelector("header nav").after(make("p", { id: "who" }));
document.querySelector("header").after(make("dialog", { id: "enter", "aria-labelledby": "enter-title" },
  make("form", { method: "dialog" },
    make("h2", { id: "enter-title" }, "Sign in"),
    make("p", { id: "enter-message", role: "alert" }),
    make("label", {}, "Name ", make("input", { id: "name", autocomplete: "username", maxlength: "200", required: true })),
    make("label", {}, "Token ", make("input", { id: "token", type: "password", autocomplete: "current-password", maxlength: "500", required: true })),
    make("button", { type: "submit" }, "Sign in"),
    make("p", { id: "enter-company", hidden: true },
      make("a", { href: `${base}sign-in/company?next=/pages/signed-in.html`, target: "_blank" }, "Sign in with your company account"), " (in a new tab)"),
    make("p", { class: "quiet" }, "For API_TOKEN the name is “API token”. Text that you have typed on this page stays."))));

async function signIn(message) {
  at("enter-message").textContent = message || "";
  if (at("enter").open) return;
  at("enter").showModal();
  const ways = await fetch(`${base}sign-in/ways`).then((answer) => answer.json()).catch(() => ({}));
  at("enter-company").hidden = !ways.company;
}

async function signOut() {
  await fetched("session", { method: "DELETE" });
  location.reload();
}

function say(text, bad = false) {
  at("state").textContent = text;
  at("state").className = bad ? "failed" : "";
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    say(error.message, true);
  }
}

// Runs `start` when the page is loaded and after the first sign-in; `again` runs every few seconds while the page is visible.
// After a later sign-in the page stays as it is, with everything that was typed into it.
function startPage(start, again, seconds) {
  let hasStarted = false;
  const enter = async () => {
    const problem = await readSession();
    if (problem) {
      signIn(problem.code === "sign-in-needed" ? "" : problem.detail);
      return;
    }
    at("enter").close();
    say("");
    if (!hasStarted) {
      await start();
      hasStarted = true;
    }
  };
  at("enter").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(async () => {
      const body = JSON.stringify({ name: at("name").value, token: at("token").value });
      const answer = await fetch(`${base}session`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      at("token").value = "";
      if (answer.ok) await enter();
      else at("enter-message").textContent = (await answer.json().catch(() => ({}))).detail || `The service responded with status ${answer.status}.`;
    });
  });
  // The tab of the company's sign-in says when it is done.
  new BroadcastChannel("session").addEventListener("message", () => guarded(enter));
  guarded(enter);
  setInterval(() => { if (!document.hidden && !at("enter").open) guarded(again); }, seconds * 1000);
}
