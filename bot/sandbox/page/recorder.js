// Recording a voice note: Opus in Ogg where the browser can, in WebM (Chromium) or MP4 (Safari) where it can't.

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const SUFFIX = { "audio/ogg": "ogg", "audio/webm": "webm", "audio/mp4": "m4a" };
const MOST_S = 300;

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

/**
 * Start; `onTick(seconds, level 0…1)` comes about ten times a second. Returns {finish, cancel};
 * `finish` resolves to {file, duration_s}. Rejects when the microphone is refused or absent.
 */
export async function record(onTick, onFull) {
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(sound, mimeType ? { mimeType, audioBitsPerSecond: 48_000 } : {});
  const parts = [];
  const began = performance.now();
  const level = meter(sound);
  const seconds = () => (performance.now() - began) / 1000;
  const timer = setInterval(() => (seconds() > MOST_S ? onFull() : onTick(seconds(), level.read())), 100);
  const release = () => {
    clearInterval(timer);
    level.close();
    for (const track of sound.getTracks()) track.stop();
  };
  recorder.ondataavailable = (event) => event.data.size && parts.push(event.data);
  recorder.start();
  return {
    finish: () =>
      stopped(
        recorder,
        () => ({ file: named(parts, recorder.mimeType), duration_s: Math.round(seconds() * 10) / 10 }),
        release,
      ),
    cancel: () => {
      recorder.ondataavailable = null;
      recorder.stop();
      release();
    },
  };
}

function stopped(recorder, result, release) {
  return new Promise((resolve) => {
    recorder.onstop = () => {
      resolve(result());
      release();
    };
    recorder.stop();
  });
}

function named(parts, mimeType) {
  const type = (mimeType || "audio/webm").split(";")[0];
  return new File(parts, `voice.${SUFFIX[type] ?? "webm"}`, { type });
}

function meter(sound) {
  const context = new AudioContext();
  const node = context.createAnalyser();
  node.fftSize = 512;
  context.createMediaStreamSource(sound).connect(node);
  const samples = new Uint8Array(node.fftSize);
  const read = () => {
    node.getByteTimeDomainData(samples);
    return Math.min(1, samples.reduce((top, value) => Math.max(top, Math.abs(value - 128)), 0) / 64);
  };
  return { read, close: () => context.close() };
}
