// file: reports/assets/report.js
// Draws the charts in the colours the style sheet has at that moment.
(() => {
  "use strict";
  const root = document.documentElement;
  const figures = [...document.querySelectorAll("figure.chart")];
  const drawn = new Set();

  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

  function coloured(value) {
    if (Array.isArray(value)) return value.map(coloured);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, coloured(inner)]));
    }
    return typeof value === "string" && /^@[a-z]+$/.test(value) ? colour(value.slice(1)) : value;
  }

  function axis(extra) {
    const lines = { gridcolor: "@grid", linecolor: "@rule", zerolinecolor: "@muted", zeroline: false };
    const { title, ...rest } = extra || {};
    const named = title ? { title: { ...title, font: { size: 12, color: "@soft" }, standoff: 8 } } : {};
    return { ...lines, automargin: true, tickfont: { color: "@soft" }, ...rest, ...named };
  }

  function layout(extra) {
    const small = window.innerWidth < 560;
    return {
      font: { family: colour("sans"), size: 12, color: "@ink" },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: small ? 44 : 60, r: 12, t: 30, b: 28 },
      hovermode: "x unified",
      hoverlabel: { bgcolor: "@paper", bordercolor: "@rule", font: { color: "@ink" }, align: "left" },
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { color: "@soft" } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: "@muted", activecolor: "@ink" },
      dragmode: small ? false : "zoom",
      ...extra,
      xaxis: axis({ type: "date", showgrid: false, ...(extra.xaxis || {}) }),
      yaxis: axis(extra.yaxis),
    };
  }

  function draw(figure) {
    const chart = JSON.parse(figure.querySelector("script").textContent);
    const options = {
      responsive: true,
      displaylogo: false,
      displayModeBar: window.innerWidth < 560 ? false : "hover",
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d"], ["toImage"]],
    };
    Plotly.react(figure.querySelector(".plot"), coloured(chart.data), coloured(layout(chart.layout)), options);
    drawn.add(figure);
  }

  // One chart a task, from the top: the page stays responsive, and closed ones wait until they are opened.
  const waiting = figures.filter((figure) => !figure.closest("details:not([open])"));
  function next() {
    const figure = waiting.shift();
    if (!figure) return;
    if (!drawn.has(figure)) draw(figure);
    setTimeout(next);
  }
  next();

  document.querySelectorAll("details").forEach((details) => {
    details.addEventListener("toggle", () => {
      if (details.open) details.querySelectorAll("figure.chart").forEach(draw);
    });
  });

  const again = () => drawn.forEach(draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  window.matchMedia("print").addEventListener("change", again);
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
    figures.forEach(draw);
  });
})();
