// Tells the exact yuan of the part of a chart that a pointer or a finger is on, in a line under the
// chart. Without this module the same text is a tooltip, and every figure stands in a table.

for (const figure of document.querySelectorAll("figure")) {
  if (!figure.querySelector("svg.chart title")) continue;
  const told = document.createElement("p");
  told.className = "told";
  figure.append(told);
  const tell = (event) => {
    const title = event.target.querySelector?.(":scope > title");
    if (title) told.textContent = title.textContent;
  };
  figure.addEventListener("pointerover", tell);
  figure.addEventListener("click", tell);
}
