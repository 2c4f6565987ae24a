// Keeps pages fresh when the stream from the server does not come through, as behind some proxies.
// The stream gives a sign of life every fifteen seconds; without one, the parts are asked anew.
"use strict";

(() => {
  const LOOK_MS = 30000;
  const QUIET_MS = 40000;
  let heard = -QUIET_MS;

  for (const name of ["veranderd", "samen", "leeft"]) {
    document.addEventListener(name, () => {
      heard = performance.now();
    });
  }

  setInterval(() => {
    if (document.hidden || performance.now() - heard < QUIET_MS) return;
    // It does not bubble, so that it does not count as a sign of life.
    document.body.dispatchEvent(new CustomEvent("veranderd"));
  }, LOOK_MS);
})();
