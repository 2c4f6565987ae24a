// Asks the browser for a passkey before a form goes, and puts the answer in the form.
// Nothing of the finger, face or code leaves the device.
"use strict";

(() => {
  const NOT_HERE = "Dit toestel of deze browser kan geen passkeys. Gebruik een ander toestel.";
  const STOPPED = "Gestopt, of het duurde te lang. Er is niets verstuurd. Druk nog eens.";

  function make(options) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
    return navigator.credentials.create({ publicKey });
  }

  function prove(options) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
    return navigator.credentials.get({ publicKey });
  }

  async function fill(form) {
    const { passkey, options, bewijs } = form.dataset;
    // Whoever has one proves that first; then another is made.
    if (bewijs) form.elements.bewijs.value = JSON.stringify((await prove(bewijs)).toJSON());
    const got = await (passkey === "maak" ? make(options) : prove(options));
    form.elements.passkey.value = JSON.stringify(got.toJSON());
  }

  function say(form, text) {
    const place = form.querySelector("[data-passkey-fout]");
    place.hidden = false;
    place.textContent = text;
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.submitter ?? form.querySelector("button");
      if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
        say(form, NOT_HERE);
        return;
      }
      button.disabled = true;
      try {
        await fill(form);
        // What is sent from here does not say which button was pressed.
        if (button.name) {
          const { name, value } = button;
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
        }
        form.submit();
      } catch {
        say(form, STOPPED);
        button.disabled = false;
      }
    });
  }
})();
