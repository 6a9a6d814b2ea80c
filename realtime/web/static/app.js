// The views and the tabs that lead to them.

import { setUpCamera } from "./camera.js";
import { setUpDraw } from "./draw.js";
import { setUpOptions } from "./options.js";
import { $ } from "./page.js";
import { setUpPhone } from "./phone.js";
import { enterSees, leaveSees, setUpSees } from "./sees.js";
import { setUpUpload } from "./upload.js";

const VIEWS = ["camera", "upload", "draw", "sees"];
const PHONE = "phone"; // only where phones may be paired

function show(name) {
  for (const view of VIEWS) {
    const on = view === name;
    $(view).hidden = !on;
    $(`tab-${view}`).setAttribute("aria-selected", String(on));
    $(`tab-${view}`).tabIndex = on ? 0 : -1;
  }
  $("options").hidden = !["camera", "upload"].includes(name);
  leaveSees();
  if (name === "sees") enterSees();
}

function fromAddress() {
  const name = location.hash.slice(2);
  show(VIEWS.includes(name) ? name : VIEWS[0]);
}

for (const view of [...VIEWS, PHONE]) $(`tab-${view}`).onclick = () => (location.hash = `/${view}`);

document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const at = VIEWS.findIndex((view) => `tab-${view}` === event.target.id);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = VIEWS.at(to % VIEWS.length);
  $(`tab-${next}`).focus();
  location.hash = `/${next}`;
});

setUpOptions();
setUpCamera();
setUpUpload();
setUpDraw();
setUpSees();
window.addEventListener("hashchange", fromAddress);
fromAddress();
setUpPhone().then((paired) => {
  if (!paired) return;
  VIEWS.push(PHONE);
  $(`tab-${PHONE}`).hidden = false;
  fromAddress();
});
