// Lights up the way to and from the node under the pointer, and shows its details when it is chosen.
// Without this script the page is the picture, and below it the details of every node.
(() => {
  "use strict";
  const drawing = document.querySelector("svg");
  const panel = document.querySelector("aside");
  const nodes = new Map([...drawing.querySelectorAll(".n")].map((n) => [n.dataset.id, n]));
  const lines = [...drawing.querySelectorAll(".e[data-from]")];
  let pinned = null;

  // The nodes that are reached from `start` along the lines, or against them.
  const reached = (start, from, to) => {
    const found = new Set([start]);
    for (const each of found) {
      for (const line of lines) if (line.dataset[from] === each) found.add(line.dataset[to]);
    }
    return found;
  };

  const trace = (id) => {
    drawing.classList.toggle("tracing", id !== null);
    if (id === null) return;
    const after = reached(id, "from", "to");
    const before = reached(id, "to", "from");
    const on = (set, line) => set.has(line.dataset.from) && set.has(line.dataset.to);
    for (const line of lines) line.classList.toggle("on", on(after, line) || on(before, line));
    for (const [key, node] of nodes) node.classList.toggle("on", after.has(key) || before.has(key));
  };

  const choose = (id) => {
    pinned = id;
    panel.classList.toggle("open", id !== null);
    document.documentElement.classList.toggle("reading", id !== null);
    for (const part of panel.querySelectorAll("section")) {
      part.classList.toggle("open", part.id === id);
    }
    trace(id);
  };

  for (const [id, node] of nodes) {
    node.addEventListener("mouseenter", () => trace(id));
    node.addEventListener("mouseleave", () => trace(pinned));
    node.addEventListener("focus", () => trace(id));
    node.addEventListener("blur", () => trace(pinned));
    node.addEventListener("click", (event) => {
      event.preventDefault();
      choose(id === pinned ? null : id);
    });
  }
  document.querySelector(".close").addEventListener("click", () => choose(null));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") choose(null);
  });
  document.documentElement.classList.add("live");
  const asked = window.location.hash.slice(1);
  if (nodes.has(asked)) choose(asked);
})();
