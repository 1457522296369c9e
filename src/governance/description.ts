/**
 * The convention of a proposal's description: Markdown; `# title` first, then the text, a line `Discussion: <URI>` where it
 * is talked about, and at the very end `#proposer=0x...`, which the governor insists on.
 */

/** A description, taken apart. */
export interface Description {
  readonly title: string;
  readonly text: string;
  /** Where it is discussed; undefined when the description names no place. */
  readonly discussion?: string | undefined;
}

const SUFFIX = /#proposer=(0x[0-9a-fA-F]{40})$/;
const TITLE = /^# +(.+)$/m;
const DISCUSSION = /^Discussion: *(\S+)$/m;

/** A title or place of discussion that cannot be part of a description. */
export class InvalidDescription extends Error {
  override readonly name = "InvalidDescription";
}

/** The description that `proposer` may propose. Throws InvalidDescription. */
export function describe({ title, text, discussion }: Description, proposer: string): string {
  if (title.trim() === "" || /[\r\n]/.test(title)) throw new InvalidDescription("a proposal needs a title of one line");
  if (discussion !== undefined && !isPlace(discussion)) {
    throw new InvalidDescription(`${discussion} is no https, ipfs or ipns URI`);
  }
  const parts = [`# ${title.trim()}`, text.trim(), discussion === undefined ? "" : `Discussion: ${discussion}`];
  return [...parts.filter((part) => part !== ""), `#proposer=${proposer}`].join("\n\n");
}

/** Takes a description apart; whatever it lacks is empty. */
export function readDescription(description: string): Description & { readonly proposer: string | undefined } {
  const proposer = SUFFIX.exec(description)?.[1];
  const title = TITLE.exec(description)?.[1]?.trim() ?? description.split("\n", 1)[0] ?? "";
  const discussion = DISCUSSION.exec(description)?.[1];
  const text = description.replace(SUFFIX, "").replace(TITLE, "").replace(DISCUSSION, "").trim();
  return { title, text, discussion: isPlace(discussion) ? discussion : undefined, proposer };
}

/** Only places that a reader may follow: nobody should be sent to a script by a proposal. */
function isPlace(uri: string | undefined): uri is string {
  return uri !== undefined && /^(https|ipfs|ipns):\/\/\S+$/.test(uri);
}
