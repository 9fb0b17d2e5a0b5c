/* Ask for the hour only where an hour was chosen; without it, the form says what does not go together. */
(() => {
  const hour = document.getElementById("id_send_at");
  const choices = document.querySelectorAll('[name="when"]');
  const wrapper = hour && hour.closest(".w-field__wrapper");
  if (!wrapper || !choices.length) return;
  const show = () => {
    const at = [...choices].some((choice) => choice.checked && choice.value === "at");
    wrapper.hidden = !at;
    hour.disabled = !at;
  };
  choices.forEach((choice) => choice.addEventListener("change", show));
  show();
})();
