// Calls for help on the staff's pages. htmx asks for them; this says so when it cannot, marks the page's title, and
// sounds a tone where the browser lets a page do that before anybody has pressed on it.

const SILENT_TOO_LONG_MS = 15000;
const TONE_HZ = 880;
const TONE_SECONDS = 0.4;

const plainTitle = document.title;
let heardAt = performance.now();
let waiting = 0;

function tone() {
  try {
    const context = new AudioContext();
    const sound = context.createOscillator();
    sound.frequency.value = TONE_HZ;
    sound.connect(context.destination);
    sound.start();
    sound.stop(context.currentTime + TONE_SECONDS);
    sound.onended = () => context.close();
  } catch {
    // No sound here: the strip is announced and stands at the top.
  }
}

function show() {
  const strip = document.getElementById("alarms");
  const now = Number(strip?.dataset.alarms) || 0;
  document.title = now ? `(${now}) ${plainTitle}` : plainTitle;
  if (now > waiting) tone();
  waiting = now;
}

const isStrip = (event) => event.detail.elt?.id === "alarms" || event.detail.target?.id === "alarms";

document.addEventListener("htmx:afterOnLoad", (event) => {
  if (!isStrip(event)) return;
  heardAt = performance.now();
  document.getElementById("alarms-gone").hidden = true;
});
document.addEventListener("htmx:afterSettle", show);
setInterval(() => {
  const notice = document.getElementById("alarms-gone");
  if (notice) notice.hidden = performance.now() - heardAt < SILENT_TOO_LONG_MS;
}, 1000);
