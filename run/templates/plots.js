function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const found = {
    "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
    "font.color": colour("--text"), "font.family": getComputedStyle(document.body).fontFamily, "font.size": 13,
    "hoverlabel.bgcolor": colour("--card"), "hoverlabel.font.color": colour("--text"),
  };
  for (const axis of ["xaxis", "yaxis"]) {
    found[axis + ".gridcolor"] = colour("--line");
    found[axis + ".zerolinecolor"] = colour("--line");
  }
  return found;
}

function scale(figure, norm) {
  const unit = figure.layout.xaxis.title.text;
  return {"barnorm": norm, "xaxis.title.text": norm ? "share of " + unit + ", %" : unit, "xaxis.autorange": true};
}

// Steps of a logarithmic axis mean nothing on a linear one.
function axes(figure, type) {
  const found = {};
  for (const axis of ["xaxis", "yaxis"]) {
    found[axis + ".type"] = type;
    found[axis + ".dtick"] = type === "log" ? figure.layout[axis].dtick ?? null : null;
    found[axis + ".rangemode"] = type === "log" ? "normal" : "tozero";
    found[axis + ".autorange"] = true;
  }
  return found;
}

// A plot is drawn when it comes near the screen: a page may have many.
function draw(figure) {
  const copy = structuredClone(figure.layout);
  Plotly.newPlot(figure.key, figure.data, copy, {responsive: true, displaylogo: false, displayModeBar: false})
    .then(() => Plotly.relayout(figure.key, {...theme(), ...(figure.shares ? scale(figure, figure.layout.barnorm) : {})}));
}

if (typeof Plotly !== "undefined") {
  const drawn = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting && !drawn.has(one.target.id))) {
      drawn.add(entry.target.id);
      draw(figures.find((one) => one.key === entry.target.id));
    }
  }, {rootMargin: "800px"});
  for (const figure of figures) { watch.observe(document.getElementById(figure.key)); }
  window.addEventListener("beforeprint", () => {
    for (const figure of figures.filter((one) => !drawn.has(one.key))) { drawn.add(figure.key); draw(figure); }
  });

  for (const group of document.querySelectorAll(".switch")) {
    const figure = figures.find((one) => one.key === group.dataset.plot);
    group.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (!chosen) { return; }
      for (const button of group.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button === chosen));
      }
      Plotly.relayout(figure.key, chosen.dataset.axes ? axes(figure, chosen.dataset.axes) : scale(figure, chosen.dataset.norm));
    });
  }

  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const key of drawn) { Plotly.relayout(key, theme()); }
  });
}
