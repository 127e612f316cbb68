// A button for printing beside the browser's own way, which many do not find. Without this file it does not show.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
