// Cards of figures: kept within the window, sent away by Escape, opened by a first tap. Without this script the style
// sheet alone shows them when a figure is pointed at or focused.
(() => {
  "use strict";

  const margin = 8;
  let pointer = "mouse";

  const claimOf = (target) => (target instanceof Element ? target.closest(".claim") : null);

  // Push a card that would leave the window back into it, and set it above its figure where there is no room below.
  function place(claim) {
    const card = claim.querySelector(".claim-card");
    if (!card) return;
    card.style.removeProperty("--claim-shift");
    card.classList.remove("claim-above");
    const box = card.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    if (box.width === 0 || getComputedStyle(card).position === "fixed") return;
    const shift = Math.max(margin - box.left, Math.min(0, width - margin - box.right));
    if (shift) card.style.setProperty("--claim-shift", `${shift}px`);
    const above = claim.getBoundingClientRect().top;
    if (box.bottom > window.innerHeight - margin && above > box.height + margin) card.classList.add("claim-above");
  }

  function closeOthers(claim) {
    for (const open of document.querySelectorAll(".claim-open")) {
      if (open !== claim) open.classList.remove("claim-open");
    }
  }

  document.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    closeOthers(claimOf(event.target));
  });

  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const claim = claimOf(event.target);
      if (claim && !claim.contains(event.relatedTarget)) {
        claim.classList.remove("claim-dismissed");
        place(claim);
      }
    });
  }

  // A finger cannot point: its first tap opens the card, which leads on.
  document.addEventListener("click", (event) => {
    const claim = claimOf(event.target);
    if (!claim || pointer === "mouse" || event.detail === 0 || event.target.closest(".claim-card")) return;
    if (!claim.classList.contains("claim-open")) {
      event.preventDefault();
      claim.classList.remove("claim-dismissed");
      claim.classList.add("claim-open");
      place(claim);
    }
  });

  document.addEventListener("keydown", (event) => {
    pointer = "mouse";
    if (event.key !== "Escape") return;
    for (const claim of document.querySelectorAll(".claim:hover, .claim:focus-within, .claim-open")) {
      claim.classList.add("claim-dismissed");
      claim.classList.remove("claim-open");
    }
  });
})();
