// Asks the browser for a passkey before a form goes, and puts the answer in the form.
// Nothing of the finger, face or code leaves the device.
"use strict";

(() => {
  const NOT_HERE = "Dit toestel of deze browser kan geen passkeys. Gebruik een ander toestel.";
  const STOPPED = "Gestopt, of het duurde te lang. Er is niets verstuurd. Druk nog eens.";

  async function ask(form) {
    const options = JSON.parse(form.dataset.options);
    if (form.dataset.passkey === "maak") {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return navigator.credentials.get({ publicKey });
  }

  function say(form, text) {
    const place = form.querySelector("[data-passkey-fout]");
    place.hidden = false;
    place.textContent = text;
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
        say(form, NOT_HERE);
        return;
      }
      button.disabled = true;
      try {
        const proof = await ask(form);
        form.elements.passkey.value = JSON.stringify(proof.toJSON());
        form.submit();
      } catch {
        say(form, STOPPED);
        button.disabled = false;
      }
    });
  }
})();
