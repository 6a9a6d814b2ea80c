// Phone: the code that pairs it, and what its camera shows and reads.

import { ReadingLog } from "./log.js";
import { clear, drawDigits, over } from "./overlay.js";
import { $, copy, showReading } from "./page.js";

const PAUSE = 1000; // ms before a connection that was lost is opened again
const SILENCE = 5000; // ms without a picture after which the code is shown again

const log = new ReadingLog($("phone-log"), $("phone-log-head"), $("phone-said"));
let socket = null;
let record = null; // of the picture that comes next
let silence; // a timer

// Whether this page belongs to the computer, and phones may be paired.
export async function setUpPhone() {
  const answer = await fetch("/api/health").then((health) => health.json()).catch(() => ({}));
  if (!answer.phone) return false;
  const { address, code } = await fetch("/api/phone").then((found) => found.json());
  $("phone-code").src = code;
  $("phone-address").textContent = address;
  $("phone-copy").onclick = () => copy(log.text);
  connect();
  return true;
}

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/phone/live`);
  socket.binaryType = "blob";
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") record = JSON.parse(data);
    else show(record, data);
  };
  socket.onclose = () => setTimeout(connect, PAUSE);
}

async function show({ size, digits, numbers, caption, settled, reading }, blob) {
  if (reading) log.add(reading);
  const picture = await createImageBitmap(blob).catch(() => null);
  if (!picture) return;
  const [width, height] = size;
  $("phone-pair").hidden = true;
  clearTimeout(silence);
  silence = setTimeout(() => ($("phone-pair").hidden = false), SILENCE);
  $("phone-split").hidden = false;
  $("phone-stage").style.setProperty("--aspect", width / height);
  const [context, unit] = over($("phone-picture"), width, height);
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  drawDigits(context, digits, unit, size, numbers);
  showReading($("phone-reading"), caption, settled);
}
