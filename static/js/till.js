// The till at a canteen's counter. It goes on through a lost connection: the day's bookings are kept in this tab, and
// what is handed out is written down in the browser first and told to the server afterwards, again and again until the
// server has answered. Each handing out has a number of its own, made here, so that telling it twice counts once.
// Without this file the same page finds and serves with plain forms.

const LOOK_FOR_NEWS_MS = 60_000;
const TELL_AGAIN_MS = 10_000;
const ANSWER_WITHIN_MS = 15_000;
const ENDS_OF_CARDS = 4;
const MOST_FOUND = 8;
const MOST_AT_ONCE = 200;
const SERVED = ["served", "already_served"];

class Till {
  constructor(root) {
    this.root = root;
    this.menu = root.dataset.menu;
    // The tab forgets who eats when it is closed; what was handed out stays until the server knows it.
    this.rosterKey = `till-roster:${root.dataset.canteen}`;
    this.queueKey = `till-servings:${root.dataset.canteen}`;
    this.lookKey = `till-to-look-at:${root.dataset.canteen}`;
    this.token = root.dataset.token;
    this.entries = [];
    this.lastServed = null;
    this.field = this.part("wanted");
    this.listen();
    this.part("pad").hidden = false;
    this.rememberedRoster();
    this.find();
    this.show();
    this.catchUp();
    setInterval(() => this.fetchRoster(), LOOK_FOR_NEWS_MS);
    setInterval(() => this.tell(), TELL_AGAIN_MS);
    this.keepShell();
    root.dataset.ready = "yes";
  }

  part(name) { return this.root.querySelector(`[data-part="${name}"]`); }

  listen() {
    this.part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const found = this.find();
      if (found.length === 1 && !this.isServed(found[0])) this.part("found").querySelector("button")?.focus();
    });
    this.field.addEventListener("input", () => this.find());
    this.part("pad").addEventListener("click", (event) => {
      const key = event.target.closest("button")?.dataset.key;
      if (key) this.press(key);
    });
    this.part("menus").addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-menu]");
      if (!chosen) return;
      event.preventDefault();
      this.menu = chosen.dataset.menu;
      this.find();
      this.show();
    });
    this.part("undo").addEventListener("click", () => this.undo());
    this.part("seen").addEventListener("click", () => { this.write(this.lookKey, []); this.show(); });
    window.addEventListener("online", () => this.catchUp());
    window.addEventListener("offline", () => this.line("gone"));
    document.querySelector(".staff-out")?.addEventListener("submit", () => this.forget());
  }

  press(key) {
    if (key === "clear") this.field.value = "";
    else if (key === "back") this.field.value = this.field.value.slice(0, -1);
    else this.field.value += key;
    this.find();
  }

  // --- what is kept in the browser; a browser that keeps nothing still serves while the page is open ---

  read(key, store = localStorage) {
    try { return JSON.parse(store.getItem(key)) ?? this[key] ?? []; } catch { return this[key] ?? []; }
  }

  write(key, value, store = localStorage) {
    this[key] = value;
    try { store.setItem(key, JSON.stringify(value)); } catch { this.line("full"); }
  }

  forget() {
    sessionStorage.removeItem(this.rosterKey);
    navigator.serviceWorker?.controller?.postMessage({ kind: "forget" });
  }

  rememberedRoster() {
    const kept = this.read(this.rosterKey, sessionStorage);
    if (kept.day === todayIn(this.root.dataset.timeZone)) this.entries = kept.entries;
  }

  // --- the server: who eats today, and what was handed out ---

  async ask(address, body) {
    const headers = body ? { "Content-Type": "application/json", "X-CSRFToken": this.token } : {};
    const answer = await fetch(address, {
      method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body),
      redirect: "manual", signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.type === "opaqueredirect") throw new Error("signed-out");
    if (!answer.ok) throw new Error(answer.status < 500 ? "refused" : "gone");
    return answer.json();
  }

  // What was handed out goes first, so that the list that comes back knows it. A page from before may have an old token,
  // so a list comes in between where telling was refused.
  async catchUp() {
    await this.tell();
    await this.fetchRoster();
    await this.tell();
  }

  async fetchRoster() {
    try {
      const roster = await this.ask(this.root.dataset.roster);
      this.token = roster.token;
      this.entries = roster.entries;
      this.write(this.rosterKey, { day: roster.day, entries: roster.entries }, sessionStorage);
      this.line("well");
    } catch (error) { this.trouble(error); }
    this.find();
    this.show();
  }

  async tell() {
    const servings = this.read(this.queueKey).slice(0, MOST_AT_ONCE);
    if (!servings.length || this.telling) return;
    this.telling = true;
    try {
      const { outcomes } = await this.ask(this.root.dataset.sync, { servings });
      const answered = new Map(outcomes.map((each) => [each.id, each.outcome]));
      // Read again: somebody may have been served while the server thought.
      this.write(this.queueKey, this.read(this.queueKey).filter((each) => !answered.has(each.id)));
      for (const each of servings) {
        const entry = this.entries.find((one) => one.id === each.booking);
        if (entry && SERVED.includes(answered.get(each.id))) entry.state = "served";
      }
      const odd = servings.filter((each) => (answered.get(each.id) ?? "served") !== "served");
      if (odd.length) {
        const looked = odd.map((each) => ({ number: each.number, outcome: answered.get(each.id), at: each.at }));
        this.write(this.lookKey, [...this.read(this.lookKey), ...looked]);
      }
      this.line("well");
    } catch (error) {
      this.trouble(error);
    } finally { this.telling = false; }
    this.show();
  }

  // --- looking somebody up: the pick-up number, the end of a card's number, or a name ---

  find() {
    const wanted = this.field.value.trim();
    const found = wanted ? this.fitting(wanted).slice(0, MOST_FOUND) : [];
    this.part("found").replaceChildren(...found.map((entry) => this.card(entry)));
    this.part("nobody").hidden = !wanted || found.length > 0;
    return found;
  }

  ofMenu() { return this.entries.filter((entry) => entry.menu === this.menu && !entry.delivery && entry.state !== "cancelled"); }

  fitting(wanted) {
    const now = this.ofMenu();
    if (!/^\d+$/.test(wanted)) return now.filter((entry) => fits(wanted, entry.name));
    const numbered = now.filter((entry) => String(entry.number) === wanted);
    const carded = wanted.length >= ENDS_OF_CARDS ? now.filter((entry) => entry.card && wanted.endsWith(entry.card)) : [];
    return [...new Set([...numbered, ...carded])];
  }

  card(entry) {
    const card = this.part("card").content.firstElementChild.cloneNode(true);
    const served = this.isServed(entry);
    for (const [name, words] of Object.entries({ number: entry.number, name: entry.name, portions: entry.portions, pays: entry.pays, marks: entry.marks })) {
      const holder = card.querySelector(`[data-text="${name}"]`);
      holder.textContent = words;
      holder.closest("[data-line]").hidden = !words;
    }
    card.querySelector("[data-when=served]").hidden = !served;
    const button = card.querySelector("button");
    button.hidden = served;
    button.addEventListener("click", () => this.serve(entry));
    return card;
  }

  isServed(entry) {
    return entry.state === "served" || this.read(this.queueKey).some((each) => each.booking === entry.id);
  }

  serve(entry) {
    if (this.isServed(entry)) return;
    const serving = { id: newId(), booking: entry.id, number: entry.number, at: new Date().toISOString() };
    this.write(this.queueKey, [...this.read(this.queueKey), serving]);
    entry.state = "served";
    this.lastServed = serving;
    this.field.value = "";
    this.find();
    this.show();
    this.field.focus();
    // A wrong number is noticed at once; after these seconds it is the server's to know.
    setTimeout(() => this.tell(), TELL_AGAIN_MS / 2);
  }

  undo() {
    this.write(this.queueKey, this.read(this.queueKey).filter((each) => each.id !== this.lastServed.id));
    const entry = this.entries.find((each) => each.id === this.lastServed.booking);
    if (entry) entry.state = "booked";
    this.lastServed = null;
    this.find();
    this.show();
  }

  // --- what the page says ---

  trouble(error) { this.line(["signed-out", "refused"].includes(error.message) ? error.message : "gone"); }

  line(state) {
    this.root.dataset.line = state;
    for (const words of this.root.querySelectorAll("[data-line-is]")) words.hidden = words.dataset.lineIs !== state;
  }

  show() {
    const waiting = this.read(this.queueKey);
    const ofMenu = this.ofMenu();
    this.part("count-served").textContent = ofMenu.filter((entry) => this.isServed(entry)).length;
    this.part("count-all").textContent = ofMenu.length;
    this.part("count-untold").textContent = waiting.length;
    this.part("untold").hidden = waiting.length === 0;
    const canUndo = this.lastServed && waiting.some((each) => each.id === this.lastServed.id);
    this.part("last").hidden = !canUndo;
    if (canUndo) this.part("last-number").textContent = this.lastServed.number;
    for (const tab of this.part("menus").querySelectorAll("[data-menu]")) {
      if (tab.dataset.menu === this.menu) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    this.showOdd();
  }

  showOdd() {
    const odd = this.read(this.lookKey);
    this.part("odd").hidden = odd.length === 0;
    this.part("odd-list").replaceChildren(...odd.map((each) => {
      const line = this.part("odd-line").content.firstElementChild.cloneNode(true);
      line.querySelector("[data-text=number]").textContent = each.number;
      for (const words of line.querySelectorAll("[data-outcome]")) words.hidden = words.dataset.outcome !== each.outcome;
      return line;
    }));
  }

  // --- the page itself, for when it is loaded again without a line; browsers allow this over https only ---

  async keepShell() {
    if (!navigator.serviceWorker) return;
    const worker = await navigator.serviceWorker.register(this.root.dataset.worker, { scope: this.root.dataset.scope });
    const files = performance.getEntriesByType("resource").map((each) => each.name)
      .filter((name) => new URL(name).pathname.startsWith("/static/"));
    await navigator.serviceWorker.ready;
    (worker.active ?? navigator.serviceWorker.controller)?.postMessage({ kind: "keep", page: this.root.dataset.scope, files });
  }
}

// Names are masked on this page: 王秀珍 is found as 王*珍, and so is 王秀.
function fits(wanted, masked) {
  return wanted.length <= masked.length && [...wanted].every((letter, place) => masked[place] === "*" || masked[place] === letter);
}

function todayIn(timeZone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date());
}

// `crypto.randomUUID` is for https only, and a counter in a village may have none.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const root = document.getElementById("till");
if (root) new Till(root);
