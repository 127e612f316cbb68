// Keeps the till's page and its files, so that the page opens again while there is no line. It keeps nothing of anybody's
// booking: the page brings those itself. Served under /staff/canteen, which is as far as it reaches.

const KEPT = "till-1";

async function keep(page, files) {
  const cache = await caches.open(KEPT);
  const wanted = [page, ...files];
  for (const request of await cache.keys()) {
    if (!wanted.some((name) => new URL(name, location.href).href === request.url)) await cache.delete(request);
  }
  for (const name of wanted) {
    const answer = await fetch(name, { redirect: "manual" });
    if (answer.ok) await cache.put(name, answer);
  }
}

async function fromServerOrKept(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(KEPT)).match(request.url.split("?")[0]);
    if (kept) return kept;
    throw error;
  }
}

async function keptFile(request) {
  return (await (await caches.open(KEPT)).match(request)) ?? fetch(request);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.kind === "keep") event.waitUntil(keep(event.data.page, event.data.files));
  if (event.data.kind === "forget") event.waitUntil(caches.delete(KEPT));
});
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(fromServerOrKept(event.request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(keptFile(event.request));
});
