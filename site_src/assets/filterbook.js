// The theme's search opens as a dialog without a name; give it one for screen readers.
document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");
