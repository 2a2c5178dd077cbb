// Draws the charts; sorts and filters the tables. Without this script the page shows all tables, and no charts.
const SHOWN = 12;

for (const place of document.querySelectorAll("[data-spec]")) {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  vegaEmbed(place, spec, { mode: "vega-lite", renderer: "svg", actions: false })
    .then(() => place.setAttribute("data-drawn", ""))
    .catch((error) => {
      place.textContent = `This chart could not be drawn: ${error.message}`;
      console.error(error);
    });
}

for (const table of document.querySelectorAll("table")) {
  const block = table.closest(".table");
  const body = table.tBodies[0];
  const filter = block.querySelector("input");
  const shown = block.querySelector("output");
  const more = block.querySelector(".more");
  const rows = [...body.rows].map((row) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    return { row, text: cells.join(" ").toLowerCase() };
  });
  let all = rows.length <= SHOWN;

  const show = () => {
    const words = filter ? filter.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    const found = rows.filter(({ text }) => words.every((word) => text.includes(word)));
    const visible = new Set((all ? found : found.slice(0, SHOWN)).map(({ row }) => row));
    for (const { row } of rows) row.hidden = !visible.has(row);
    if (shown) shown.value = `${visible.size.toLocaleString("en")} of ${found.length.toLocaleString("en")}`;
    if (more) {
      more.hidden = rows.length <= SHOWN || (!all && found.length <= SHOWN);
      more.textContent = all ? `Show ${SHOWN} only` : `Show all ${found.length.toLocaleString("en")}`;
    }
  };

  const compare = (index, isText, sign) => (a, b) => {
    const [x, y] = [a, b].map(({ row }) => row.cells[index].dataset.value);
    if (x === "" || y === "") return (x === "") - (y === ""); // missing values come last
    return sign * (isText ? x.localeCompare(y, "en", { numeric: true }) : x - y);
  };

  for (const button of table.tHead.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const isText = !head.classList.contains("number");
      const first = isText ? "ascending" : "descending";
      const other = isText ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const th of head.parentElement.cells) th.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      rows.sort(compare(head.cellIndex, isText, order === "ascending" ? 1 : -1));
      body.append(...rows.map(({ row }) => row));
      show();
    });
  }
  filter?.addEventListener("input", show);
  more?.addEventListener("click", () => {
    all = !all;
    show();
  });
  show();
}
