// Audits of past tickets: start, follow, stop, resume, open the report, try another chart.
"use strict";

const state = { chosen: null, settled: false };
const standing = { queued: "queued", running: "running", done: "done", cancelled: "stopped", failed: "failed" };
// Numbers are formatted as in the report, in every browser language.
const number = (value) => Number(value || 0).toLocaleString("en-US");
const figure = (value, unit) => (value === null ? "not known" : unit === "tickets" ? number(value)
  : value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }) + (unit === "hours" ? " h" : ""));
const day = (instant) => instant.replace("T00:00:00Z", "").replace("T", " ").replace(/(:00)?Z$/, " UTC");
const expected = (one) => (one.tickets.expected === null ? "?" : number(one.tickets.expected));

async function list() {
  const { items } = await ask("audits");
  at("list").replaceChildren(...items.map((one) => entry(one.id === state.chosen, () => choose(one.id),
    [make("span", {}, `${day(one.asked.since)} to ${day(one.asked.until)}`), make("span", { class: one.state }, standing[one.state])],
    `${number(one.tickets.seen)} of ${expected(one)} tickets`, [moment(one.created_at), `chart ${one.chart.version}`])));
  if (!items.length) at("list").append(make("li", { class: "quiet" }, "No audits yet."));
  return items;
}

async function choose(id) {
  state.chosen = id;
  history.replaceState(null, "", `#${id}`);
  show(await ask(`audits/${encodeURIComponent(id)}`));
  await list();
}

function show(one) {
  state.settled = one.settled;
  const { since, until, ...chosen } = one.asked;
  const only = Object.entries(chosen).filter(([, values]) => values.length).map(([name, values]) => `${name} ${values.join(", ")}`);
  at("one").replaceChildren(
    make("h2", {}, [`Tickets entered from ${day(since)} until ${day(until)}`, ...only].join("; ")),
    make("p", {}, make("span", { class: one.state }, standing[one.state]), one.said ? `: ${one.said}` : "."),
    make("progress", { max: one.tickets.expected || 1, value: one.tickets.seen, "aria-label": "Tickets read" }),
    make("p", {}, `${number(one.tickets.seen)} of ${expected(one)} tickets; ${number(one.counters.requests)} requests in ${number(Math.round(one.counters.seconds || 0))} s.`),
    actions(one), ...one.remarks.map((remark) => make("p", { class: "review" }, remark)), ...(one.totals ? [...results(one), ...(one.suggestions || []).map(suggestion), whatIf(one)] : []),
    make("p", { class: "quiet" }, `Audit ${one.id}, chart ${one.chart.version} (${one.chart.sha256.slice(0, 12)})`));
}

function actions(one) {
  const path = `audits/${encodeURIComponent(one.id)}`;
  const button = (text, work, kind = "") => make("button", { type: "button", class: kind, onclick: () => guarded(work) }, text);
  const buttons = one.totals ? [button("Open the report", () => report(`${path}/report.html`), "main"),
    button("CSV", () => save(`${path}/report.csv`)), button("JSON", () => save(`${path}/report.json`))] : [];
  if (!one.settled) buttons.push(button("Stop", async () => { await tell(`${path}/cancel`); await choose(one.id); }));
  if (one.state === "cancelled" || one.state === "failed") buttons.push(button("Resume", async () => { await tell(`${path}/resume`); await choose(one.id); }));
  return make("div", { class: "actions" }, ...buttons);
}

// The report opens in a tab of its own, which has the security policy that it needs; the cookie goes with it.
function report(path) {
  window.open(base + path, "_blank", "noopener");
}

async function save(path) {
  const link = make("a", { href: URL.createObjectURL(await (await fetched(path)).blob()), download: `audit-${state.chosen}.${path.split(".").pop()}` });
  link.click();
  URL.revokeObjectURL(link.href);
}

function table(caption, head, lines) {
  return make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption }, make("table", { class: head.length > 4 ? "long" : "" },
    make("caption", {}, caption), make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...lines.map(([name, ...cells]) => make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell)))))));
}

// The answers and figures of the report.
function results(one) {
  const { judged, ...all } = one.totals;
  const moved = all.would_move["mini-project"] + all.would_move.project;
  return [...one.answers.map((answer) => make("p", {}, answer)), table("Summary; see the report for details", ["", "Value", ""], [
    ["Would move", number(moved), `${number(all.would_move["mini-project"])} to a mini-project, ${number(all.would_move.project)} become projects`],
    ["Of those, right", number(judged.right_moves), `of ${number(judged.moves)} whose records show it`],
    ["Would need review", number(all.asks_a_person), ""],
    ["Chart and records agree", number(judged.agree), `of ${number(judged.tickets)} tickets with both`],
    ["Project work that the chart missed", number(judged.missed), `of ${number(judged.work)} on all boards`],
    ...one.figures.map((each) => [each.title, each.amount === null && !each.currency ? figure(each.hours, "hours") : `${each.currency} ${figure(each.amount, "amount")}`.trim(), each.kind.replace("-", " ")]),
  ])];
}

const signed = (value) => (value < 0 ? "" : "+") + number(value);
const suggestion = ({ place, now, then, change }) => make("p", {}, `Suggestion: ${place} ${then} instead of ${now}: ${signed(change.right)} right, ${signed(change.wrong)} wrong, `
  + `${signed(change.asks)} questions, ${number(change.tickets)} tickets changed. Not applied. Try it below.`);

const MOST = 200;
const betterWord = (better) => (better === null ? "" : better ? "yes" : "no");

// What changes in total.
function sums(found) {
  const lines = found.figures.map((each) => [each.title, figure(each.before, each.unit), figure(each.after, each.unit)]);
  if (found.without_texts) lines.push(["Decided without texts that this chart would read", "", number(found.without_texts)]);
  if (!lines.length) return make("p", {}, "No figure would change.");
  return table("Every figure that would change", ["", "Audit's chart", "This chart"], lines);
}

function whatIf(one) {
  const file = make("input", { type: "file", accept: ".yaml,.yml", onchange: () => guarded(async () => {
    say("Working…");
    const chart = await file.files[0].text();
    file.value = ""; // The same file, changed, can be chosen again.
    changed.replaceChildren();
    const found = await tell(`audits/${encodeURIComponent(one.id)}/what-if`, { chart });
    say("");
    changed.replaceChildren(sums(found), table(`${number(found.changed.length)} tickets would change with chart ${found.chart.version}${found.changed.length > MOST ? `; the first ${MOST}` : ""}`,
      ["Ticket", "From", "To", "Actual", "Better?", "Reason"],
      found.changed.slice(0, MOST).map((line) => [`${line.id} ${line.summary}`, line.from, line.to, line.hindsight, betterWord(line.better), line.why])));
  }) });
  const changed = make("div", {});
  return make("section", {}, make("h3", {}, "Try another chart"), make("label", {}, "Chart file; nothing is saved, ConnectWise is not contacted ", file), changed);
}

at("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new FormData(at("begin"));
  const named = (filter) => asked.get(filter).split(",").map((name) => name.trim()).filter(Boolean).map((name) => (/^\d+$/.test(name) ? Number(name) : name));
  guarded(async () => {
    const made = await tell("audits", { since: `${asked.get("since")}T00:00:00Z`, until: `${asked.get("until")}T00:00:00Z`,
      boards: named("boards"), companies: named("companies"), statuses: named("statuses") });
    say("");
    await choose(made.id);
  });
});

function dates() {
  const now = new Date();
  const tomorrow = new Date(now.getTime() + 86400000);
  at("begin").elements.until.value = tomorrow.toISOString().slice(0, 10);
  at("begin").elements.since.value = new Date(now.getTime() - 365 * 86400000).toISOString().slice(0, 10);
}

async function start() {
  const items = await list();
  say("");
  const wanted = location.hash.slice(1) || (items[0] && items[0].id);
  if (wanted) await choose(wanted);
}

// A running audit is refreshed; an ended one is not, so that nothing selected in it is lost.
async function again() {
  const items = await list();
  const one = items.find((each) => each.id === state.chosen);
  if (one && !(one.settled && state.settled)) show(await ask(`audits/${encodeURIComponent(one.id)}`));
}

dates();
startPage(start, again, 2);
