// The composer while a voice note is recorded, and voice notes chosen from files.
import { attachment, measure } from "./attachments.js";
import { el, iconButton } from "./dom.js";
import { clockOf } from "./format.js";
import { openMenu } from "./overlays.js";
import { canRecord, record } from "./recorder.js";
import { say } from "./words.js";

const LEVELS = 48;

export function setUpVoice(ui) {
  ui.voiceFile.addEventListener("change", async () => {
    const [file] = ui.voiceFile.files;
    ui.voiceFile.value = "";
    if (file) await sendFile(ui, file);
  });
}

async function sendFile(ui, file) {
  const item = attachment(file, "voice");
  await measure(item);
  ui.sendVoice(item);
}

/** Swap the writing bar for the recording bar until it is sent or dropped. */
export async function startRecording(ui) {
  const bar = recordingBar();
  let run = null;
  try {
    if (!canRecord()) throw new Error("no recorder");
    run = await record(bar.tick, () => bar.send.click());
  } catch {
    return offerFile(ui);
  }
  const done = () => {
    bar.node.remove();
    removeEventListener("keydown", onEscape);
    ui.bar.hidden = false;
    ui.mic.focus();
  };
  const cancel = () => {
    run.cancel();
    done();
  };
  const onEscape = (event) => event.key === "Escape" && cancel();
  bar.send.addEventListener(
    "click",
    async () => {
      await finish(ui, run);
      done();
    },
    { once: true },
  );
  bar.drop.addEventListener("click", cancel);
  addEventListener("keydown", onEscape);
  ui.bar.hidden = true;
  ui.bar.after(bar.node);
  return bar.send.focus();
}

async function finish(ui, run) {
  const { file, duration_s } = await run.finish();
  ui.sendVoice({ ...attachment(file, "voice"), duration_s });
}

/** No microphone here, or it was refused: a file does as well. */
function offerFile(ui) {
  openMenu(
    ui.mic,
    [{ label: say("No microphone here. Choose a file instead"), icon: "file", run: () => ui.voiceFile.click() }],
    say("Voice note"),
  );
}

function recordingBar() {
  const drop = iconButton("trash", say("Drop the recording"), () => {}, { testid: "record-cancel" });
  const send = iconButton("send", say("Send the voice note"), () => {}, {
    testid: "record-send",
    class: "icon-button round-button accent",
  });
  const time = el("span", { class: "record-time", role: "timer" }, "0:00");
  const levels = el(
    "div",
    { class: "levels", aria: { hidden: "true" } },
    Array.from({ length: LEVELS }, () => el("i")),
  );
  const node = el(
    "div",
    { class: "bar recording", role: "group", aria: { label: say("Recording a voice note") } },
    drop,
    el("div", { class: "field record-field" }, el("span", { class: "record-dot" }), time, levels),
    send,
  );
  const tick = (seconds, level) => {
    time.textContent = clockOf(Math.floor(seconds));
    levels.append(levels.firstChild);
    levels.lastChild.style.setProperty("--h", Math.max(0.08, level).toFixed(3));
  };
  return { node, drop, send, tick };
}
