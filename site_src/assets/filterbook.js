// What a reader can do on a page beyond reading it. Every page is whole without this file.

// The theme's search opens as a dialog without a name; give it one for screen readers.
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");

// How strongly the maps lie over the photographs: one choice for the page, on every slider.
const faders = [...document.querySelectorAll(".fb-fade input")];
for (const fader of faders) {
  fader.addEventListener("input", () => {
    document.body.style.setProperty("--fb-map", fader.value / 100);
    for (const other of faders) other.value = fader.value;
  });
}

// To a filter by its number.
for (const form of document.querySelectorAll(".fb-jump")) {
  const has = (number) =>
    form.dataset.filters.split(",").some((part) => {
      const [first, last = first] = part.split("-").map(Number);
      return first <= number && number <= last;
    });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = form.elements.filter.value.trim();
    const known = /^\d+$/.test(wanted) && has(Number(wanted));
    form.querySelector("output").textContent = known ? "" : "no such page";
    if (known) location.assign(`${Number(wanted)}.html`);
  });
  form.elements.filter.addEventListener("focus", (event) => event.target.select());
}

// Values of a chart: of the mark that is pointed at, or that the arrow keys have come to.
for (const chart of document.querySelectorAll(".fb-chart")) {
  const marks = [...chart.querySelectorAll(".fb-marks path")];
  if (!marks.length) continue;
  const region = chart.parentElement;
  const readout = document.createElement("output");
  const middle = (mark) => {
    const box = mark.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  let now = -1;
  const show = (at) => {
    marks[now]?.classList.remove("fb-mark--now");
    now = at;
    marks[now].classList.add("fb-mark--now");
    readout.textContent = marks[now].textContent;
  };
  const nearest = (event) => {
    const far = marks.map((mark) => {
      const [x, y] = middle(mark);
      return Math.hypot(x - event.clientX, y - event.clientY);
    });
    const at = far.indexOf(Math.min(...far));
    if (far[at] < 24 && at !== now) show(at);
  };
  // Row by row, from left to right, as one reads.
  const order = () =>
    marks
      .map((mark, at) => ({ at, row: mark.parentElement, x: middle(mark)[0] }))
      .sort((one, other) => (one.row === other.row ? one.x - other.x : one.at - other.at))
      .map(({ at }) => at);
  const keys = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  readout.className = "fb-readout";
  region.after(readout);
  chart.addEventListener("pointermove", nearest);
  region.addEventListener("keydown", (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    const path = order();
    const last = path.length - 1;
    const at = path.indexOf(now);
    show(path[at < 0 ? 0 : Math.max(0, Math.min(last, at + keys[event.key]))]);
    marks[now].scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

// A picture at full size: a dialog of the browser's own, so that Escape and focus work as they should.
for (const link of document.querySelectorAll(".fb-zoom")) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const dialog = document.createElement("dialog");
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    const caption = document.createElement("figcaption");
    const close = document.createElement("button");
    dialog.className = "fb-lightbox";
    image.src = link.href;
    image.alt = link.querySelector("img").alt;
    caption.textContent = image.alt;
    close.textContent = "×";
    close.setAttribute("aria-label", "Close");
    dialog.setAttribute("aria-label", image.alt);
    figure.append(image, caption);
    dialog.append(close, figure);
    document.body.append(dialog);
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      link.focus();
    });
    dialog.showModal();
  });
}

// How a picture grew: the strip of frames becomes one frame and a slider. Without this script, the
// strip itself is what a reader sees.
for (const figure of document.querySelectorAll(".fb-growth")) {
  const steps = figure.dataset.steps.split(" ");
  const image = figure.querySelector("img");
  const strip = figure.querySelector(".fb-growth-strip");
  const now = figure.parentElement.querySelector(".fb-curve-now");
  const label = document.createElement("label");
  const slider = document.createElement("input");
  const shown = document.createElement("output");
  const last = steps.length - 1;
  slider.type = "range";
  slider.min = 0;
  slider.max = last;
  slider.value = last;
  const show = () => {
    const at = Number(slider.value);
    const words = steps[at] === "1" ? "after 1 step" : `after ${steps[at]} steps`;
    image.style.objectPosition = `${(100 * at) / last}% 0`;
    image.alt = `${figure.dataset.name} ${words}`;
    shown.textContent = `${words[0].toUpperCase()}${words.slice(1)} of ${steps[last]}`;
    slider.setAttribute("aria-valuetext", words);
    now?.setAttribute("d", `M${steps[at]} 0V100`);
  };
  label.className = "fb-growth-control";
  label.append("Growth", slider);
  shown.className = "fb-growth-shown";
  for (const name of ["tabindex", "role", "aria-label"]) strip.removeAttribute(name);
  strip.after(label, shown);
  figure.classList.add("fb-growth--live");
  slider.addEventListener("input", show);
  show();
}

// The table of all claims: headings sort, and a line above it filters. Without this script it is a
// plain table in the order of the spec.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    if (heads[column].dataset.kind !== "number") return cell.textContent.trim();
    return cell.dataset.key === "" ? NaN : Number(cell.dataset.key);
  };
  const compare = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return a - b;
  };
  const sort = (column) => {
    const up = heads[column].getAttribute("aria-sort") !== "ascending";
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    const keyed = rows.map((row) => [keyOf(row, column), row]);
    const missing = ([key]) => Number.isNaN(key); // what was not measured stays last both ways
    keyed.sort(([a], [b]) => compare(a, b));
    const known = keyed.filter((pair) => !missing(pair));
    if (!up) known.reverse();
    body.append(...[...known, ...keyed.filter(missing)].map(([, row]) => row));
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fb-sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });

  const bar = document.createElement("div");
  const shown = document.createElement("output");
  const wanted = {};
  const filter = () => {
    let count = 0;
    for (const row of rows) {
      const words = row.textContent.toLowerCase();
      row.hidden = !Object.entries(wanted).every(([name, value]) =>
        value === "" || (name === "text" ? words.includes(value) : row.dataset[name] === value));
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${rows.length} claims`;
  };
  const add = (words, control, name) => {
    const label = document.createElement("label");
    wanted[name] = "";
    control.addEventListener("input", () => {
      wanted[name] = name === "text" ? control.value.trim().toLowerCase() : control.value;
      filter();
    });
    label.append(words, control);
    bar.append(label);
  };
  const search = document.createElement("input");
  search.type = "search";
  add("Words", search, "text");
  for (const [words, name] of [["Verdict", "verdict"], ["Layer", "layer"], ["Review", "review"]]) {
    const select = document.createElement("select");
    const values = [...new Set(rows.map((row) => row.dataset[name]))].sort();
    select.append(new Option("any", ""), ...values.map((value) => new Option(value, value)));
    add(words, select, name);
  }
  bar.className = "fb-filter-bar";
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", "Filter the claims");
  bar.append(shown);
  table.closest(".fb-review-list").querySelector(".fb-filter-place").append(bar); // its room is kept
  filter();
}
