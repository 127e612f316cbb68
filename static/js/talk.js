// The talk page's microphone. One turn at a time: the page listens, the server thinks, the page speaks the reply, and
// listens again while a question is open. It never listens while it speaks, so it does not hear itself.
// Everything that goes wrong ends in a sentence and the text box, which needs none of this.

const SAMPLE_RATE = 16000;
// The last exchange; older lines would push what matters off the screen.
const LINES_SHOWN = 2;

class Talk {
  constructor(root) {
    this.root = root;
    this.state = "idle";
    this.reply = null;
    // From the attribute and not from the forms: a reloaded page may bring an old value back into a form's field.
    this.ask(root.dataset.question, !this.part("asks").hidden);
    this.audio = new Audio();
    this.audio.addEventListener("ended", () => this.replyIsOver());
    this.audio.addEventListener("error", () => { if (this.audio.src) this.replyIsOver(); });
    this.part("start").addEventListener("click", () => this.start());
    this.part("done").addEventListener("click", () => this.tell({ kind: "done" }));
    this.part("stop").addEventListener("click", () => this.stop());
    for (const form of root.querySelectorAll("form[data-says]")) {
      form.addEventListener("submit", (event) => this.sayInstead(event, form), true);
    }
    this.part("microphone").hidden = false;
    this.show("idle");
    // A sentence that was typed brought this page; its answer has to be seen. After the page was put in its place.
    if (this.part("lines").children.length > 1) requestAnimationFrame(() => this.bringAnswerIntoView());
    root.dataset.ready = "yes";
  }

  part(name) { return this.root.querySelector(`[data-part="${name}"]`); }

  show(state) {
    this.state = state;
    if (state !== "opening" && state !== "listening") this.turnIsOpen = false;
    this.root.dataset.state = state;
    for (const element of this.root.querySelectorAll("[data-in]")) {
      element.hidden = !element.dataset.in.split(" ").includes(state);
    }
  }

  // Every answer says which question it is for, so that an old or a doubled one does nothing.
  ask(question, asks) {
    this.question = question;
    this.asks = asks;
    for (const field of this.root.querySelectorAll("input[name=question]")) field.value = question;
    this.part("asks").hidden = !asks;
  }

  trouble(code) {
    this.close();
    this.part("asks").hidden = !this.asks;
    for (const words of this.root.querySelectorAll("[data-trouble]")) words.hidden = words.dataset.trouble !== code;
    this.show("trouble");
  }

  calm() {
    for (const words of this.root.querySelectorAll("[data-trouble]")) words.hidden = true;
  }

  // --- opening: microphone first, since the person may be asked for it, then the line to the server ---

  async start() {
    this.calm();
    this.show("opening");
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
      this.trouble(window.isSecureContext ? "missing" : "insecure");
      return;
    }
    try {
      await this.openMicrophone();
    } catch (error) {
      this.trouble(error.name === "NotAllowedError" ? "refused" : "missing");
      return;
    }
    if (this.socket?.readyState === WebSocket.OPEN) this.listen();
    else this.openSocket();
  }

  // The page takes turns, so there is no echo to cancel, and recognition hears best what nobody has improved.
  async openMicrophone() {
    if (this.context) return;
    const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    this.stream.getAudioTracks()[0].addEventListener("ended", () => this.trouble("missing"));
    this.context = new AudioContext({ sampleRate: SAMPLE_RATE });
    await this.context.audioWorklet.addModule(this.root.dataset.microphone);
    const source = this.context.createMediaStreamSource(this.stream);
    const microphone = new AudioWorkletNode(this.context, "microphone", { numberOfOutputs: 0 });
    // What she says while the server still gets ready to listen is sent too, and waits there.
    microphone.port.onmessage = (message) => {
      if (this.turnIsOpen && this.socket?.readyState === WebSocket.OPEN) this.socket.send(message.data);
    };
    source.connect(microphone);
  }

  openSocket() {
    const address = new URL(this.root.dataset.socket, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.listen();
    socket.onmessage = (message) => (typeof message.data === "string" ? this.hear(JSON.parse(message.data)) : this.speak(message.data));
    socket.onclose = () => { if (this.socket === socket && this.state !== "idle") this.trouble("lost"); };
  }

  tell(message) { if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message)); }

  listen() {
    this.part("words").textContent = "";
    this.part("asks").hidden = true;
    this.tell({ kind: "listen", question: this.question });
    this.turnIsOpen = true;
    this.show("opening");
  }

  // --- what the server says ---

  hear(event) {
    switch (event.kind) {
      case "listening": if (this.state === "opening") this.show("listening"); break;
      case "partial": this.part("words").textContent = event.text; break;
      case "thinking": if (this.state === "listening") this.show("thinking"); break;
      case "heard": this.line("you", event.text); break;
      case "reply": this.answer(event); break;
      case "unspoken": this.replyIsOver(); break;
      case "error": this.trouble(event.code); break;
    }
  }

  answer(event) {
    this.reply = event;
    this.part("words").textContent = "";
    this.line("assistant", event.text);
    this.ask(event.question, event.asks);
    this.part("booking").hidden = !event.booking;
    if (event.booking) this.part("booking").href = event.booking;
    this.call(event.phones ?? []);
    this.part("alarm").hidden = !event.alarm;
    // She pressed Stop while the server was thinking: the words are enough.
    if (this.state === "idle") return;
    this.show("speaking");
    this.bringAnswerIntoView();
    if (!event.speech) this.replyIsOver();
  }

  // Numbers to call are on the page only, as long as nothing else was said.
  call(phones) {
    const buttons = phones.map(([words, number]) => {
      const one = this.part("phone").content.firstElementChild.cloneNode(true);
      one.querySelector("a").href = `tel:${number}`;
      one.querySelector("[data-call-words]").textContent = words;
      one.querySelector("[data-call-number]").textContent = number;
      return one;
    });
    this.part("phones").replaceChildren(...buttons);
  }

  // At the largest type what is asked and its two buttons begin below the edge of the screen.
  bringAnswerIntoView() {
    const alarm = this.part("alarm");
    const end = this.asks ? this.part("asks") : alarm.hidden ? this.part("lines").lastElementChild : alarm;
    end.scrollIntoView({ block: "nearest" });
  }

  // The sound of a reply that she did not wait for comes too late.
  speak(wave) {
    if (this.state !== "speaking") return;
    URL.revokeObjectURL(this.audio.src);
    this.audio.src = URL.createObjectURL(new Blob([wave], { type: "audio/wav" }));
    this.audio.play().catch(() => this.replyIsOver());
  }

  replyIsOver() {
    if (this.state !== "speaking") return;
    if (this.reply?.open && this.context) this.listenAgain();
    else this.rest();
  }

  listenAgain() {
    this.listen();
    this.part("asks").hidden = !this.asks;
  }

  line(who, text) {
    if (!text) return;
    const line = this.part(`line-${who}`).content.firstElementChild.cloneNode(true);
    line.querySelector("[data-text]").textContent = text;
    const lines = this.part("lines");
    lines.append(line);
    while (lines.children.length > LINES_SHOWN) lines.firstElementChild.remove();
  }

  // A pressed answer goes down the same line as a spoken one while that line is open.
  sayInstead(event, form) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const box = form.querySelector("input[name=text]");
    const text = box.value.trim();
    if (!text) return;
    this.audio.pause();
    this.part("asks").hidden = true;
    this.show("thinking");
    this.tell({ kind: "say", text, question: this.question });
    if (box.type !== "hidden") box.value = "";
  }

  stop() {
    this.audio.pause();
    this.tell({ kind: "stop" });
    this.rest();
  }

  rest() {
    this.closeMicrophone();
    this.show("idle");
  }

  closeMicrophone() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.context?.close();
    this.context = this.stream = null;
  }

  close() {
    this.audio.pause();
    this.closeMicrophone();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

let current = null;

function arrive() {
  const root = document.getElementById("talk");
  if (current?.root === root) return;
  current?.close();
  current = root ? new Talk(root) : null;
}

document.addEventListener("htmx:afterSettle", arrive);
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "page") { current?.close(); current = null; }
});
window.addEventListener("pagehide", () => current?.close());
arrive();
