/** What is taken out of a table as text: onto the clipboard, or into a file. */
import type { TextFormat, TextOfRuns } from "../../bridge/table";
import { plural } from "../../lib/text";
import { toClipboard } from "../clipboard";
import { saveFile } from "../download";
import { messageOf } from "../view";

export interface TakeawayHost {
  text(format: TextFormat): Promise<TextOfRuns>;
  say(text: string): void;
  problem(text: string): void;
  /** shows a text to be copied by hand */
  offer(text: string): void;
}

const NAMES: Record<TextFormat, string> = { csv: "CSV", markdown: "Markdown", latex: "LaTeX" };

export async function copyText(text: string, host: TakeawayHost, said = "Copied."): Promise<void> {
  if (await toClipboard(text)) host.say(said);
  else host.offer(text);
}

export async function copyTable(format: TextFormat, host: TakeawayHost): Promise<void> {
  try {
    await copyText((await host.text(format)).text, host, `Copied as ${NAMES[format]}.`);
  } catch (error) {
    host.problem(messageOf(error));
  }
}

export async function download(format: TextFormat, host: TakeawayHost): Promise<void> {
  try {
    const { text, runs, name } = await host.text(format);
    saveFile(`${name}.${format}`, text, "text/csv");
    host.say(`${plural(runs, "row")} written to ${name}.${format}.`);
  } catch (error) {
    host.problem(messageOf(error));
  }
}
