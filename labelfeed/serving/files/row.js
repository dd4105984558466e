"use strict";
// A table of text into rows: quotes, and commas, semicolons or tabs between the cells.
function readTable(text) {
  text = text.replace(/^\uFEFF/, "");
  const head = text.split(/\r?\n/, 1)[0];
  const count = mark => head.split(mark).length;
  const mark = [",", ";", "\t"].reduce((a, b) => (count(b) > count(a) ? b : a));
  const rows = [];
  let row = [], cell = "", quoted = false, any = false;
  const close = () => { row.push(cell); cell = ""; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; i++; }
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"' && !cell) { quoted = true; any = true; }
    else if (c === mark) { close(); any = true; }
    else if (c === "\n" || c === "\r") {
      if (any || cell) { close(); rows.push(row); }
      row = []; cell = ""; any = false;
      if (rows.length > 10000) break;
    } else cell += c;
  }
  if (any || cell) { close(); rows.push(row); }
  const names = (rows.shift() || []).map(name => name.trim());
  return { names, rows, commas: mark === ";" };
}
