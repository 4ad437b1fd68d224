import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";

/** Keys and indexes from the top of the file down to a value. */
export type YamlPath = readonly PropertyKey[];

/** A place in the file, as editors and terminals open it: `file:line:column`, both from 1. */
type Place = { offset: number };

/** A YAML file with the places of its values, for mistakes that people can find. */
export class YamlSource {
  /** Every mistake found so far, in the order of the file. */
  get mistakes(): string[] {
    return this.found.toSorted((a, b) => a.offset - b.offset).map(({ text }) => text);
  }

  private readonly document: Document.Parsed;
  private readonly lines = new LineCounter();
  private readonly found: { offset: number; text: string }[] = [];

  constructor(
    private readonly text: string,
    private readonly fileName: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const error of this.document.errors)
      this.addAt({ offset: error.pos[0] }, `${error.message}${this.cureFor(error.pos[0])}`);
  }

  /**
   * Puts the value of the environment variable in the place of each `${NAME}`. After parsing, so that a value cannot
   * change the structure; one that is not set is a mistake.
   */
  substitute(env: Readonly<Record<string, string | undefined>>): void {
    visit(this.document, {
      Scalar: (_, scalar) => {
        if (typeof scalar.value !== "string") return;
        scalar.value = scalar.value.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
          const value = env[name];
          if (value === undefined) {
            this.addAt(
              { offset: scalar.range?.[0] ?? 0 },
              `expected the environment variable ${name} to be set, found it is not`,
            );
          }
          return value ?? whole;
        });
      },
    });
  }

  /** Plain values; what the file says twice through aliases is there twice, within limits. */
  toJs(): unknown {
    try {
      return this.document.toJS() ?? {};
    } catch (error) {
      this.addAt({ offset: 0 }, error instanceof Error ? error.message : String(error));
      return {};
    }
  }

  /** A mistake in the value at the path, or in the nearest thing around it that the file has. */
  add(path: YamlPath, message: string): void {
    this.addAt({ offset: this.offsetOf(path) }, message);
  }

  /** A mistake in a key of the map at the path. */
  addAtKey(path: YamlPath, key: string, message: string): void {
    const map = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    this.addAt({ offset: offset ?? this.offsetOf(path) }, message);
  }

  /** The value as the file has it, in one short line; `nothing` when it is not there. */
  textAt(path: YamlPath): string {
    const node = this.nodeAt(path);
    if (node?.range == null) return "nothing";
    const text = this.text.slice(node.range[0], node.range[1]).trim().replace(/\s+/g, " ");
    if (text === "") return "nothing";
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  private addAt({ offset }: Place, message: string): void {
    const { line, col } = this.lines.linePos(offset);
    this.found.push({ offset, text: `${this.fileName}:${line}:${col}: ${message}` });
  }

  private nodeAt(path: YamlPath): Node | undefined {
    const node = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  private offsetOf(path: YamlPath): number {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.nodeAt(path.slice(0, length))?.range?.[0];
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  private cureFor(offset: number): string {
    const { line } = this.lines.linePos(offset);
    const source = this.text.split("\n")[line - 1] ?? "";
    const unquoted = source.match(/^\s*(?:- )?(when|resolve_when):\s*(>.*)$/);
    return unquoted === null ? "" : `; write it in quotes: ${unquoted[1]}: "${unquoted[2]?.trim()}"`;
  }
}
