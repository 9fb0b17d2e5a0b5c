/* Say again how many people the conditions find, whenever a box is ticked. Without it, saving says so. */
(() => {
  const start = () => {
    const panel = document.querySelector("[data-audience-count]");
    const form = panel && panel.closest("form");
    if (!form) return;
    let timer = 0;
    let asked = 0;
    const count = async () => {
      const turn = ++asked;
      const given = new FormData(form);
      const query = new URLSearchParams();
      for (const [key, value] of given) {
        if (typeof value === "string" && key !== "csrfmiddlewaretoken" && key !== "description") query.append(key, value);
      }
      query.set("audience", panel.dataset.audience);
      try {
        const answer = await fetch(`${panel.dataset.audienceCount}?${query}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
        if (answer.ok && turn === asked) panel.innerHTML = await answer.text();
      } catch {
        /* No network: the figures stay those of the last answer. */
      }
    };
    // What another kind of audience is drawn by is out of the way; without a script the help says which is which.
    const show = () => {
      const kind = form.querySelector("[name=kind]:checked");
      for (const name of ["query", "combined"]) {
        const box = form.querySelector(`.audience-${name}`);
        const part = box && (box.closest(".w-panel") || box);
        if (part) part.hidden = !kind || kind.value !== name;
      }
    };
    show();
    form.addEventListener("change", () => {
      show();
      clearTimeout(timer);
      timer = setTimeout(count, 300);
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
