// Small things that every view needs.

export const $ = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

let hiding;

export function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (box.hidden = true), 4000);
}

export async function copy(text) {
  const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  toast(copied || copyOldWay(text) ? "Copied" : "The browser does not allow copying here");
}

// For pages that are neither local nor https.
function copyOldWay(text) {
  const box = element("textarea", { value: text, className: "unseen" });
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  focused?.focus();
  return done;
}

export function download(name, type, text) {
  save(name, new Blob([text], { type }));
}

export function save(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Shows lines large; many of them a little less so.
export function showReading(box, lines, settled = true) {
  const text = lines.join("\n");
  if (box.dataset.text !== text) {
    box.dataset.text = text;
    box.replaceChildren(...lines.map((line) => element("div", { textContent: line })));
    box.style.setProperty("--longest", Math.max(6, ...lines.map((line) => line.length)));
    box.classList.toggle("many", lines.length > 4);
  }
  box.classList.toggle("unsettled", !settled);
}

// What a screen reader is told; digits one by one, for it is no sum of money.
export function spoken(lines) {
  return lines.map((line) => line.split(" ").map((number) => [...number].join(" ")).join(", ")).join("; ");
}

export function toBlob(canvas, type, quality) {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}

// POSTs a picture; the answer's JSON, or an Error whose message is for the user.
export async function post(path, body, signal) {
  const response = await send(path, body, signal);
  return response.json();
}

export async function send(path, body, signal, method = "POST") {
  let response;
  try {
    response = await fetch(path, { method, body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is it still running?");
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => ({}));
  throw Object.assign(new Error(said.error ?? `The server answered ${response.status}`), { status: response.status });
}
