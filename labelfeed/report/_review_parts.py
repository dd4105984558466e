"""Style and script of the review page: no library, no network, one card at a time."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --strong: #2563eb; --bad: #c2410c }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem }
body { padding-bottom: 9rem; overflow-wrap: anywhere }
header { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline }
h1 { font-size: 1.25rem; margin: 0 }
h2 { font-size: 1rem; margin: 1.4rem 0 .4rem }
progress { width: 100%; height: .5rem; accent-color: var(--strong) }
.note { opacity: .75; font-size: .9rem; margin: .3rem 0 }
.change { font-size: 1.45rem; font-weight: 650; margin: .6rem 0 0 }
.change s { color: var(--bad); font-weight: 400 }
.bar { display: grid; grid-template-columns: minmax(4rem, 10rem) 1fr 4.5rem; gap: .6rem }
.bar { align-items: center; margin: .25rem 0; font-variant-numeric: tabular-nums }
.bar i { display: block; height: .8rem; background: var(--strong); border-radius: 3px }
.bar.given i { background: var(--bad) }
.bar span:last-child { text-align: right }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; overflow-wrap: normal }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line) }
th, td { white-space: nowrap; max-width: 16rem; overflow: hidden; text-overflow: ellipsis }
th { font-weight: 600 }
th:first-child, td:first-child { position: sticky; left: 0; background: Canvas; max-width: 9rem }
td:nth-child(2) { font-weight: 650 }
td.same { color: var(--strong); font-weight: 650 }
td.other { color: var(--bad); font-weight: 650 }
footer { position: fixed; inset: auto 0 0 0; background: Canvas; border-top: 1px solid var(--line) }
footer div { max-width: 46rem; margin: 0 auto; padding: .6rem 1rem }
.keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem }
.more { display: flex; gap: .6rem; padding-top: 0 !important }
button, select { font: inherit; min-height: 3rem; padding: 0 .7rem; border-radius: .5rem }
button, select { border: 1px solid var(--line); background: var(--soft); color: inherit }
button, select { width: 100% }
button { cursor: pointer; white-space: nowrap }
button.first { background: var(--strong); color: #fff; border-color: transparent }
button:disabled { opacity: .45; cursor: default }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
kbd { font: inherit; opacity: .7; font-size: .85em }
@media (hover: none) { kbd { display: none } }
"""

BODY = """
<header><h1></h1><span id=count class=note aria-live=polite></span></header>
<progress max=1 value=0></progress>
<p id=what class=note></p>
<main id=card></main>
<footer>
<div class=keys>
<button id=accept class=first>Accept <kbd>A</kbd></button>
<button id=reject>Keep given <kbd>K</kbd></button>
<button id=skip>Skip <kbd>S</kbd></button>
</div>
<div class=more>
<select id=other aria-label="Another class"></select>
<button id=undo>Undo <kbd>U</kbd></button>
<button id=save>Save</button>
</div>
</footer>
"""

SCRIPT = """
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const at = id => document.getElementById(id);
const key = 'labelfeed review ' + data.key;
let done = [];  // a value for each item looked at, null for a skipped one
try { done = JSON.parse(localStorage.getItem(key)) || []; } catch (e) { done = []; }
if (!Array.isArray(done) || done.length > data.items.length) done = [];

function node(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
function table(head, rows, mark) {
  const made = node('table'), box = node('div', null, 'scroll');
  const line = (cells, kind, row) => {
    const tr = node('tr');
    cells.forEach((cell, i) => tr.append(node(kind, cell, row ? mark(row, i) : '')));
    made.append(tr);
  };
  line(head, 'th');
  rows.forEach(row => line(row, 'td', row));
  box.append(made);
  return box;
}
const percent = p => p >= 0.9995 ? '>99.9 %' : (100 * p).toFixed(p < 0.1 ? 1 : 0) + ' %';

function show() {
  const n = done.length, total = data.items.length, item = data.items[n];
  const changed = done.filter((v, i) => v !== null && v !== data.items[i].given).length;
  const kept = done.filter((v, i) => v !== null && v === data.items[i].given).length;
  at('count').textContent = n + ' of ' + total + ': ' + changed + ' changed, ' + kept + ' kept, ' +
    (n - changed - kept) + ' skipped';
  document.querySelector('progress').value = total ? n / total : 1;
  const card = at('card');
  card.replaceChildren();
  for (const id of ['accept', 'reject', 'skip', 'other']) at(id).disabled = !item;
  at('undo').disabled = !n;
  at('save').disabled = !(changed + kept);
  at('save').className = item ? '' : 'first';
  const other = at('other');
  other.replaceChildren(new Option('Another ...', ''));
  if (!item) {
    card.append(node('p', n ? 'All are looked at. Save writes the decisions to a file.' :
      'There is no label to look at.', 'change'));
    card.append(node('p', data.then, 'note'));
    return;
  }
  for (const name of data.classes[item.label])
    if (name !== item.given && name !== item.suggestion) other.append(new Option(name, name));
  other.disabled = other.options.length < 2;
  at('accept').disabled = item.suggestion === item.given;
  const change = node('p', null, 'change');
  change.append(node('s', item.given), ' \\u2192 ' + item.suggestion);
  if (item.suggestion === item.given) change.replaceChildren(node('span', item.given + ' ?'));
  card.append(node('p', 'Row ' + item.row + ', ' + item.label, 'note'), change);
  card.append(node('p', 'Probability of an error: ' + percent(item.error), 'note'));
  card.append(node('h2', 'What the features say, without the label'));
  for (const [name, p] of item.classes) {
    const bar = node('div', null, 'bar' + (name === item.given ? ' given' : ''));
    const fill = node('i'), box = node('span');
    fill.style.width = 100 * p + '%';
    box.append(fill);
    bar.append(node('span', name), box, node('span', percent(p)));
    card.append(bar);
  }
  card.append(node('h2', 'The row, and the nearest ones with a label'));
  const [head, labels, ...cells] = item.table;
  card.append(table(head, [labels, ...cells], (row, i) => row !== labels || !i ? '' :
    row[i] === item.suggestion ? 'same' : row[i] === item.given ? 'other' : ''));
  scrollTo(0, 0);
}
function decide(value) {
  if (done.length >= data.items.length) return;
  done.push(value);
  keep();
}
function keep() {
  try { localStorage.setItem(key, JSON.stringify(done)); } catch (e) { /* kept until closed */ }
  show();
}
const now = () => data.items[done.length];
const press = {
  accept: () => decide(now().suggestion), reject: () => decide(now().given),
  skip: () => decide(null), undo: () => { done.pop(); keep(); },
  save: () => {
    const found = [];
    done.forEach((value, i) => {
      const {row, label, given} = data.items[i];
      if (value !== null) found.push({row, label, given, value});
    });
    const text = JSON.stringify({source: data.source, decisions: found}, null, 1);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text + '\\n'], {type: 'application/json'}));
    link.download = 'decisions.json';
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
};
for (const id in press) at(id).addEventListener('click', press[id]);
at('other').addEventListener('change', event => {
  if (event.target.value) decide(event.target.value);
});
const keys = {a: 'accept', ArrowRight: 'accept', k: 'reject', r: 'reject', ArrowLeft: 'reject',
  s: 'skip', ArrowDown: 'skip', u: 'undo', Backspace: 'undo'};
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === 'SELECT') return;
  const id = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!id || at(id).disabled) return;
  event.preventDefault();
  press[id]();
});
document.querySelector('h1').textContent = data.title;
at('what').textContent = data.what;
show();
"""
