// The theme's search opens as a dialog without a name; give it one for screen readers.
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");

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
