// file: ui/web/static/chart.js
const NS = "http://www.w3.org/2000/svg";
const WIDTH = 800;
const HEIGHT = 340;

function part(name, values) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
  return made;
}

function box(name) {
  const made = document.createElement("div");
  made.className = name;
  return made;
}

function line(text) {
  const made = document.createElement("span");
  made.textContent = text;
  return made;
}

function money(value) {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function moment(ms) {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 19);
}

/** Open the equity of a node, to be read point by point with mouse, finger or arrow keys; wheel or +/- zooms. */
export async function open(node) {
  const answer = await fetch(`/curve/${encodeURIComponent(node)}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const curve = await answer.json();
  document.getElementById("charttitle").textContent = `${curve.node}: equity in ${curve.currency}`;
  const read = document.getElementById("chartread");
  let [from, to] = [0, curve.points.length - 1];
  let at = to;
  const svg = part("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", tabindex: "0", role: "img", "aria-label": "Equity" });
  const heights = box("heights");
  const times = box("times");
  const draw = () => {
    const seen = curve.points.slice(from, to + 1);
    const values = seen.map((point) => point[1]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const x = (ts) => ((ts - seen[0][0]) / Math.max(1, seen.at(-1)[0] - seen[0][0])) * WIDTH;
    const y = (value) => HEIGHT - 12 - ((value - low) / (high - low || 1)) * (HEIGHT - 24);
    at = Math.min(to, Math.max(from, at));
    const [ts, value] = curve.points[at];
    svg.replaceChildren(
      part("path", { class: "base", d: `M0 ${y(curve.start_equity)}H${WIDTH}` }),
      part("path", { class: "line", d: `M${seen.map((point) => `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).join("L")}` }),
      part("path", { class: "cross", d: `M${x(ts)} 0V${HEIGHT}M0 ${y(value)}H${WIDTH}` }),
    );
    heights.replaceChildren(...[high, (high + low) / 2, low].map((level) => line(money(level))));
    times.replaceChildren(...[seen[0], seen[Math.floor(seen.length / 2)], seen.at(-1)].map((point) => line(moment(point[0]).slice(0, 16))));
    read.textContent = `${moment(ts)} UTC: ${money(value)} ${curve.currency}`;
  };
  const zoom = (factor) => {
    const half = Math.max(2, ((to - from) / 2) * factor);
    from = Math.max(0, Math.round(at - half));
    to = Math.min(curve.points.length - 1, Math.round(at + half));
    draw();
  };
  svg.onpointermove = (event) => {
    const share = (event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth;
    const wanted = curve.points[from][0] + share * (curve.points[to][0] - curve.points[from][0]);
    at = curve.points.findIndex((point) => point[0] >= wanted);
    if (at < 0) at = to;
    draw();
  };
  svg.onwheel = (event) => { event.preventDefault(); zoom(event.deltaY > 0 ? 1.4 : 0.7); };
  svg.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) { at += step; draw(); event.preventDefault(); }
    if (event.key === "+") zoom(0.7);
    if (event.key === "-") zoom(1.4);
  };
  document.getElementById("chartbody").replaceChildren(svg, heights, times);
  draw();
  document.getElementById("chart").showModal();
  svg.focus();
}
