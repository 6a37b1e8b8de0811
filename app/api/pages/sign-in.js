// The sign-in page: a name and token, or the company's account. Goes on to `next`, an address of this service.
"use strict";

const wanted = new URLSearchParams(location.search).get("next") || "";
// Only a path of this service: another site may have made the link.
const destination = /^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) ? wanted : "./";
const message = document.getElementById("message");

async function start() {
  // A link from elsewhere arrives without the cookie; this request has it.
  if ((await fetch("session")).ok) location.replace(destination);
  const ways = await (await fetch("sign-in/ways")).json();
  document.getElementById("company").hidden = !ways.company;
  document.querySelector("#company a").href = `sign-in/company?next=${encodeURIComponent(wanted || "/")}`;
}

document.getElementById("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  message.textContent = "";
  const body = JSON.stringify(Object.fromEntries(new FormData(event.target)));
  const answer = await fetch("session", { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
  if (answer && answer.ok) location.replace(destination);
  else message.textContent = answer ? (await answer.json().catch(() => ({}))).detail || `The service responded with status ${answer.status}.` : "The service cannot be reached. Try again.";
});

start().catch(() => { message.textContent = "The service cannot be reached. Reload the page."; });
