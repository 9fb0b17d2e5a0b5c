/* Count again whom a mailing reaches, whenever an audience is ticked. Without it, saving says so. */
(() => {
  const panel = document.querySelector("[data-mailing-reach]");
  const form = document.getElementById("mailing-form");
  if (!panel || !form) return;
  let timer = 0;
  let asked = 0;
  const count = async () => {
    const turn = ++asked;
    const query = new URLSearchParams();
    for (const name of ["audiences", "left_out"]) {
      for (const box of form.querySelectorAll(`[name=${name}]:checked`)) query.append(name, box.value);
    }
    try {
      const answer = await fetch(`${panel.dataset.mailingReach}?${query}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.ok && turn === asked) panel.innerHTML = await answer.text();
    } catch {
      /* No network: the figures stay those of the last answer. */
    }
  };
  form.addEventListener("change", (event) => {
    if (!["audiences", "left_out"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(count, 300);
  });
})();
