// The brief of a decision: the money box, and a form of its fields. Every text is inserted as text.
"use strict";

const fieldLabels = { po_number: "PO number", po_amount: "PO amount", sold_total: "Sold total", tax_basis: "Tax basis", billing_sheet: "Billing sheet", payment_form: "Payment form", deposit_received: "Deposit received", budget_hours: "Budget hours" };
const labelOf = (name) => fieldLabels[name] || name[0].toUpperCase() + name.slice(1);
const amountFields = ["sold_total", "fee", "cap", "rate", "po_amount", "deposit_received"];
const dateFields = ["start", "end"];
const listColumns = {
  payments: { label: "Label", amount: "Amount", due: "Due" },
  phases: { name: "Name", hours: "Hours", start: "Start", end: "End", contact: "Contact" },
  team: { identifier: "Member", hours: "Hours", start: "Start", end: "End", work_role: "Work role" },
  contacts: { name: "Name", part: "Part of the work", id: "Contact id" },
};
const columnTypes = { due: "date", start: "date", end: "date" };
const reachWords = { fee: "billed in the fee", product_line: "billed as a product line", agreement: "billed by an agreement", nobody: "not billed", time: "billed by time" };
const optionWords = { "": "not entered", true: "yes" };
const isEmpty = (value) => value === null || value === "" || (Array.isArray(value) && !value.length);

function brief(one) {
  if (!one.brief) return "";
  return make("section", { class: "brief", "aria-label": "Brief" }, make("h3", {}, "Brief"), moneyBox(one.brief.money), accepted(one.brief), briefForm(one));
}

// What an approval has accepted as shown, or would accept.
function accepted(given) {
  if (given.accepted) return make("p", {}, `Accepted as shown by ${given.accepted.by}, `, moment(given.accepted.at), `: ${given.accepted.fields.map(labelOf).join(", ")}.`);
  return given.editable && given.needs_person.length ? make("p", { class: "quiet" }, `Approve accepts as shown: ${given.needs_person.map(labelOf).join(", ")}.`) : "";
}

function moneyBox(box) {
  const row = (name, amount, remark, kind = "") => make("tr", { class: kind }, make("th", { scope: "row" }, name), make("td", { class: "amount" }, amount), make("td", {}, remark || ""));
  const shown = (amount) => money(amount, box.currency);
  const differs = (amount) => (box.adds_up || /^-?0\.00$/.test(amount) ? "" : "differs");
  return make("table", { class: "money" }, make("caption", {}, "Money"), make("tbody", {},
    row("Sold total", shown(box.sold_total) || "not known", box.method),
    ...box.parts.map((part) => row(part.text, part.reach === "time" ? "" : shown(part.amount), reachWords[part.reach], "part")),
    row("Invoiced once", shown(box.invoiced_once), "fee and product lines"),
    box.difference === null ? "" : row("Difference", shown(box.difference), differs(box.difference) ? "does not add up" : "every amount is billed once", differs(box.difference)),
    box.payments === null ? "" : row("Payments", shown(box.payments), `the fee less the payments: ${shown(box.payments_difference)}`, differs(box.payments_difference))));
}

function briefForm(one) {
  const rows = Object.entries(one.brief.fields).map(([name, field]) => [fieldRow(one, name, field), isEmpty(field.value) && field.state !== "conflict" && field.state !== "missing"]);
  const [shown, more] = [rows.filter(([, empty]) => !empty), rows.filter(([, empty]) => empty)].map((each) => each.map(([row]) => row));
  const form = make("form", { id: "brief", novalidate: true }, ...shown,
    more.length ? make("details", { class: "more" }, make("summary", {}, "More fields"), ...more) : "",
    one.brief.editable ? make("div", { class: "actions" }, make("button", { type: "submit", class: "main" }, "Save"), make("button", { type: "button", onclick: () => show(one) }, "Discard")) : "");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(() => save(one, form));
  });
  return form;
}

function fieldRow(one, name, field) {
  const id = `brief-${name}`;
  const editor = listColumns[name] ? listEditor(one, name, field) : scalarEditor(one, name, field, id);
  const sources = field.sources.slice(0, 3).map((source) => make("small", {}, source.place, source.value ? ": " : "", source.value ? make("q", {}, source.value) : ""));
  const takeBack = field.by && one.brief.editable ? make("button", { type: "button", onclick: () => guarded(() => change(one, { [name]: null })) }, "Take back") : "";
  const title = listColumns[name] || !one.brief.editable ? make("span", { id }, labelOf(name)) : make("label", { for: id }, labelOf(name));
  return make("div", { class: `field ${field.state}`, "data-field": name },
    make("div", { class: "title" }, title, make("span", { class: `badge ${field.state}` }, field.state)),
    make("div", { class: "value" }, editor,
      field.message ? make("p", { class: "review" }, field.message) : "",
      make("p", { class: "failed", role: "alert", id: `${id}-error` }),
      field.by ? make("small", {}, `${field.by}, `, moment(field.at)) : "", ...sources, takeBack));
}

function scalarEditor(one, name, field, id) {
  const text = scalarText(name, field.value);
  if (!one.brief.editable) return make("span", {}, amountFields.includes(name) ? money(field.value, one.brief.money.currency) : text);
  const attributes = { id, name, "data-was": text, "aria-describedby": `${id}-error` };
  const choices = one.brief.choices[name];
  let input;
  if (choices) {
    const known = choices.map(String);
    const options = ["", ...(text && !known.includes(text) ? [text] : []), ...known];
    input = make("select", attributes, ...options.map((each) => make("option", { value: each }, optionWords[each] || each)));
  } else if (name === "description") input = make("textarea", { ...attributes, rows: "4" });
  else input = make("input", { ...attributes, type: dateFields.includes(name) ? "date" : "text", inputmode: amountFields.includes(name) || name === "budget_hours" ? "decimal" : null, placeholder: name === "project" ? "new, or the id of a running project" : null });
  input.value = text;
  return make("span", { class: "input" }, input, amountFields.includes(name) ? ` ${one.brief.money.currency}` : "");
}

function scalarText(name, value) {
  if (isEmpty(value)) return "";
  if (name === "project") return value.join ? String(value.join) : "new";
  if (name === "billing_sheet") return "";
  return amountFields.includes(name) ? money(value) : String(value);
}

function listEditor(one, name, field) {
  const columns = Object.entries(listColumns[name]);
  const rows = make("tbody", {});
  const add = (entry = {}) => rows.append(make("tr", {}, ...columns.map(([key, title]) => {
    const text = key === "amount" ? money(entry[key]) : isEmpty(entry[key] === undefined ? null : entry[key]) ? "" : String(entry[key]);
    if (!one.brief.editable) return make("td", {}, text);
    const input = make("input", { "data-key": key, "aria-label": `${labelOf(name)}: ${title}`, type: columnTypes[key] || "text", inputmode: ["amount", "hours", "id"].includes(key) ? "decimal" : null });
    input.value = text;
    return make("td", {}, input);
  }), one.brief.editable ? make("td", {}, make("button", { type: "button", "aria-label": `${labelOf(name)}: remove the entry`, onclick: (event) => event.currentTarget.closest("tr").remove() }, "×")) : ""));
  (field.value || []).forEach(add);
  const box = make("div", { class: "wide", "data-list": name }, make("table", {}, make("thead", {}, make("tr", {}, ...columns.map(([, title]) => make("th", { scope: "col" }, title)))), rows),
    one.brief.editable ? make("button", { type: "button", onclick: () => add() }, `Add to ${labelOf(name).toLowerCase()}`) : "");
  box.dataset.was = JSON.stringify(listValue(box));
  return box;
}

// "12,400.00" as typed becomes "12400.00"; anything else is left for the service to refuse.
const plainNumber = (text) => (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(",", "") : text);

function listValue(box) {
  return [...box.querySelectorAll("tbody tr")].map((row) => Object.fromEntries([...row.querySelectorAll("input")].map((input) => {
    const text = input.value.trim();
    if (input.dataset.key === "id") return [input.dataset.key, /^\d+$/.test(text) ? Number(text) : text];
    return [input.dataset.key, ["amount", "hours"].includes(input.dataset.key) ? plainNumber(text) : text];
  }).filter(([, value]) => value !== ""))).filter((entry) => Object.keys(entry).length);
}

function typed(input) {
  const text = input.value.trim();
  if (text === "") return null;
  if (input.name === "agreed") return text === "true" ? true : text;
  if (input.name === "project") return /^\d+$/.test(text) ? { join: Number(text) } : text;
  return amountFields.includes(input.name) || input.name === "budget_hours" ? plainNumber(text) : text;
}

// The fields whose inputs differ from what was shown.
function changes(form) {
  const inputs = [...form.querySelectorAll("[data-was][name]")].filter((input) => input.value.trim() !== input.dataset.was.trim());
  const lists = [...form.querySelectorAll("[data-list]")].filter((box) => JSON.stringify(listValue(box)) !== box.dataset.was);
  return Object.fromEntries([...inputs.map((input) => [input.name, typed(input)]), ...lists.map((box) => [box.dataset.list, listValue(box)])]);
}

function unsaved() {
  const form = at("brief");
  return form !== null && Object.keys(changes(form)).length > 0;
}

async function save(one, form) {
  const patch = changes(form);
  if (!Object.keys(patch).length) {
    say("No field was changed.");
    return;
  }
  await change(one, patch);
}

async function change(one, patch) {
  say("Working…");
  try {
    show(await ask(`decisions/${encodeURIComponent(one.id)}/brief`, { method: "PATCH", body: JSON.stringify(patch) }));
    say("Saved.");
    await list();
  } catch (error) {
    showErrors(error.problem && error.problem.code ? error.problem.errors : []);
    throw error;
  }
}

// Each problem next to its field; the first one gets the focus.
function showErrors(errors) {
  for (const place of document.querySelectorAll("#brief [role=alert]")) place.textContent = "";
  let first = null;
  for (const each of errors) {
    const row = document.querySelector(`#brief [data-field="${CSS.escape(each.field)}"]`);
    if (!row) continue;
    const details = row.closest("details");
    if (details) details.open = true;
    const allowed = each.allowed && !each.message.includes("Allowed") ? ` Allowed: ${each.allowed.join(", ")}.` : "";
    row.querySelector("[role=alert]").textContent = each.message + allowed;
    first = first || row;
  }
  const input = first && first.querySelector("input, select, textarea, button");
  if (input) input.focus();
}
