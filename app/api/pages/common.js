// What the pages share: asking the API with the reader's token, saying what went wrong, making elements. Every text goes in as text.
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

// One entry of a page's list: a line above, what it is about, a line below.
function entry(current, choose, above, about, below) {
  return make("li", {}, make("button", { type: "button", "aria-current": current, onclick: () => guarded(choose) },
    make("span", { class: "top" }, ...above), make("span", { class: "summary" }, about), make("span", { class: "top" }, ...below)));
}

const moment = (instant) => make("time", { datetime: instant }, new Date(instant).toLocaleString());

async function fetched(path, options = {}) {
  const token = sessionStorage.getItem("token") || "";
  const headers = { Authorization: `Bearer ${token}` };
  if (options.body) headers["Content-Type"] = "application/json";
  const answer = await fetch(base + path, { ...options, headers });
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) {
    enter(token ? "This is not the API_TOKEN of the service." : "");
    throw new Error("The token is asked for.");
  }
  if (answer.status === 403) enter(body.detail);
  const places = (body.errors || []).filter((one) => one.line).map((one) => ` Line ${one.line}${one.where ? `, ${one.where}` : ""}: ${one.what}.`);
  throw new Error((body.detail || `The service answered ${answer.status}.`) + places.join(""));
}

const ask = async (path, options) => (await fetched(path, options)).json();
const tell = (path, body = {}) => ask(path, { method: "POST", body: JSON.stringify(body) });

document.querySelector("header").after(make("dialog", { id: "enter", "aria-labelledby": "enter-title" },
  make("form", { method: "dialog" },
    make("h2", { id: "enter-title" }, "Who may manage"),
    make("label", {}, "API_TOKEN of the service ", make("input", { id: "token", type: "password", autocomplete: "off", required: true })),
    make("p", { id: "enter-said", role: "alert" }),
    make("button", { type: "submit" }, "Enter"),
    make("p", { class: "quiet" }, "It stays in this tab and is forgotten when the tab closes."))));

function enter(said) {
  at("enter-said").textContent = said || "";
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

// Begins when the page is there and again with each token; `again` runs every few seconds while somebody looks.
function begin(start, again, seconds) {
  at("enter").querySelector("form").addEventListener("submit", (event) => {
    const token = at("token").value.trim();
    if (!/^[\x20-\x7e]+$/.test(token)) { // Nothing else can be sent in a header.
      event.preventDefault();
      enter("A token has plain letters, digits and marks only.");
      return;
    }
    sessionStorage.setItem("token", token);
    guarded(start);
  });
  guarded(start);
  setInterval(() => { if (!document.hidden && !at("enter").open) guarded(again); }, seconds * 1000);
}
