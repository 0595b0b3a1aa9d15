// The practice telephone reads prompts aloud, takes the keyboard and the microphone.
// Without it the page still works: keys are forms, the conversation is text.
"use strict";

const soFar = document.getElementById("so-far");
const tools = document.querySelector("[data-tools]");
const aloud = document.querySelector("[data-aloud]");
const microphone = document.querySelector("[data-microphone]");
const handset = document.querySelector("[data-handset]");
const failed = document.querySelector("[data-failed]");
const voices = window.speechSynthesis;
const RATE = 8000;

let spoken = -1;
let recorder = null;
let open = new Set();

function voiceFor(language) {
  return voices.getVoices().find((one) => one.lang.replace("_", "-").startsWith(language));
}

function readAloud() {
  for (const line of soFar.querySelectorAll("[data-aloud-text]")) {
    const number = Number(line.dataset.line);
    if (number <= spoken) continue;
    spoken = number;
    const words = line.querySelector(".words");
    const language = (words.lang || "th").slice(0, 2);
    const voice = voices && voiceFor(language);
    document.querySelector("[data-no-voice]").hidden = Boolean(voice) || !aloud.checked;
    if (!aloud.checked || !voice) continue;
    const said = new SpeechSynthesisUtterance(words.textContent);
    said.voice = voice;
    said.lang = voice.lang;
    voices.speak(said);
  }
}

function hush() {
  if (voices) voices.cancel();
}

function wav(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, word) => [...word].forEach((sign, i) => view.setUint8(at + i, sign.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((one, i) => view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, one)) * 32767, true));
  return new Blob([view], { type: "audio/wav" });
}

async function startRecording() {
  if (recorder || !microphone.checked) return;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const parts = [];
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.parts = parts;
    recorder.start();
  } catch {
    recorder = null;
    microphone.checked = false;
    document.querySelector("[data-no-microphone]").hidden = false;
  }
}

async function endRecording() {
  if (!recorder) return;
  const ending = recorder;
  recorder = null;
  await new Promise((done) => {
    ending.onstop = done;
    ending.stop();
  });
  ending.stream.getTracks().forEach((track) => track.stop());
  const whole = await new Blob(ending.parts).arrayBuffer();
  const decoded = await new AudioContext().decodeAudioData(whole);
  const length = Math.max(1, Math.ceil(decoded.duration * RATE));
  const narrow = new OfflineAudioContext(1, length, RATE);
  const source = narrow.createBufferSource();
  source.buffer = decoded;
  source.connect(narrow.destination);
  source.start();
  const sound = await narrow.startRendering();
  const token = handset.querySelector("[name=csrf_token]").value;
  await fetch(microphone.dataset.sound, {
    method: "PUT",
    headers: { "X-CSRF-Token": token, "Content-Type": "audio/wav" },
    body: wav(sound.getChannelData(0)),
  });
}

function look() {
  readAloud();
  const talk = soFar.querySelector(".talk");
  talk.scrollTop = talk.scrollHeight;
  if (soFar.querySelector("[data-doing]").dataset.doing === "recording") startRecording();
}

document.body.addEventListener("htmx:confirm", (event) => {
  const form = event.target;
  if (!form.matches("form")) return;
  hush();
  if (!recorder) return;
  // What was said has to be there before the key that ends the recording.
  event.preventDefault();
  endRecording().finally(() => event.detail.issueRequest(true));
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.matches("form")) failed.hidden = event.detail.successful;
});

document.body.addEventListener("htmx:beforeSwap", () => {
  open = new Set([...soFar.querySelectorAll("details[open]")].map((one) => one.id));
});

document.body.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  look();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=checkbox])")) return;
  const key = handset.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!key) return;
  event.preventDefault();
  key.click();
});

tools.hidden = false;
document.body.classList.add("with-script");
aloud.addEventListener("change", hush);
microphone.addEventListener("change", look);
window.addEventListener("pagehide", hush);
if (voices) voices.addEventListener("voiceschanged", readAloud);
look();
