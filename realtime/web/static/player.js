// A video that was read: it plays with its digits drawn over it, and its readings lead to their places in it.

import { drawDigits, over } from "./overlay.js";
import { element } from "./page.js";

// { node, seek } of a file and its records; null where the browser cannot play it.
export async function playable(file, records, name) {
  const video = element("video", { controls: true, muted: true, playsInline: true, preload: "auto" });
  video.setAttribute("aria-label", `${name}, with the digits read in it`);
  const canvas = element("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const node = element("div", { className: "player" }, video, canvas);
  const address = URL.createObjectURL(file);
  const ready = new Promise((resolve) => {
    video.onloadeddata = () => resolve(video.videoWidth > 0);
    video.onerror = () => resolve(false);
  });
  video.src = address;
  if (!records.length || !(await ready)) {
    URL.revokeObjectURL(address);
    return null;
  }
  const draw = (time) => paint(canvas, at(records, time));
  if (video.requestVideoFrameCallback) {
    const follow = (_, { mediaTime }) => {
      draw(mediaTime);
      if (node.isConnected) video.requestVideoFrameCallback(follow);
      else URL.revokeObjectURL(address);
    };
    video.requestVideoFrameCallback(follow);
  }
  video.onseeked = video.ontimeupdate = () => draw(video.currentTime);
  const seek = (seconds) => {
    video.pause();
    video.currentTime = seconds;
  };
  return { node, seek };
}

// One reading with its time; a button that leads there where the video plays.
export function entry({ time, reading }, player) {
  const clock = element("time", { textContent: `${time.toFixed(1)} s` });
  const where = player ? element("button", { className: "link", onclick: () => player.seek(time) }, clock) : clock;
  if (player) where.setAttribute("aria-label", `Show ${time.toFixed(1)} seconds`);
  return element("li", {}, where, element("div", {}, ...reading.map((line) => element("div", { textContent: line }))));
}

// The record of the frame that is shown at a time: the last that does not come after it.
function at(records, time) {
  let [low, high] = [0, records.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (records[middle].time <= time + 1e-3) low = middle;
    else high = middle - 1;
  }
  return records[low];
}

function paint(canvas, { digits, numbers, size }) {
  const [context, unit] = over(canvas, ...size);
  drawDigits(context, digits, unit, size, numbers);
}
