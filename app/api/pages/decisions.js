// Decisions: reasons, plan, and the actions of a person.
"use strict";

const state = { cursor: null, chosen: null, isRunning: false, hasMore: false, shown: "", asked: "", version: "" };

const words = { "service-ticket": "service ticket", "mini-project": "mini-project", project: "project", review: "needs review" };
const places = { initialDescription: "description", scheduleEntries: "schedule", contactsCc: "people in copy", customFields: "custom field" };
const place = (source) => places[source.split("[")[0]] || source;
const statusWords = {
  "awaiting-review": "needs review", applied: "applied", planned: "planned", "nothing-to-do": "no change",
  running: "running", failed: "failed", rejected: "rejected", undone: "undone",
};

const statusOf = (one) => (one.answered ? `answered: ${words[one.answered.outcome]}` : one.ended_as || statusWords[one.status]);

async function list(more = false) {
  const filters = new FormData(at("filters"));
  const query = new URLSearchParams([...filters].filter(([, value]) => value));
  query.set("limit", "30");
  if (more && state.cursor) query.set("cursor", state.cursor);
  // The service answers 304 while the list that is shown would be the same.
  const asked = `${query} ${state.chosen}`;
  const answer = await fetched(`decisions?${query}`, { version: !more && state.shown && asked === state.asked ? state.version : "" });
  state.hasMore = more;
  if (answer.status === 304) return;
  const page = await answer.json();
  [state.asked, state.version] = [asked, answer.headers.get("ETag") || ""];
  // An unchanged list is left in place, so that the keyboard focus stays.
  const fingerprint = JSON.stringify([page.items, state.chosen]);
  if (!more && fingerprint === state.shown) return;
  state.shown = more ? "" : fingerprint;
  const items = page.items.map((one) => entry(one.id === state.chosen, () => choose(one.id),
    [make("span", { class: `outcome ${one.outcome}` }, words[one.outcome]), make("span", { class: one.status }, statusOf(one))],
    `${one.ticket_id} ${one.summary}`, [moment(one.decided_at), one.mode]));
  if (more) at("list").append(...items);
  else at("list").replaceChildren(...items);
  if (!at("list").children.length) at("list").append(make("li", { class: "quiet" }, "No decisions."));
  state.cursor = page.next_cursor;
  at("more").hidden = !page.next_cursor;
}

async function choose(id) {
  state.chosen = id;
  show(await ask(`decisions/${encodeURIComponent(id)}`));
  history.replaceState(null, "", `#${id}`);
  await list();
}

function show(one) {
  state.isRunning = one.status === "running";
  const title = one.link ? make("a", { href: one.link, rel: "noreferrer", target: "_blank" }, `Ticket ${one.ticket_id}`) : `Ticket ${one.ticket_id}`;
  at("one").replaceChildren(
    make("h2", {}, title, ` ${one.summary}`),
    make("p", {}, make("span", { class: `outcome ${one.outcome}` }, words[one.outcome]), ` - ${one.rule || ""}`),
    one.question ? make("p", { class: "review" }, `${candidates(one)}${one.question}`) : "",
    make("p", {}, make("span", { class: one.status }, one.answered ? `answered by ${one.answered.by}: ${words[one.answered.outcome]}` : statusOf(one)), message(one), one.project_id && one.status !== "undone" ? ` Project ${one.project_id}.` : ""),
    ...comments(one), newer(one), wayBack(one), actions(one), brief(one), rows(one), facts(one), plan(one),
    make("p", { class: "quiet" }, `Decision ${one.id}, ${one.trigger}, mode ${one.mode}, chart ${one.chart.version} (${one.chart.sha256.slice(0, 12)})`));
}

// An answered question has no candidates left.
const candidates = (one) => (one.candidates.length ? `${one.candidates.map((each) => words[each]).join(" or ")}? ` : "");

// The message without the status that already stands before it.
function message(one) {
  if (one.words.some((word) => word.said === "rejected")) return "."; // Shown below with the name.
  const text = (one.said || "").replace(/^Rejected(: |\.$)/, "");
  return text ? `: ${text}` : ".";
}

const actionWords = { "had it undone": "Undone", "ran the ticket again": "Run again" };
function action(said) {
  if (said.startsWith("chose ")) return `Chosen (${said.slice(6)})`;
  return actionWords[said] || said[0].toUpperCase() + said.slice(1);
}

// What people did with it, and why; an answered question has the answer's reason.
function comments(one) {
  const all = one.answered && one.answered.reason ? [...one.words, { said: `chose ${one.answered.outcome}`, by: one.answered.by, reason: one.answered.reason }] : one.words;
  return all.map((word) => make("p", { class: "word" }, `${action(word.said)} by ${word.by || "a person"}`, word.at ? " (" : "", word.at ? moment(word.at) : "", word.at ? ")" : "",
    word.reason ? ": " : ".", word.reason ? make("q", {}, word.reason) : ""));
}

function newer(one) {
  return one.replaced_by ? make("p", {}, make("button", { type: "button", onclick: () => guarded(() => choose(one.replaced_by)) }, "Open the newer decision")) : "";
}

// A ticket that stays a (mini-)project although a service ticket was chosen: only undoing the decision that moved it changes that.
function wayBack(one) {
  if (!one.way_back) return "";
  return make("p", { class: "review" }, `${one.way_back.text} `,
    make("button", { type: "button", onclick: () => guarded(() => choose(one.way_back.decision_id)) }, "Open that decision"));
}

function rows(one) {
  const body = one.findings.map((row) => {
    const side = row.contested ? "open" : row.points_to;
    const reasons = row.reasons.slice(0, 4).map((reason) => make("div", {}, reason.text, reason.value ? ": " : "", reason.value ? make("q", {}, reason.value) : "",
      make("small", {}, `${place(reason.source)}${reason.threshold ? `; threshold: ${reason.threshold}` : ""}`)));
    return make("tr", {}, make("th", { scope: "row" }, row.criterion, (one.settled_by || []).includes(row.criterion) ? make("small", {}, "decides") : ""), make("td", { class: row.contested ? "contested" : side }, side === "unknown" ? (row.reasons.length ? "weak hint" : "no hint") : side), make("td", {}, ...reasons));
  });
  return make("table", { class: "rows" }, make("thead", {}, make("tr", {}, ...["Row", "Result", "Reason"].map((name) => make("th", { scope: "col" }, name)))), make("tbody", {}, ...body));
}

// What the project is built from, as quoted: prices, hours and numbers should be checked before they are written.
function facts(one) {
  if (one.outcome !== "project" || !one.read.length) return "";
  return make("section", {}, make("h3", {}, "Facts used"), make("ul", {}, ...one.read.map((fact) =>
    make("li", {}, `${fact.text}: `, make("q", {}, fact.value), make("small", {}, place(fact.source))))));
}

function plan(one) {
  const all = [...one.plan.steps, ...(one.undo ? one.undo.steps : [])];
  const steps = all.map((step) => make("li", {}, `${step.title} `, make("span", { class: step.status }, `(${step.status})`), step.said ? ` ${step.said}` : "",
    make("details", {}, make("summary", {}, `${step.method} ${step.path}`), step.body ? make("pre", {}, JSON.stringify(step.body, null, 2)) : "")));
  return make("section", {}, make("h3", {}, "Plan"), steps.length ? make("ol", { class: "steps" }, ...steps) : make("p", { class: "quiet" }, "No change."),
    ...one.plan.problems.map((problem) => make("p", { class: "review" }, problem.text)),
    ...one.plan.todos.map((todo) => make("p", {}, `Manual action: ${todo}`)));
}

function actions(one) {
  const reason = make("input", { size: "28", maxlength: "2000", "aria-label": "Reason (saved with the decision)", placeholder: "Reason (saved with the decision)" });
  const button = (text, path, body = {}, kind = "") => make("button", { type: "button", class: kind, onclick: () => guarded(() => act(one.id, path, { ...body, reason: reason.value })) }, text);
  const buttons = [];
  if (one.status === "awaiting-review" && one.outcome === "review") buttons.push(...one.candidates.map((each) => button(`Choose ${words[each]}`, "approve", { outcome: each }, "main")));
  else if (one.status === "awaiting-review" && one.plan.steps.length) buttons.push(button("Approve", "approve", one.brief ? { brief: one.brief.inputs } : {}, "main"));
  if (one.status === "awaiting-review") buttons.push(button("Reject", "reject"));
  if (one.status === "failed" && one.plan.steps.length) buttons.push(button("Retry", "approve", {}, "main"));
  if (one.status === "applied" || one.status === "failed") buttons.push(button("Undo", "undo"));
  return buttons.length ? make("div", { class: "actions" }, ...buttons, reason) : "";
}

async function act(id, path, body) {
  if (path === "approve" && unsaved()) throw new Error("The brief has changes that are not saved. Save or discard them first.");
  say("Working…");
  const answer = await tell(`decisions/${encodeURIComponent(id)}/${path}`, body).catch((error) => open409(id, error));
  settled(answer);
  await choose(answer.id || (answer.decision && answer.decision.id) || id);
}

// A refused approval: open fields are marked; a brief that has changed since is shown again.
async function open409(id, error) {
  if (error.problem && error.problem.code === "brief-changed") await choose(id);
  if (error.problem && error.problem.code === "brief-open") showErrors(error.problem.errors);
  throw error;
}

function settled(answer) {
  if (answer.settled === false) say(`Running: ${answer.waiting_for || "it continues in the background"}`);
  else say(`${answer.ticket_id}: ${statusOf(answer)}. ${(answer.way_back && answer.way_back.text) || answer.said || ""}`, answer.status === "failed");
}

at("filters").addEventListener("input", () => guarded(() => list()));
at("filters").addEventListener("submit", (event) => event.preventDefault());
at("more").addEventListener("click", () => guarded(() => list(true)));
at("run").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new FormData(at("run"));
  guarded(async () => {
    say("Working…");
    const body = asked.get("mode") ? { mode: asked.get("mode") } : {};
    const answer = await tell(`tickets/${encodeURIComponent(asked.get("ticket_id"))}/reclassify`, body);
    settled(answer);
    const made = answer.id || (answer.decision && answer.decision.id);
    if (made) await choose(made);
  });
});

async function start() {
  await list();
  say("");
  if (location.hash.length > 1) await choose(location.hash.slice(1));
}

// Refresh the list unless older decisions are loaded or it is scrolled; refresh the shown decision while it runs.
async function again() {
  if (state.isRunning) await choose(state.chosen);
  else if (at("list").scrollTop === 0 && !state.hasMore) await list();
}
startPage(start, again, 5);
