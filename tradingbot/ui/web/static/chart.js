// file: ui/web/static/chart.js
import { EDGE, backdrop, moment, money, part, scales } from "./plot.js";
import { toast } from "./toast.js";

const HEIGHT = 360;
const LEAST_POINTS = 4;
const LEAST_DRAG = 8;

/** Open the equity of a node, to be read with mouse, finger or arrow keys; a drag, the wheel, + and - zoom. */
export async function open(node) {
  const answer = await fetch(`/curve/${encodeURIComponent(node)}`, { headers: { accept: "application/json" } });
  const data = await answer.json();
  if (!answer.ok || data.points.length < 2) {
    toast(data.detail ?? `${node} has no equity to draw yet.`, true);
    return;
  }
  document.getElementById("charttitle").textContent = `${data.node}: equity in ${data.currency}`;
  document.getElementById("chart").showModal();
  new Chart(data).show();
}

class Chart {
  constructor({ points, currency, start_equity: start }) {
    Object.assign(this, { points, currency, start, drag: null });
    this.svg = part("svg", { tabindex: "0", role: "application", "aria-label": "Equity, read with the arrow keys", "aria-describedby": "chartread" });
    this.moving = part("g");
    this.all();
  }

  show() {
    const { svg } = this;
    svg.onpointermove = (event) => this.move(event);
    svg.onpointerdown = (event) => this.grab(event);
    svg.onpointerup = (event) => this.drop(event);
    svg.onpointercancel = () => { this.drag = null; this.point(); };
    svg.ondblclick = () => this.all(true);
    svg.onwheel = (event) => { event.preventDefault(); this.zoom(event.deltaY > 0 ? 1.4 : 0.7); };
    svg.onkeydown = (event) => this.key(event);
    document.getElementById("chartin").onclick = () => this.zoom(0.5);
    document.getElementById("chartout").onclick = () => this.zoom(2);
    document.getElementById("chartall").onclick = () => this.all(true);
    document.getElementById("chartbody").replaceChildren(svg);
    new ResizeObserver(() => this.draw()).observe(svg);
    this.draw();
    svg.focus();
  }

  all(again = false) {
    [this.from, this.to] = [0, this.points.length - 1];
    if (!again) this.at = this.to;
    else this.draw();
  }

  draw() {
    const width = this.svg.clientWidth;
    if (!width) return;
    const seen = this.points.slice(this.from, this.to + 1);
    this.scale = scales(seen, width, HEIGHT);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.replaceChildren(...backdrop(seen, this.start, this.scale), this.moving);
    this.point();
  }

  /** The crosshair, what it says, and what is being dragged over. */
  point() {
    this.at = Math.min(this.to, Math.max(this.from, this.at));
    const [ms, value] = this.points[this.at];
    const { x, y, width } = this.scale;
    const drawn = [
      part("path", { class: "cross", d: `M${x(ms)} ${EDGE.top}V${HEIGHT - EDGE.bottom}M${EDGE.left} ${y(value)}H${width - EDGE.right}` }),
      part("circle", { class: value >= this.start ? "rise" : "fall", cx: x(ms), cy: y(value), r: 4 }),
      part("rect", { class: "tag", x: width - EDGE.right + 2, y: y(value) - 9, width: EDGE.right - 2, height: 18, rx: 3 }),
      part("text", { class: "reading", x: width - EDGE.right + 8, y: y(value) + 4 }, money(value)),
    ];
    if (this.drag) {
      const [left, right] = [this.drag.from, this.drag.to].sort((one, other) => one - other);
      drawn.unshift(part("rect", { class: "drag", x: left, y: EDGE.top, width: right - left, height: HEIGHT - EDGE.top - EDGE.bottom }));
    }
    this.moving.replaceChildren(...drawn);
    const change = value - this.start;
    const sign = change > 0 ? "▲ +" : change < 0 ? "▼ " : "";
    document.getElementById("chartread").textContent =
      `${moment(ms)} UTC: ${money(value)} ${this.currency}, ${sign}${money(change)} since the start (${sign}${((change / this.start) * 100).toFixed(2).replace("-", "\u2212")} %)`;
  }

  move(event) {
    const x = this.across(event);
    this.at = this.nearest(this.scale.ms(x));
    if (this.drag) this.drag.to = x;
    this.point();
  }

  grab(event) {
    // A finger reads; it zooms with the buttons.
    if (event.pointerType === "mouse" && event.button === 0) {
      this.svg.setPointerCapture(event.pointerId);
      this.drag = { from: this.across(event), to: this.across(event) };
    } else this.move(event);
  }

  drop() {
    const { drag } = this;
    this.drag = null;
    if (!drag || Math.abs(drag.to - drag.from) < LEAST_DRAG) return;
    const [first, last] = [drag.from, drag.to].sort((one, other) => one - other).map((x) => this.nearest(this.scale.ms(x)));
    this.see(first, last);
  }

  zoom(factor) {
    const half = ((this.to - this.from) / 2) * factor;
    this.see(Math.round(this.at - half), Math.round(this.at + half));
  }

  see(from, to) {
    const most = this.points.length - 1;
    const least = Math.min(LEAST_POINTS, most);
    this.from = Math.max(0, Math.min(from, most - least));
    this.to = Math.min(most, Math.max(to, this.from + least));
    this.draw();
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -Infinity, End: Infinity }[event.key];
    if (step) { this.at += step; this.point(); event.preventDefault(); }
    if (event.key === "+") this.zoom(0.7);
    if (event.key === "-") this.zoom(1.4);
    if (event.key === "0") this.all(true);
  }

  across(event) {
    const x = event.clientX - this.svg.getBoundingClientRect().left;
    return Math.min(this.scale.width - EDGE.right, Math.max(EDGE.left, x));
  }

  nearest(ms) {
    let [low, high] = [this.from, this.to];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.points[middle][0] < ms) low = middle;
      else high = middle;
    }
    return ms - this.points[low][0] < this.points[high][0] - ms ? low : high;
  }
}
