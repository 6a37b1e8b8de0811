// Manual actions of applied plans: listed, marked as done, reopened.
"use strict";

const shownActions = { cursor: null, hasMore: false, fingerprint: "" };

async function list(more = false) {
  const filters = new FormData(at("filters"));
  const query = new URLSearchParams([...filters].filter(([, value]) => value));
  query.set("limit", "50");
  if (more && shownActions.cursor) query.set("cursor", shownActions.cursor);
  const page = await ask(`actions?${query}`);
  shownActions.hasMore = more;
  const fingerprint = JSON.stringify(page.items);
  if (!more && fingerprint === shownActions.fingerprint) return;
  shownActions.fingerprint = more ? "" : fingerprint;
  const items = page.items.map(item);
  if (more) at("actions").append(...items);
  else at("actions").replaceChildren(...items);
  if (!at("actions").children.length) at("actions").append(make("li", { class: "quiet" }, "No manual actions."));
  shownActions.cursor = page.next_cursor;
  at("more").hidden = !page.next_cursor;
}

function item(one) {
  const change = { open: ["Done", "done"], done: ["Reopen", "reopen"] }[one.state];
  const about = [one.customer, one.amount ? money(one.amount, one.currency) : "", one.due ? `due ${one.due}` : ""].filter(Boolean).join(", ");
  return make("li", { class: "action" },
    make("p", {}, one.text),
    make("p", { class: "quiet" }, make("a", { href: `./#${one.decision_id}` }, `Ticket ${one.ticket_id}`), about ? `, ${about}` : "",
      one.done_by ? ` Done by ${one.done_by}, ` : "", one.done_at ? moment(one.done_at) : "", one.state === "cancelled" ? " Cancelled: the decision was undone." : ""),
    change ? make("button", { type: "button", onclick: () => guarded(() => tick(one, change[1])) }, change[0]) : "");
}

async function tick(one, path) {
  await tell(`actions/${encodeURIComponent(one.id)}/${path}`);
  say("Saved.");
  await list();
}

at("filters").addEventListener("input", () => guarded(() => list()));
at("filters").addEventListener("submit", (event) => event.preventDefault());
at("more").addEventListener("click", () => guarded(() => list(true)));

startPage(async () => { await list(); say(""); }, async () => { if (!shownActions.hasMore) await list(); }, 10);
