// Runs on the audio thread: collects what the microphone gives into frames of a tenth of a second (1600 samples of
// 16 bit at 16 kHz) and hands each over to the page.

const FRAME = 1600;
const FULL_SCALE = 32767;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  process(inputs) {
    const samples = inputs[0]?.[0];
    if (!samples) return true;
    for (const sample of samples) {
      this.frame[this.filled++] = Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE);
      if (this.filled === FRAME) {
        this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
