/* Keep the figures of a mailing moving without a reload; without it, the page is as true as its last reload. */
(() => {
  const root = document.getElementById("mailing-progress");
  if (!root || root.dataset.running !== "yes") return;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  let wait = 1500;

  const show = (figures) => {
    part("bar").max = figures.total || 1;
    part("bar").value = figures.over;
    part("percent").textContent = `${figures.percent} %`;
    part("summary").textContent = figures.summary;
    part("state").textContent = figures.state_label;
    part("sentence").textContent = figures.sentence;
    part("sentence").hidden = !figures.sentence;
    for (const count of figures.counts) {
      const box = root.querySelector(`[data-count="${count.state}"]`);
      box.querySelector("dd").textContent = count.number;
      box.hidden = !count.number;
    }
  };

  const ask = async () => {
    try {
      const answer = await fetch(root.dataset.url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const figures = await answer.json();
      show(figures);
      if (figures.state !== root.dataset.state || !figures.running) {
        window.setTimeout(() => window.location.reload(), 400); // other buttons belong to the new state
        return;
      }
      wait = 1500;
    } catch {
      wait = Math.min(wait * 2, 30000);
    }
    window.setTimeout(ask, wait);
  };
  window.setTimeout(ask, wait);
})();
