"use strict";

const menu = document.getElementById("menu");
let commands = [];

press = (seen, button) => ({ do: "press", message: seen.id, data: button.data });
tell = (told) => {
  commands = told.commands;
  return told.blocked ? "Đang chặn." : "";
};

document.getElementById("commands").addEventListener("click", () => {
  menu.hidden = !menu.hidden;
  const known = [{ command: "start", description: "Bắt đầu" }, ...commands];
  menu.replaceChildren(...known.map((command) => {
    const made = element("button", `/${command.command}  ${command.description}`);
    made.type = "button";
    made.addEventListener("click", () => {
      menu.hidden = true;
      act({ do: "say", text: `/${command.command}` });
    });
    return made;
  }));
});

/* what is done with the words in the field */
for (const button of document.querySelectorAll("button[data-typed]")) {
  button.addEventListener("click", () => {
    const words = typed();
    if (words === null) text.focus();
    else act({ do: button.dataset.typed, text: words });
  });
}
