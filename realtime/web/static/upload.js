// Upload: photos, documents and videos, one after the other; their rows as text, CSV and JSON.

import { drawDigits, turned, turnedDigits } from "./overlay.js";
import { $, copy, download, element, post, save, send, showReading, spoken, toast, toBlob } from "./page.js";
import { allowed } from "./correct.js";
import { corrected, labels, showNumbers } from "./numbers.js";
import { asked } from "./options.js";
import { entry, playable } from "./player.js";
import { keepPicture } from "./sees.js";

const VIDEO = /\.(mp4|m4v|mov|3gp|webm|mkv|avi|mpe?g|m?ts|m2ts|wmv|flv|ogv|y4m)$/i; // of some the browser knows no type
const MOST = 200; // files at once
const COLUMNS = "source,frame,line,number,digit,confidence,x1,y1,x2,y2,page";

const queue = [];
let records = []; // JSON lines of everything read so far
let working = null; // aborts the request in progress

export function setUpUpload() {
  const [drop, input] = [$("upload-drop"), $("upload-input")];
  $("upload-choose").onclick = () => input.click();
  input.onchange = () => {
    add([...input.files]);
    input.value = "";
  };
  const panel = $("upload");
  for (const kind of ["dragenter", "dragover"]) {
    panel.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  panel.addEventListener("dragleave", () => drop.classList.remove("over"));
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    if (!panel.hidden && event.clipboardData.files.length) add([...event.clipboardData.files]);
  });
  $("results-csv").onclick = () => download("digits.csv", "text/csv", csv());
  $("results-json").onclick = () => download("digits.jsonl", "application/x-ndjson", records.join("\n") + "\n");
  $("results-clear").onclick = clearAll;
  listSamples();
}

async function listSamples() {
  const samples = await fetch("/api/samples").then((answer) => answer.json()).catch(() => []);
  for (const { file, notes } of samples) {
    const image = element("img", { src: `/api/samples/${file}`, alt: "", loading: "lazy" });
    const button = element("button", { title: notes }, image, file.replace(/\.\w+$/, ""));
    button.onclick = async () => {
      const blob = await fetch(image.src).then((answer) => answer.blob());
      add([new File([blob], file, { type: blob.type })]);
    };
    $("samples-list").append(element("li", {}, button));
  }
  $("samples").hidden = samples.length === 0;
}

function add(files) {
  if (queue.length + files.length > MOST) {
    toast(`${MOST} files at once are the most`);
    files = files.slice(0, MOST - queue.length);
  }
  const cards = files.map((file) => new Card(file.name));
  queue.push(...files.map((file, i) => ({ file, card: cards[i], page: 1 })));
  $("results").prepend(...cards.map((card) => card.node));
  if (files.length) {
    $("results-head").hidden = false;
    $("results-head").scrollIntoView();
  }
  if (!working) work();
}

async function work() {
  while (queue.length) {
    const { file, card, page } = queue.shift();
    $("results-title").textContent = queue.length ? `Reading; ${queue.length} more` : "Reading";
    working = new AbortController();
    card.begin();
    const isVideo = file.type ? file.type.startsWith("video/") : VIDEO.test(file.name);
    try {
      await file.slice(0, 1).arrayBuffer().catch(() => Promise.reject(new Error("It cannot be opened; is it a folder?")));
      await (isVideo ? readVideo(file, card, working.signal) : readPage(file, page, card, working.signal));
    } catch (error) {
      if (error.name !== "AbortError") card.fail(error.message);
    }
  }
  working = null;
  $("results-title").textContent = "Results";
}

async function readPage(file, page, card, signal) {
  const own = page === 1 ? await createImageBitmap(file).catch(() => null) : null; // null: the browser cannot draw it
  const path = `/api/recognize?page=${page}&picture=${own ? 0 : 1}&name=${encodeURIComponent(file.name)}${asked()}`;
  let answer;
  try {
    answer = await send(path, file, signal);
  } catch (error) {
    if (file.type === "image/gif" && error.status === 415) return readVideo(file, card, signal); // it moves
    throw error;
  }
  const { picture, pages, warning, ...record } = await answer.json();
  if (page === 1 && pages > 1) addPages(file, card, pages);
  const at = records.push(JSON.stringify(record)) - 1;
  const drawn = picture ? toFile(picture) : file;
  const bitmap = own ?? (await createImageBitmap(drawn));
  const canvas = turned(bitmap, record.turned ?? 0);
  bitmap.close();
  const context = canvas.getContext("2d");
  const [digits, size] = turnedDigits(record);
  const scale = canvas.width / size[0];
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const unit = Math.max(canvas.width / 800, 0.5) / scale;
  drawDigits(context, digits, unit, size, record.numbers);
  card.show(canvas, record, drawn, (edited) => (records[at] = JSON.stringify(edited)));
  if (warning) card.warn(warning);
  keepPicture(drawn, card.name);
}

// A data URL as what it holds; the page may not fetch it.
function toFile(url) {
  const [head, text] = url.split(",");
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length, head.indexOf(";")) });
}

// The other pages of a document come next, each with a card of its own.
function addPages(file, card, pages) {
  const last = Math.min(pages, 1 + Math.max(0, MOST - queue.length));
  if (last < pages) toast(`${file.name} has ${pages} pages; the first ${last} are read`);
  const others = Array.from({ length: last - 1 }, (_, i) => ({ file, card: new Card(`${file.name}, page ${i + 2}`), page: i + 2 }));
  card.rename(`${file.name}, page 1`);
  card.node.after(...others.map((other) => other.card.node));
  queue.unshift(...others);
}

async function readVideo(file, card, signal) {
  const response = await send(`/api/video?preview=1&name=${encodeURIComponent(file.name)}${asked()}`, file, signal);
  const total = Number(response.headers.get("X-Frames")) || 0;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const image = element("img", { alt: `A frame of ${file.name} with the digits read in it` });
  let rest = "";
  let frames = 0;
  const readings = [];
  const seen = []; // the records, to be drawn over the video while it plays
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const { preview, ...record } = JSON.parse(line);
      if (record.error) {
        card.warn(record.error);
        continue;
      }
      frames += 1;
      records.push(JSON.stringify(record));
      seen.push(record);
      if (preview) image.src = preview;
      if (record.reading) readings.push(record);
    }
    card.progress(frames, total, image, readings);
  }
  card.finish(file, frames, readings, seen);
}

function csv() {
  // A spreadsheet takes a name that begins so for a formula.
  const harmless = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = records.map((line) => JSON.parse(line)).flatMap(({ source, frame, page, digits }) =>
    digits.map((d) => [quoted(harmless(source)), frame, d.line, d.number, d.digit, d.confidence, ...d.xyxy, page].join(",")),
  );
  return [COLUMNS, ...rows].join("\n") + "\n";
}

function clearAll() {
  working?.abort();
  queue.length = 0;
  records = [];
  $("results").replaceChildren();
  $("results-head").hidden = true;
}

// Has the server keep what was put right of one file; what it kept of it before is taken back, so that nothing counts twice.
class Keeper {
  #word = null;

  constructor(file) {
    this.file = file;
  }

  async keep(said) {
    try {
      const { undo } = await post(`/api/corrections?labels=${said}`, this.file);
      if (this.#word) await send(`/api/corrections?undo=${this.#word}`, undefined, undefined, "DELETE");
      this.#word = undo;
    } catch (error) {
      toast(`Not kept: ${error.message}`);
      return false;
    }
    toast("Kept");
    return true;
  }
}

// One file: its annotated picture, its rows, what can be done with them.
class Card {
  constructor(name) {
    this.picture = element("div");
    this.title = element("h3");
    this.state = element("p", { className: "quiet", textContent: "Waiting …" });
    this.rows = element("div", { className: "reading" });
    this.rows.dataset.empty = "";
    this.tools = element("div", { className: "tools" });
    const text = element("div", { className: "words" }, this.title, this.state, this.rows, this.tools);
    this.node = element("article", { className: "result" }, this.picture, text);
    this.rename(name);
  }

  rename(name) {
    this.name = name;
    this.title.textContent = name;
    this.node.setAttribute("aria-label", name);
  }

  begin() {
    this.state.textContent = "Reading …";
    this.bar = element("progress", { ariaLabel: `Progress of ${this.name}` });
    this.state.after(this.bar);
  }

  // onedit: called with the record after the user has edited a number.
  show(canvas, record, file, onedit) {
    const { lines } = record;
    this.bar.remove();
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${this.name} with the digits read in it: ${spoken(lines)}`);
    this.picture.replaceChildren(canvas);
    this.node.scrollIntoView({ block: "nearest" });
    this.state.textContent = lines.length ? `${lines.length} ${lines.length === 1 ? "row" : "rows"}` : "No digits found";
    let now = record;
    const options = Boolean(asked());
    const copyIt = element("button", { textContent: "Copy", onclick: () => copy(now.lines.filter(Boolean).join("\n")) });
    const keepIt = element("button", { textContent: "Keep for training", hidden: true });
    const keeper = new Keeper(file);
    keepIt.onclick = async () => {
      keepIt.disabled = true;
      keepIt.hidden = await keeper.keep(labels(record, now));
      keepIt.disabled = false;
    };
    const edit = (line, number, text) => {
      now = corrected(now, line, number, text);
      onedit(now);
      showNumbers(this.rows, now, edit);
      // The server reads it anew and without options: glyphs would be others.
      keepIt.hidden = !allowed || options || !labels(record, now);
    };
    showNumbers(this.rows, now, edit);
    const saveIt = element("button", { textContent: "Save picture" });
    saveIt.onclick = async () => save(this.name.replace(/\.\w+$/, "") + "-read.png", await toBlob(canvas, "image/png"));
    const lookIt = element("button", { textContent: "How it sees" });
    lookIt.onclick = () => {
      keepPicture(file, this.name);
      location.hash = "/sees";
    };
    this.tools.replaceChildren(...(lines.length ? [copyIt] : []), saveIt, lookIt, keepIt);
  }

  progress(frames, total, image, readings) {
    if (!image.isConnected) this.picture.replaceChildren(image);
    if (total) [this.bar.max, this.bar.value] = [total, Math.min(frames, total)];
    this.state.textContent = total ? `Frame ${frames} of ${total}` : `Frame ${frames}`;
    showReading(this.rows, readings.at(-1)?.lines ?? []);
  }

  async finish(file, frames, readings, seen) {
    this.bar.remove();
    const count = readings.length === 1 ? "1 reading" : `${readings.length} readings`;
    this.state.textContent = `${frames} frames, ${count}`;
    const log = element("ol", { className: "log" });
    showReading(this.rows, []);
    this.rows.replaceWith(log);
    const text = readings.map(({ reading }) => reading.join("\n")).join("\n\n");
    const copyIt = element("button", { textContent: "Copy", onclick: () => copy(text) });
    const saveIt = element("button", { textContent: "Save video" });
    saveIt.onclick = () => this.saveVideo(file, saveIt);
    this.tools.replaceChildren(...(text ? [copyIt] : []), saveIt);
    const player = await playable(file, seen, this.name);
    if (player) this.picture.replaceChildren(player.node);
    log.append(...readings.map((record) => entry(record, player)));
  }

  // The video with what was read drawn into it, made by the server: it plays everywhere.
  async saveVideo(file, button) {
    button.disabled = true;
    const was = button.textContent;
    button.textContent = "Making the video …";
    try {
      const answer = await send(`/api/video/annotated?name=${encodeURIComponent(file.name)}${asked()}`, file);
      save(this.name.replace(/\.\w+$/, "") + "-read.mp4", await answer.blob());
    } catch (error) {
      toast(error.message);
    }
    button.textContent = was;
    button.disabled = false;
  }

  warn(text) {
    this.tools.before(element("p", { className: "error", textContent: text }));
  }

  fail(text) {
    this.bar.remove();
    this.state.textContent = text;
    this.state.className = "error";
  }
}
