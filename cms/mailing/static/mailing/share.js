/* Copy a text for WhatsApp, then let the form say that it was copied; count it while it is written. */
(() => {
  const form = document.getElementById("mailing-share");
  if (!form) return;
  const area = form.querySelector("textarea");
  const most = Number(area.dataset.most);
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const button = form.querySelector("button[type=submit]");

  const show = () => {
    const length = Array.from(area.value).length;
    part("length").textContent = length;
    part("over").hidden = length <= most;
    button.disabled = length > most || !area.value.trim();
    part("open").href = `https://wa.me/?text=${encodeURIComponent(area.value)}`;
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(area.value);
    } catch {
      area.select(); // an address without TLS: the older way
      document.execCommand("copy");
    }
  };
  area.addEventListener("input", show);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await copy();
    button.textContent = button.dataset.done;
    form.submit();
  });
  show();
})();
