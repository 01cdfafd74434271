/** The form that registers a model: name and alias in place of the button that opened it.  Shared by card and table. */
import type { Registered } from "../bridge/methods";
import { modelName } from "../lib/text";
import { button, h, uniqueId } from "./dom";
import { messageOf } from "./view";

export interface RegisterHost {
  /** the experiment's name, from which a model name is proposed */
  experiment: string;
  register(name: string, alias: string | null): Promise<Registered>;
  done(registered: Registered): void;
  cancel(): void;
}

/** `breast-cancer v1 @champion` */
export function registeredPill({ name, version, aliases }: Registered): HTMLElement {
  const words = [`${name} v${version}`, ...aliases.map((alias) => `@${alias}`)].join(" ");
  return h(
    "span",
    { class: "tb-pill", title: words },
    h("bdi", { class: "tb-user" }, name),
    h("span", { class: "tb-pill-version" }, `v${version}`),
    ...aliases.map((alias) => h("span", { class: "tb-pill-alias tb-user" }, `@${alias}`)),
  );
}

export function registerForm(host: RegisterHost): HTMLFormElement {
  const name = field("Model name", { value: modelName(host.experiment), required: true });
  const alias = field("Alias", { placeholder: "champion" });
  const optional = h("span", { class: "tb-hint" }, "optional");
  alias.label.append(" ", optional);
  const problem = h("div", { class: "tb-form-problem", role: "alert" });
  const submit = h("button", { type: "submit", class: "tb-button tb-primary" }, "Register");
  const cancel = button("Cancel", () => host.cancel());

  const send = async () => {
    submit.disabled = true;
    submit.textContent = "Registering…";
    problem.textContent = "";
    try {
      host.done(await host.register(name.input.value.trim(), alias.input.value.trim().replace(/^@/, "") || null));
    } catch (error) {
      problem.textContent = messageOf(error);
      submit.disabled = false;
      submit.textContent = "Register";
      name.input.focus();
    }
  };
  const form = h(
    "form",
    {
      class: "tb-form",
      "aria-label": "Register model",
      onsubmit: (event: Event) => {
        event.preventDefault();
        if (name.input.value.trim() !== "") void send();
      },
      onkeydown: (event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === "Escape") host.cancel();
      },
    },
    name.element,
    alias.element,
    h("div", { class: "tb-form-actions" }, submit, cancel),
    problem,
  );
  queueMicrotask(() => name.input.select());
  return form;
}

/** A labelled input of a form. */
export function field(label: string, props: Record<string, string | number | boolean>) {
  const id = uniqueId("field");
  const labelElement = h("label", { for: id }, label);
  const input = h("input", { id, type: "text", class: "tb-input", autocomplete: "off", spellcheck: "false", ...props });
  return { element: h("div", { class: "tb-field" }, labelElement, input), label: labelElement, input };
}
