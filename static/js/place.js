// A phone says where it is only when its owner presses for it, and only on the form on which she does. Without this
// file, without a receiver or without permission the forms work all the same, and no place goes along.

const WAIT_MS = 15000;
const FRESH_MS = 60000;

function say(box, when) {
  for (const words of box.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== when;
}

function fill(box, { latitude, longitude, accuracy }) {
  for (const [name, value] of Object.entries({ latitude, longitude, accuracy })) {
    box.querySelector(`[name="${name}"]`).value = String(value);
  }
}

function ask(box) {
  say(box, "waiting");
  navigator.geolocation.getCurrentPosition(
    (found) => { fill(box, found.coords); say(box, "found"); },
    () => say(box, "lost"),
    { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: FRESH_MS },
  );
}

for (const box of document.querySelectorAll("[data-place]")) {
  if (!("geolocation" in navigator) || !window.isSecureContext) continue;
  box.hidden = false;
  box.querySelector('[data-part="ask"]').addEventListener("click", () => ask(box));
}
