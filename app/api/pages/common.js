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

async function fetched(path, options = {}) {
  const token = sessionStorage.getItem("token") || "";
  const headers = { Authorization: `Bearer ${token}` };
  if (options.body) headers["Content-Type"] = "application/json";
  if (options.version) headers["If-None-Match"] = options.version;
  const answer = await fetch(base + path, { ...options, headers });
  if (answer.ok || answer.status === 304) return answer;
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) {
    signIn(token ? "Wrong token. Enter the API_TOKEN of the service." : "");
    throw new Error("Sign in");
  }
  if (answer.status === 403) signIn(body.detail);
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

document.querySelector("header").after(make("dialog", { id: "enter", "aria-labelledby": "enter-title" },
  make("form", { method: "dialog" },
    make("h2", { id: "enter-title" }, "Sign in"),
    make("label", {}, "API_TOKEN of the service ", make("input", { id: "token", type: "password", autocomplete: "off", required: true })),
    make("p", { id: "enter-message", role: "alert" }),
    make("button", { type: "submit" }, "Sign in"),
    make("p", { class: "quiet" }, "Kept in this tab until it is closed."))));

function signIn(message) {
  at("enter-message").textContent = message || "";
  if (!at("enter").open) at("enter").showModal();
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

// Runs `start` when the page is loaded and after each sign-in; `again` runs every few seconds while the page is visible.
function startPage(start, again, seconds) {
  at("enter").querySelector("form").addEventListener("submit", (event) => {
    const token = at("token").value.trim();
    if (!/^[\x20-\x7e]+$/.test(token)) { // Nothing else can be sent in a header.
      event.preventDefault();
      signIn("A token contains only plain letters, digits and marks.");
      return;
    }
    sessionStorage.setItem("token", token);
    guarded(start);
  });
  guarded(start);
  setInterval(() => { if (!document.hidden && !at("enter").open) guarded(again); }, seconds * 1000);
}
