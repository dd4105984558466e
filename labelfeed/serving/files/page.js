"use strict";
// Whatever comes from data goes through textContent or value: it is never read as HTML.
const at = id => document.getElementById(id);
const percent = p => (100 * p).toFixed(p > 0 && p < 0.1 || p > 0.9 && p < 1 ? 1 : 0) + " %";
let model = null, token = sessionStorage.getItem("labelfeed-token") || "", image = null;
let table = null, row = 0, timer = 0, turn = 0;
const inputs = new Map(), known = new Map(), sides = new Map();

function make(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given))
    if (name in made) made[name] = value; else made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

async function call(path, body) {
  const headers = token ? { authorization: "Bearer " + token } : {};
  if (body) headers["content-type"] = "application/json";
  const answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  const error = Object.assign(new Error(), { message: `The server answered ${answer.status}.` }, found.error);
  error.status = answer.status;
  throw error;
}

// The fields ---------------------------------------------------------------------------------------
function field(told) {
  const id = "field " + told.name;
  const input = told.kind === "category"
    ? make("select", { id }, make("option", { value: "" }, "(unknown)"), ...told.values.map(v => make("option", { value: v }, v)))
    : told.kind === "yesno"
      ? make("select", { id }, ...[["", "(unknown)"], ["1", "yes"], ["0", "no"]].map(([value, text]) => make("option", { value }, text)))
      : make("input", { id, type: "text", autocomplete: "off", placeholder: told.kind === "date" ? "such as " + told.typical : "typical: " + told.typical });
  if (told.kind === "number") input.inputMode = "decimal";
  input.addEventListener("input", later);
  inputs.set(told.name, { input, told });
  at("fields").append(make("div", {}, make("label", { htmlFor: id }, told.name), input));
}

function choice(label, kept, shown) {
  const set = (value) => { kept.set(label.name, value); now(); };
  if (label.yesno) {
    const box = make("span", { className: "choice" });
    for (const [value, text] of [["", "unknown"], ["0", "no"], ["1", "yes"]]) {
      const radio = make("input", { type: "radio", name: "known " + label.name, value, checked: value === "" });
      radio.addEventListener("change", () => set(value === "" ? null : Number(value)));
      box.append(make("label", {}, radio, text));
    }
    shown.set = value => { for (const r of box.querySelectorAll("input")) r.checked = r.value === (value === null ? "" : String(value)); };
    return box;
  }
  if (label.number) {
    const input = make("input", { type: "text", inputMode: "decimal", placeholder: "unknown" });
    input.setAttribute("aria-label", label.name + ", if known");
    input.addEventListener("input", () => { kept.set(label.name, input.value.trim() || null); later(); });
    shown.set = value => { input.value = value === null ? "" : value; };
    return input;
  }
  const pick = make("select", {}, make("option", { value: "" }, "unknown"), ...label.classes.map((name, i) => make("option", { value: String(i + 1) }, name)));
  pick.setAttribute("aria-label", label.name + ", if known");
  pick.addEventListener("change", () => set(pick.value ? label.classes[pick.value - 1] : null));
  shown.set = value => { pick.value = value === null ? "" : String(label.classes.indexOf(value) + 1); };
  return pick;
}

const cards = new Map();
function card(label) {
  const bars = make("div");
  const shown = { bars, label };
  const inside = [make("legend", {}, label.name)];
  if (model.reads_known) inside.push(make("div", {}, choice(label, known, shown)));
  cards.set(label.name, shown);
  at("labels").append(make("fieldset", {}, ...inside, bars));
}

function bar(name, p, before, given) {
  const fill = make("i"), track = make("span", { className: "track" }, fill);
  fill.style.width = 100 * p + "%";
  const moved = before !== null && Math.abs(p - before) >= 0.0005;
  const figure = make("span", { className: "figure" }, given ? "given" : percent(p));
  if (moved && !given) {
    const mark = make("b", { title: "with nothing known: " + percent(before) });
    mark.style.left = 100 * before + "%";
    track.append(mark);
    figure.prepend(make("span", { className: "moved" }, percent(before) + " \u2192 "));
  }
  return make("div", { className: "bar" + (given ? " given" : "") }, make("span", {}, name), track, figure);
}

// What is asked ------------------------------------------------------------------------------------
function typed() {
  const found = {};
  for (const [name, { input, told }] of inputs) {
    const text = input.value.trim();
    const number = told.kind === "number" && text !== "" && !/^0x|^0b|^0o/i.test(text) ? Number(text) : NaN;
    found[name] = text === "" ? null : Number.isFinite(number) ? number : text;
  }
  if (model.image) found.image = image;
  return found;
}
const given = kept => Object.fromEntries([...kept].filter(([, value]) => value !== null));

function wrong(error) {
  at("error").hidden = !error;
  at("error").textContent = error ? error.message : "";
  for (const [name, { input }] of inputs) input.classList.toggle("wrong", Boolean(error) && error.column === name);
  if (error && error.status === 401) login();
}

async function now() {
  clearTimeout(timer);
  if (model.image && !image) { at("status").textContent = "Choose a picture."; return; }
  const mine = ++turn, told = given(known), some = Object.keys(told).length > 0, one = typed();
  const body = { rows: some ? [one, one] : [one] };
  if (some) body.known = [told, {}];
  if (model.sides.length) body.sides = given(sides);
  try {
    const found = await call("predict", body);
    if (mine !== turn) return;
    show(found.predictions[0], found.predictions[1] || null);
    at("notes").replaceChildren(...[...new Set(found.notes || [])].map(note => make("li", {}, note)));
    wrong(null);
    at("status").textContent = !model.reads_known ? "" : some ? "The mark on a bar: with nothing known." : "Nothing is known yet.";
    if (model.asks) await questions(mine, one, told);
  } catch (error) { if (mine === turn) { wrong(error); at("status").textContent = "Not predicted."; } }
}
function later() { clearTimeout(timer); timer = setTimeout(now, 250); }

function show(answer, before) {
  for (const [name, { bars, label }] of cards) {
    const told = answer[name], was = before && before[name], isGiven = told.source === "given";
    const lines = [];
    if (typeof told.predicted === "number") {
      const text = isGiven ? "given" : `${told.predicted.toPrecision(4)} \u00b1 ${told.spread.toPrecision(3)}`;
      lines.push(make("p", {}, text + (was && !isGiven ? ` (with nothing known ${was.predicted.toPrecision(4)})` : "")));
    } else if (label.yesno) {
      const yes = label.classes[1];
      lines.push(bar(isGiven ? told.predicted === yes ? "yes" : "no" : "yes", told.probabilities[yes], was && was.probabilities[yes], isGiven));
    } else {
      const order = label.classes.map(c => [c, told.probabilities[c]]).sort((a, b) => b[1] - a[1]);
      for (const [c, p] of order.slice(0, 8)) lines.push(bar(c, p, was && was.probabilities[c], isGiven && p === 1));
      if (order.length > 8) lines.push(make("p", { className: "small" }, `and ${order.length - 8} less likely`));
    }
    bars.replaceChildren(...lines);
  }
}

async function questions(mine, one, told) {
  const open = model.labels.filter(label => !(label.name in told));
  at("asking").hidden = !open.length;
  if (!open.length) return;
  const pick = at("about"), old = pick.value;
  pick.replaceChildren(...open.map(label => make("option", { value: label.name }, label.name)));
  if (open.some(label => label.name === old)) pick.value = old;
  const about = pick.value, found = await call("ask", { row: one, known: told, about, best: 3 });
  if (mine !== turn) return;
  at("effect").textContent = `P(${found.target}) is ${percent(found.nothing_known)} with nothing known` +
    (Object.keys(found.alone).length ? `, ${percent(found.all_known)} with what is known.` : ".");
  at("questions").replaceChildren(...found.ask.map(question => ask(question, found)));
  if (!found.ask.length) at("effect").textContent += " Nothing is left to ask.";
}

function ask(question, found) {
  const label = cards.get(question.label).label, target = cards.get(at("about").value).label;
  const item = make("li", {}, make("strong", {}, question.label), ` tells ${question.gain.toFixed(3)} bits. If it is`, make("br"));
  for (const [place, [answer, chance]] of Object.entries(question.answers).entries()) {
    if (place > 5) break;
    const value = label.yesno ? place : answer;
    const then = Object.entries(question.then[answer]);
    const best = target.yesno ? then[1] : then.reduce((a, b) => (b[1] > a[1] ? b : a));
    const text = `${label.yesno ? (place ? "yes" : "no") : answer} (${percent(chance)}): ` +
      `${target.yesno ? target.name : best[0]} ${percent(best[1])}`;
    const button = make("button", { type: "button" }, text);
    button.disabled = label.number;
    button.addEventListener("click", () => { known.set(label.name, value); cards.get(label.name).set(value); now(); });
    item.append(button);
  }
  return item;
}

// A file or pasted text ----------------------------------------------------------------------------
function fill() {
  const cells = table.rows[row] || [], missing = [];
  for (const [name, { input, told }] of inputs) {
    const place = table.names.indexOf(name);
    if (place < 0) { missing.push(name); continue; }
    let text = (cells[place] || "").trim();
    if (table.commas && told.kind === "number" && /^[+-]?\d*,\d+$/.test(text)) text = text.replace(",", ".");
    if (told.kind === "yesno") text = /^(1|1\.0|yes|y|true|t|present|positive|pos)$/i.test(text) ? "1" : /^(0|0\.0|no|n|false|f|absent|negative|neg)$/i.test(text) ? "0" : "";
    if (told.kind === "category" && text && !told.values.includes(text)) {
      input.querySelectorAll("[data-new]").forEach(old => old.remove());
      input.append(make("option", { value: text, "data-new": "1" }, text));
    }
    input.value = text;
  }
  const labels = model.labels.filter(label => table.names.includes(label.name)).length;
  at("dropped").textContent = (missing.length ? `Not in it, left as they are: ${missing.slice(0, 6).join(", ")}${missing.length > 6 ? ", ..." : ""}. ` : "") +
    (labels ? "Its labels were not read: say below what is known." : "");
  at("rows").hidden = table.rows.length < 2;
  at("which").textContent = `row ${row + 1} of ${table.rows.length}`;
  now();
}
function take(text) {
  table = readTable(text); row = 0;
  if (table.rows.length) fill(); else at("dropped").textContent = "Expected a line with the names of the columns, and a row below it.";
}
async function takeFile(file) {
  if (!file) return;
  if (model.image && /^image\//.test(file.type)) {
    const reader = new FileReader();
    reader.onload = () => { image = reader.result; at("picture").src = image; at("picture").hidden = false; now(); };
    reader.readAsDataURL(file);
  } else if (model.image && !inputs.size) at("dropped").textContent = "Expected a PNG or JPEG file.";
  else if (file.size > 5e6) at("dropped").textContent = "The file is large: paste one of its rows.";
  else take(await file.text());
}

function login() {
  at("login").hidden = false; at("main").hidden = true;
  at("status").textContent = token ? "That token is wrong." : "";
  at("token").focus();
}

async function start() {
  try { model = await call("model"); } catch (error) {
    if (error.status === 401) login(); else at("status").textContent = error.message;
    return;
  }
  document.title = model.name; at("title").textContent = model.name;
  at("login").hidden = true; at("main").hidden = false;
  at("fields").replaceChildren(); at("labels").replaceChildren(); at("sides").replaceChildren();
  model.features.forEach(field);
  if (model.image && !model.image_file) { at("status").textContent = "This run reads arrays of pixels: use the API."; at("main").hidden = true; return; }
  at("file").accept = model.image ? "image/png,image/jpeg" + (inputs.size ? ",.csv" : "") : ".csv,.tsv,.txt";
  at("paste").hidden = at("clear").hidden = !inputs.size;
  for (const label of model.sides)
    at("sides").append(make("fieldset", {}, make("legend", {}, label.name), make("div", {}, choice(label, sides, {}))));
  model.labels.forEach(card);
  now();
}

const dropped = at("drop");
for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, event => {
  event.preventDefault();
  dropped.classList.toggle("over", name === "dragover");
  if (name === "drop" && model) takeFile(event.dataTransfer.files[0]);
});
at("file").addEventListener("change", event => takeFile(event.target.files[0]));
at("text").addEventListener("input", event => { if (event.target.value.trim().includes("\n")) take(event.target.value); });
at("before").addEventListener("click", () => { row = Math.max(row - 1, 0); fill(); });
at("after").addEventListener("click", () => { row = Math.min(row + 1, table.rows.length - 1); fill(); });
at("clear").addEventListener("click", () => { for (const { input } of inputs.values()) input.value = ""; now(); });
at("about").addEventListener("change", now);
at("login").addEventListener("submit", event => {
  event.preventDefault(); token = at("token").value.trim();
  sessionStorage.setItem("labelfeed-token", token); start();
});
const told = new URLSearchParams(location.hash.slice(1)).get("token");
if (told) { token = told; sessionStorage.setItem("labelfeed-token", token); history.replaceState(null, "", location.pathname); }
start();
