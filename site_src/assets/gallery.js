// A layer's gallery: sorted by a figure, narrowed by a word. The page is written with its first tiles
// and links to plain pages of the others; here those become tiles too, from the file of the layer.
const AT_ONCE = 128; // tiles drawn in one frame: they fill the window, and a phone is done in time

for (const atlas of document.querySelectorAll(".fb-atlas")) {
  const form = atlas.querySelector("form");
  const list = atlas.querySelector("ul");
  const data = globalThis.filterbookGallery;
  if (!data) {
    form.remove(); // without the file, the links are the way to the others
    continue;
  }
  const make = (name, properties, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };
  const made = (filter, note, claims, dead) => {
    const picture = make("img", {
      className: "fb-picture", loading: "lazy", decoding: "async", width: data.side,
      height: data.side, alt: `Picture of filter ${filter}`, src: data.picture.replace("*", filter),
    });
    const link = make("a", { className: "fb-tile", href: `${filter}.html` }, picture, make("b", {}, filter));
    const cross = make("span", { ariaHidden: "true" }, "✕");
    const below = dead
      ? make("span", { className: "fb-tile-note fb-tile-dead" }, cross, " dead")
      : make("span", { className: "fb-tile-note" }, note);
    const links = claims.flatMap((claim) => [" ", make("a", {
      className: "fb-tile-note", href: data.claim.replace("*", claim),
    }, claim)]);
    return make("li", {}, link, " ", below, ...links);
  };
  const gone = new Set(data.dead);
  const tiles = data.filters.map((filter, at) => {
    const claims = data.claims[filter] ?? [];
    const node = list.children[at] ?? made(filter, data.notes[at], claims, gone.has(filter));
    return { node, at, number: String(filter), claims, dead: gone.has(filter) };
  });
  list.append(...tiles.slice(list.children.length).map((tile) => tile.node));
  atlas.querySelector(".fb-sheets")?.remove();
  const shows = {
    all: () => true,
    claimed: (tile) => tile.claims.length > 0,
    alive: (tile) => !tile.dead,
    dead: (tile) => tile.dead,
  };
  const finds = (tile, word) =>
    /^\d+$/.test(word)
      ? tile.number.startsWith(word)
      : tile.claims.some((claim) => claim.toLowerCase().includes(word));
  const sorted = (key) => {
    const column = key === "filter" ? data.filters : data.figures[key];
    const ascends = key === "filter" || key === "selectivity"; // a rank is best at 1
    const worst = ascends ? Infinity : -Infinity; // what has no figure comes last
    const value = (tile) => column[tile.at] ?? worst;
    return [...tiles].sort((one, other) =>
      ascends ? value(one) - value(other) : value(other) - value(one),
    );
  };
  let latest; // what was asked last, whose tiles are still being put down
  const put = (nodes) => {
    latest = nodes;
    list.replaceChildren(); // to take tiles out costs a sixth of hiding them
    const more = (from) => {
      if (latest !== nodes) return;
      list.append(...nodes.slice(from, from + AT_ONCE));
      const onwards = () => more(from + AT_ONCE);
      if (list.childElementCount < nodes.length)
        requestAnimationFrame(() => setTimeout(onwards)); // after these have been drawn
    };
    more(0);
  };
  let order = tiles;
  const update = (event) => {
    const { sort, find, show } = form.elements;
    if (event?.target === sort) order = sorted(sort.value);
    const word = find.value.trim().toLowerCase();
    const shown = order.filter((tile) => shows[show.value](tile) && (!word || finds(tile, word)));
    put(shown.map((tile) => tile.node));
    form.querySelector("output").textContent = `${shown.length} of ${tiles.length}`;
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.reset(); // a browser that comes back keeps what was typed, but not the order
}
