/**
 * Text that is edited where it stands: a click or Enter opens a field, Enter saves (Ctrl+Enter or Enter in a note, Shift+Enter
 * begins a line there), Escape leaves all as it was.  Where it was changed meanwhile, the writer is told and chooses.
 */
import type { Edited } from "../bridge/card";
import { button, h } from "./dom";
import { messageOf } from "./view";

export interface EditOptions {
  /** what it is: "Name", "Note" */
  label: string;
  value: string;
  /** shown where there is nothing */
  placeholder?: string;
  lines?: boolean;
  save(value: string, before: string): Promise<Edited>;
  /** called when the field is gone, saved or not */
  closed(): void;
}

export function editor(options: EditOptions): HTMLFormElement {
  const { label, lines = false } = options;
  let before = options.value;
  const props = { class: "tb-input tb-edit-field", "aria-label": label, placeholder: options.placeholder ?? "" };
  const field = lines ? h("textarea", { ...props, rows: 2 }) : h("input", { ...props, type: "text" });
  field.value = options.value;
  const problem = h("div", { class: "tb-form-problem", role: "alert" });
  const submit = h("button", { type: "submit", class: "tb-button tb-primary" }, "Save");
  const cancel = button("Cancel", () => options.closed());
  const send = async () => {
    if (submit.disabled) return;
    const value = field.value.trim();
    if (value === options.value && before === options.value) return options.closed();
    submit.disabled = true;
    problem.replaceChildren();
    try {
      const done = await options.save(value, before);
      if (done.saved) return options.closed();
      const theirs = done.value ?? "";
      before = theirs;
      const take = button("Take that", () => {
        field.value = theirs;
        problem.replaceChildren();
        field.focus();
      });
      problem.replaceChildren(
        h(
          "span",
          {},
          `Changed meanwhile, to `,
          h("bdi", { class: "tb-strong" }, theirs === "" ? "nothing" : theirs),
          ". ",
        ),
        h("span", {}, "Save again to replace it, or "),
        take,
      );
    } catch (error) {
      problem.textContent = messageOf(error);
    } finally {
      submit.disabled = false;
      if (!form.matches(":focus-within")) field.focus();
    }
  };
  const form = h(
    "form",
    {
      class: "tb-edit",
      "data-lines": String(lines),
      onsubmit: (event: Event) => {
        event.preventDefault();
        void send();
      },
      onkeydown: (event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === "Escape") {
          event.preventDefault();
          options.closed();
        } else if (lines && event.key === "Enter" && !event.shiftKey && event.target === field) {
          event.preventDefault();
          void send();
        }
      },
    },
    field,
    h("div", { class: "tb-form-actions" }, submit, cancel),
    problem,
  );
  queueMicrotask(() => {
    field.focus();
    field.select();
  });
  return form;
}

/** A text that opens its editor in its own place; plain where nobody saves. */
export function editable(
  shown: HTMLElement,
  options: Omit<EditOptions, "closed" | "save"> & { save: EditOptions["save"] | undefined; closed?: () => void },
): HTMLElement {
  const { save } = options;
  if (save === undefined) return shown;
  const place = h("span", { class: "tb-editable" });
  const opener = h(
    "button",
    {
      type: "button",
      class: "tb-editable-text",
      "data-after": `edit-${options.label}`,
      title: `${shown.title ? `${shown.title}\n` : ""}Click to edit`,
      onclick: () => {
        const closed = () => {
          place.replaceChildren(opener);
          opener.focus();
          options.closed?.();
        };
        place.replaceChildren(editor({ ...options, save, closed }));
      },
    },
    shown,
    h("span", { class: "tb-sr" }, " (edit)"),
  );
  place.append(opener);
  return place;
}
