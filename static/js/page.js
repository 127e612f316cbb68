// Swaps without surprises: where the focus goes after htmx has put a new page in, what is announced, what a second tap
// does, and what is said while the server is slow or gone. Without this file, or without JavaScript, every page works
// with plain links and forms.

const PROGRESS_AFTER_MS = 100;
const SECOND_TAP_MS = 1000;

const byId = (id) => document.getElementById(id);
let progressTimer = 0;
let lastPress = { target: null, at: -Infinity };

function showProgress() {
  clearTimeout(progressTimer);
  progressTimer = setTimeout(() => { byId("progress").hidden = false; }, PROGRESS_AFTER_MS);
}

function hideProgress() {
  clearTimeout(progressTimer);
  byId("progress").hidden = true;
}

function showTrouble(when) {
  for (const words of document.querySelectorAll(".trouble-words")) words.hidden = words.dataset.when !== when;
  byId("trouble").hidden = false;
}

function hideTrouble() {
  byId("trouble").hidden = true;
}

// Focus goes to what the person must know first: a problem beside the form, otherwise the heading.
function arrive() {
  const problem = byId("problem");
  const heading = document.querySelector("main h1");
  (problem || heading)?.focus({ preventScroll: true });
  if (problem) problem.scrollIntoView({ block: "center" });
  byId("announcement").textContent = document.title;
}

// Trembling hands press twice. The second press on the same thing within a second is not heard.
function forgetSecondTap(event) {
  const pressed = event.target.closest?.("a[href], button");
  if (!pressed) return;
  const isSecond = pressed === lastPress.target && event.timeStamp - lastPress.at < SECOND_TAP_MS;
  if (isSecond) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  lastPress = { target: pressed, at: event.timeStamp };
}

const isPage = (event) => event.detail.target?.id === "page";

document.addEventListener("click", forgetSecondTap, true);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isPage(event)) return;
  hideTrouble();
  showProgress();
});
document.addEventListener("htmx:afterRequest", (event) => { if (isPage(event)) hideProgress(); });
document.addEventListener("htmx:sendError", (event) => { if (isPage(event)) showTrouble("gone"); });
document.addEventListener("htmx:timeout", (event) => { if (isPage(event)) showTrouble("slow"); });
document.addEventListener("htmx:afterSettle", (event) => { if (isPage(event)) arrive(); });
document.addEventListener("click", (event) => { if (event.target.closest("#trouble-close")) hideTrouble(); });

// A page that the browser loaded whole after a mistake still leads to the problem.
document.addEventListener("DOMContentLoaded", () => byId("problem")?.focus());
