// Camera: the live picture, what is read in it, and what has been read so far.

import { Live } from "./live.js";
import { ReadingLog } from "./log.js";
import { onOptions, setOption } from "./options.js";
import { clear, drawBand, drawDigits, over } from "./overlay.js";
import { $, copy, element, showReading, toBlob } from "./page.js";
import { onStroke } from "./stroke.js";

const WIDEST = 1280; // pixels of a frame that is sent
const QUALITY = 0.85;
const GONE = "The camera is gone. It goes on when it is plugged in again.";
const FORGET = 5000; // measures of frames, when there are so many

const video = $("camera-video");
const overlay = $("camera-overlay");
const picture = document.createElement("canvas");
const log = new ReadingLog($("camera-log"), $("camera-log-head"), $("camera-said"));
const live = new Live(connection);
let stream = null;
let device; // the camera that was chosen, undefined for the browser's choice
let lost = false; // whether the camera was pulled out
let awake = null; // keeps the screen of a phone on
let running = 0; // grows with every start and stop, so that an old loop sees that it is over
let fresh = false; // whether the camera has given a picture since the last that was taken
let wake = () => {};
let shown = 0; // frames
let recent = []; // [time, delay, whether something new was read] of the last answers, in milliseconds
const taken = new Map(); // when each frame was taken that may still be read
let part = null; // the rectangle that is being drawn, xyxy in pixels of the frame
let read = null; // the frame that the digits were read in last

export const camera = {
  get running() {
    return stream !== null;
  },
  // The newest picture as a JPEG.
  grab: () => capture(),
};

export function setUpCamera() {
  $("camera-start").onclick = () => start();
  $("camera-stop").onclick = () => stop("Hold a sheet of digits to the camera.");
  $("camera-select").onchange = (event) => {
    device = event.target.value;
    start();
  };
  $("camera-part").onclick = () => choose($("camera-part").ariaPressed !== "true");
  onStroke(overlay, () => $("camera-part").ariaPressed === "true", choosePart);
  onOptions(() => {
    if (!stream) return;
    live.close(); // another connection is read in another way
    live.open();
  });
  $("camera-copy").onclick = () => copy(log.text);
  navigator.mediaDevices?.addEventListener("devicechange", () => (lost ? start() : stream && listCameras()));
  document.addEventListener("visibilitychange", stayAwake); // a page that is hidden loses it
}

function choose(on) {
  $("camera-part").ariaPressed = String(on);
  overlay.classList.toggle("choosing", on);
  part = null;
}

// The rectangle that was dragged over the picture is what is read from now on, in percent of it.
function choosePart({ from, to, drag, done }) {
  if (!drag) return;
  const inside = (value) => Math.min(Math.max(value, 0), 1);
  const [[x1, x2], [y1, y2]] = [0, 1].map((axis) => [inside(from[axis]), inside(to[axis])].sort((a, b) => a - b));
  part = [x1 * picture.width, y1 * picture.height, x2 * picture.width, y2 * picture.height];
  if (!done) return;
  choose(false);
  const percent = (share) => `${Math.round(share * 1000) / 10}%`;
  setOption("region", [x1, y1, x2 - x1, y2 - y1].map(percent).join(","));
  $("options").open = true;
}

async function start() {
  halt();
  const mine = running;
  veil("Starting the camera …", false);
  if (!navigator.mediaDevices) {
    return veil("Browsers give the camera to pages on this machine (http://localhost) or over https only. Start the server with --certfile.");
  }
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: "environment" } };
  let opened;
  try {
    opened = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...which } });
  } catch (error) {
    if (mine !== running) return;
    const gone = device && ["NotFoundError", "OverconstrainedError"].includes(error.name);
    device = undefined;
    return gone ? start() : veil(cause(error));
  }
  if (mine !== running) return opened.getTracks().forEach((track) => track.stop());
  stream = opened;
  lost = false;
  stream.getVideoTracks()[0].onended = () => {
    lost = true;
    stop(GONE);
  };
  video.srcObject = stream;
  await video.play().catch(() => {});
  if (mine !== running) return;
  $("camera-stage").style.setProperty("--aspect", video.videoWidth / video.videoHeight || 1.6);
  $("camera-tools").hidden = false;
  veil(null);
  listCameras();
  stayAwake();
  live.open();
  askForFrame();
  watch(mine);
}

function cause(error) {
  switch (error.name) {
    case "NotAllowedError":
      return "The camera was refused. Allow it in the address bar, then start again.";
    case "NotFoundError":
    case "OverconstrainedError":
      return lost ? GONE : "There is no camera. Plug one in, or try Upload or Draw.";
    case "NotReadableError":
    case "AbortError":
      return "The camera is busy: another program uses it. Close that one, then start again.";
    default:
      return `The camera cannot be had: ${error.message || error.name}`;
  }
}

function stop(message) {
  halt();
  veil(message);
}

function halt() {
  running += 1;
  live.close();
  stream?.getTracks().forEach((track) => track.stop());
  stream = video.srcObject = null;
  awake?.release();
  awake = null;
  recent = [];
  forget();
  clear(overlay);
  showReading($("camera-reading"), []);
  $("camera-tools").hidden = true;
}

// The message over the picture, with the button or without; null takes it away.
function veil(message, button = true) {
  $("camera-veil").hidden = message === null;
  $("camera-start").hidden = !button;
  if (message !== null) $("camera-message").textContent = message;
}

function connection(up, reason) {
  if (!stream) return;
  forget();
  veil(up ? null : reason, false);
  if (up) return;
  clear(overlay);
  showReading($("camera-reading"), []);
}

async function watch(mine) {
  while (mine === running) {
    await nextFrame();
    if (mine !== running) return;
    if (!live.ready || $("camera").hidden || document.hidden) continue;
    const begin = performance.now();
    const blob = await capture();
    if (mine !== running) return;
    if (!blob || !live.ready) continue;
    const answer = await live.ask(blob);
    if (answer && mine === running) show(answer, begin);
  }
}

// Waits only where no picture has come since the last that was taken.
async function nextFrame() {
  if (!fresh) {
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, 500); // a hidden page gets no frames, yet must notice that it was stopped
    });
  }
  fresh = false;
}

function onFrame() {
  fresh = true;
  wake();
  if (stream) askForFrame();
}

function askForFrame() {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(onFrame);
  else requestAnimationFrame(onFrame);
}

async function capture() {
  const scale = Math.min(1, WIDEST / video.videoWidth);
  if (!video.videoWidth) return null;
  const [w, h] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  if (picture.width !== w || picture.height !== h) [picture.width, picture.height] = [w, h];
  picture.getContext("2d").drawImage(video, 0, 0, w, h);
  return toBlob(picture, "image/jpeg", QUALITY);
}

function show(answer, begin) {
  if (answer.error) return;
  const [width, height] = answer.size;
  const [context, unit] = over(overlay, width, height);
  context.drawImage(picture, 0, 0, width, height); // the very frame that was sent, so that boxes fit their digits
  drawDigits(context, answer.digits, unit, [width, height], answer.numbers);
  if (part) drawBand(context, part, unit);
  showReading($("camera-reading"), answer.caption, answer.settled);
  if (answer.reading) log.add(answer.reading);
  const end = performance.now();
  performance.measure("frame", { start: begin, end }); // for whoever wants to know how fast it is
  taken.set(answer.frame, begin);
  const fresh = answer.read !== read;
  if (fresh) {
    performance.measure("read", { start: taken.get(answer.read), end }); // from taking a picture to what it says
    for (const frame of taken.keys()) if (frame <= answer.read) taken.delete(frame);
    read = answer.read;
  }
  if (++shown % FORGET === 0) performance.clearMeasures();
  count(end, end - begin, fresh);
}

// A new connection counts its frames anew.
function forget() {
  taken.clear();
  read = null;
}

function count(now, delay, fresh) {
  recent.push([now, delay, fresh]);
  recent = recent.filter(([time]) => time > now - 1000);
  const delays = recent.map(([, ms]) => ms).sort((a, b) => a - b);
  const reads = recent.filter(([, , fresh]) => fresh).length;
  const text = `${recent.length} frames/s, ${reads} read, ${Math.round(delays[delays.length >> 1])} ms`;
  if (recent.length % 5 === 1) $("camera-figures").textContent = text;
}

async function stayAwake() {
  if (!stream || document.hidden) return;
  const mine = running;
  const lock = await navigator.wakeLock?.request("screen").catch(() => null);
  if (mine === running) awake = lock;
  else lock?.release();
}

async function listCameras() {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  const now = stream?.getVideoTracks()[0].getSettings().deviceId;
  $("camera-select").replaceChildren(
    ...devices.map(({ deviceId, label }, i) =>
      element("option", { value: deviceId, textContent: label || `camera ${i + 1}`, selected: deviceId === now }),
    ),
  );
  $("camera-pick").hidden = devices.length < 2;
}
