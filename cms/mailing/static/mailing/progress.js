/* Keep the figures of mailings moving without a reload; without it, a page is as true as its last reload. */
function keepMailingsMoving() {
  const ask = async (url, type) => {
    const answer = await fetch(url, { headers: { Accept: type }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    return answer;
  };

  // Again and again: slower while nobody answers, not at all while nobody looks, no more once `turn` says so.
  const keep = (turn, pace) => {
    let wait = pace;
    const once = async () => {
      let more = true;
      try {
        if (!document.hidden) more = await turn();
        wait = pace;
      } catch {
        wait = Math.min(wait * 2, 30000);
      }
      if (more) window.setTimeout(once, wait);
    };
    window.setTimeout(once, wait);
  };

  // One mailing: the bar and the counts often, what is drawn and listed now and then, and buttons with the state.
  const page = document.getElementById("mailing-progress");
  const part = (name) => page.querySelector(`[data-part="${name}"]`);

  const show = (figures) => {
    part("bar").max = figures.total || 1;
    part("bar").value = figures.over;
    part("percent").textContent = `${figures.percent} %`;
    part("state").textContent = figures.state_label;
    for (const name of ["summary", "pace", "sentence"]) {
      if (part(name).textContent !== figures[name]) part(name).textContent = figures[name];
      part(name).hidden = !figures[name];
    }
    for (const count of figures.counts) {
      const box = page.querySelector(`[data-count="${count.state}"]`);
      box.querySelector("dd").textContent = count.words;
      box.hidden = !count.number;
    }
  };

  const renew = async (all) => {
    const fresh = new DOMParser().parseFromString(await (await ask(window.location.href, "text/html")).text(), "text/html");
    for (const old of page.querySelectorAll("[data-swap]")) {
      const found = fresh.getElementById(old.id);
      const busy = old.contains(document.activeElement) || old.querySelector(".mailing-cancel[open]");
      if (!found || (busy && !all)) continue;
      for (const open of old.querySelectorAll("details[id][open]")) {
        const same = found.querySelector(`#${open.id}`);
        if (same) same.open = true;
      }
      old.replaceWith(document.importNode(found, true));
    }
  };

  if (page && page.dataset.state === "sending") {
    let turns = 0;
    keep(async () => {
      const figures = await (await ask(page.dataset.url, "application/json")).json();
      show(figures);
      const other = figures.state !== page.dataset.state;
      turns += 1;
      if (other || (figures.running && turns % 6 === 0)) await renew(other);
      page.dataset.state = figures.state;
      return figures.state === "sending";
    }, 1500);
  }

  // The list: the rows that are being sent.
  const rows = () => [...document.querySelectorAll("td[data-mailing]")];
  if (rows().length) {
    keep(async () => {
      const moving = rows();
      if (!moving.length) return false;
      const asked = moving.map((cell) => `pk=${cell.dataset.mailing}`).join("&");
      const found = await (await ask(`${moving[0].dataset.url}?${asked}`, "application/json")).json();
      for (const cell of moving) {
        const figures = found[cell.dataset.mailing];
        if (!figures) continue;
        cell.querySelector("[data-part=words]").textContent = figures.words;
        const bar = cell.querySelector("progress");
        if (bar) [bar.max, bar.value] = [figures.total, figures.done];
        const row = cell.closest("tr");
        row.querySelector(".w-status").textContent = figures.state_label;
        row.querySelector("[data-part=trouble]").textContent = figures.trouble;
        if (!figures.running) delete cell.dataset.mailing;
      }
      return true;
    }, 3000);
  }
}

// The list's script stands above its rows.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", keepMailingsMoving);
else keepMailingsMoving();
