/** What each change asks for. */
import type { Action, RunModels, VersionRow } from "../../bridge/registry";
import { modelName } from "../../lib/text";
import { h, uniqueId } from "../dom";
import type { Asked, Field } from "./dialog";

const STAGES = ["None", "Staging", "Production", "Archived"];

const clean = (text: string) => text.trim();

function labelled(label: string, control: HTMLElement): HTMLElement {
  control.id = uniqueId("field");
  return h("div", { class: "tb-field tb-wide" }, h("label", { for: control.id }, label), control);
}

function textField(name: string, label: string, value = "", more: Record<string, string | boolean> = {}): Field {
  const input = h("input", {
    type: "text",
    class: "tb-input",
    autocomplete: "off",
    spellcheck: "false",
    value,
    ...more,
  });
  return { element: labelled(label, input), values: () => ({ [name]: clean(input.value) }) };
}

function longField(name: string, label: string, value: string): Field {
  const area = h("textarea", { class: "tb-input tb-long", rows: 4 });
  area.value = value;
  return { element: labelled(label, area), values: () => ({ [name]: area.value }) };
}

function choiceField(name: string, label: string, options: readonly (readonly [string, string])[], chosen = ""): Field {
  const marked = options.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  const select = h("select", { class: "tb-input" }, ...marked);
  return { element: labelled(label, select), values: () => ({ [name]: select.value }) };
}

function checkField(name: string, label: string): Field {
  const box = h("input", { type: "checkbox", checked: true, id: uniqueId("field") });
  const element = h("div", { class: "tb-check" }, box, h("label", { for: box.id }, label));
  return { element, values: () => ({ [name]: box.checked }) };
}

/** The forms of one version, or of the model where there is none. */
export function askedFor(
  action: Action,
  name: string,
  row: VersionRow | null,
  more: Record<string, string> = {},
): Asked {
  const version = row?.version;
  const change = { action, name, ...(version === undefined ? {} : { version }), ...more };
  const what = version === undefined ? "the model" : `v${version}`;
  switch (action) {
    case "alias":
      return {
        title: `Set an alias on ${what}`,
        change,
        fields: [textField("alias", "Alias", "champion", { placeholder: "champion" })],
        submit: "Set alias",
      };
    case "unalias":
      return { title: `Remove the alias ${more.alias}`, change, fields: [], submit: "Remove alias", danger: true };
    case "stage":
      return {
        title: `Move ${what} to a stage`,
        change,
        fields: [
          choiceField(
            "stage",
            "Stage",
            STAGES.map((stage) => [stage, stage] as const),
            row?.stage === "Production" ? "Archived" : "Production",
          ),
          checkField("archive", "Archive the versions that are in this stage"),
        ],
        submit: "Move",
      };
    case "describe":
      return {
        title: `Describe ${what}`,
        change,
        fields: [longField("text", "Description", row?.description ?? more.text ?? "")],
        submit: "Save description",
      };
    case "tag":
      return more.key === undefined
        ? {
            title: `Tag ${what}`,
            change,
            fields: [textField("key", "Key"), textField("value", "Value")],
            submit: "Set tag",
          }
        : {
            title: `Remove the tag ${more.key}`,
            change: { ...change, value: null },
            fields: [],
            submit: "Remove tag",
            danger: true,
          };
    case "copy":
      return {
        title: `Copy ${what} to another model`,
        change,
        fields: [textField("to", "Model", "", { placeholder: "the model's name, made where there is none" })],
        submit: "Copy",
      };
    case "protect":
      return {
        title: "Protect the model",
        change,
        fields: [
          textField("approvers", "Approvers of promotions and deletions, none for no protection", more.approvers, {
            placeholder: "ann, group:ops",
          }),
        ],
        submit: "Save approvers",
      };
    case "approve":
      return { title: `Approve request ${more.request}`, change, fields: [], submit: "Approve" };
    case "refuse":
      return { title: `Refuse request ${more.request}`, change, fields: [], submit: "Refuse", danger: true };
    case "rename":
      return { title: "Rename the model", change, fields: [textField("to", "New name", name)], submit: "Rename" };
    default:
      return { title: `Delete ${what}`, change, fields: [], submit: "Delete", danger: true };
  }
}

/** A version made of a run's model; `name` is the open model's, null in the list. */
export function askedToRegister(found: readonly RunModels[], name: string | null): Asked {
  const options = found.flatMap((one) =>
    one.paths.map((path) => [JSON.stringify([one.run.run_id, path]), `${one.run.name} · ${path}`] as const),
  );
  const source = choiceField("source", "Model of run", options);
  const run: Field = {
    element: source.element,
    values: () => {
      const [run_id, path] = JSON.parse(String(source.values().source || '["",""]')) as [string, string];
      return { run_id, path };
    },
  };
  const proposed = name ?? modelName(found[0]?.run.experiment ?? "");
  const alias = textField("alias", "Alias, if wanted", "", { placeholder: "champion" });
  const model = name === null ? [textField("name", "Registered model", proposed)] : [];
  return {
    title: name === null ? "Register a model" : "Register a new version",
    change: { action: "register", name: proposed },
    fields: [run, ...model, alias],
    submit: "Register",
  };
}
