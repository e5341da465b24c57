// Tables with the class "data": a click on a heading sorts, the field above filters rows by what they hold.
function cellKey(row, column) {
  const cell = row.cells[column];
  return cell.dataset.key ?? cell.textContent.trim();
}

function compare(a, b) {
  const x = Number(a.replaceAll(",", "")), y = Number(b.replaceAll(",", ""));
  return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : a.localeCompare(b);
}

function sortBy(table, heading, column) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.querySelectorAll("th")) { other.removeAttribute("aria-sort"); }
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => (down ? -1 : 1) * compare(cellKey(a, column), cellKey(b, column)));
  table.tBodies[0].append(...rows);
}

function filterBy(table, words, count) {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word);
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  count.textContent = `${shown} of ${table.tBodies[0].rows.length}`;
}

for (const table of document.querySelectorAll("table.data")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.classList.add("sortable");
    button.addEventListener("click", () => sortBy(table, heading, column));
  });
  const tools = document.createElement("div");
  tools.className = "tools";
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = "filter rows";
  field.setAttribute("aria-label", "filter rows");
  const count = document.createElement("span");
  count.className = "soft";
  tools.append(field, count);
  table.closest(".scroll").before(tools);
  field.addEventListener("input", () => filterBy(table, field.value, count));
  filterBy(table, "", count);
}
