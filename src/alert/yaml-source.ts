import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";

/** Keys and indexes from the top of the file down to a value. */
export type YamlPath = readonly PropertyKey[];

/** What is wrong at a place of the file; a warning is odd, and works. */
export interface Finding {
  severity: "error" | "warning";
  /** From 1, as editors and terminals open it. */
  line: number;
  /** From 1, in characters. */
  column: number;
  message: string;
  /** `file:line:column: message` */
  text: string;
}

/** A YAML file with the places of its values, for mistakes that people can find. */
export class YamlSource {
  /** Everything found so far, in the order of the file. */
  get findings(): Finding[] {
    return this.found.toSorted((a, b) => a.offset - b.offset).map(({ finding }) => finding);
  }

  get hasMistakes(): boolean {
    return this.found.some(({ finding }) => finding.severity === "error");
  }

  /** Texts that had `${NAME}` in them, and whether every such variable is set. */
  private readonly fromEnvironment = new Map<unknown, boolean>();
  private readonly document: Document.Parsed;
  private readonly lines = new LineCounter();
  private readonly found: { offset: number; finding: Finding }[] = [];

  constructor(
    private readonly text: string,
    private readonly fileName: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const { pos, message } of this.document.errors) this.addAt(pos[0], `${message}${this.cureFor(pos[0])}`);
  }

  /**
   * Puts the value of the environment variable in the place of each `${NAME}`. After parsing, so that a value cannot
   * change the structure; one that is not set is a mistake.
   *
   * @param passOver sections that stay as they are
   */
  substitute(env: Readonly<Record<string, string | undefined>>, passOver: readonly string[] = []): void {
    visit(this.document, {
      Pair: (_, { key }, { length }) =>
        length === 2 && isScalar(key) && passOver.includes(String(key.value)) ? visit.SKIP : undefined,
      Scalar: (_, scalar) => {
        if (typeof scalar.value !== "string") return;
        scalar.value = scalar.value.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
          const value = env[name];
          this.fromEnvironment.set(scalar, value !== undefined && this.fromEnvironment.get(scalar) !== false);
          if (value === undefined) {
            this.addAt(scalar.range?.[0] ?? 0, `expected the environment variable ${name} to be set, found it is not`);
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
      this.addAt(0, error instanceof Error ? error.message : String(error));
      return {};
    }
  }

  /**
   * A mistake in the value at the path, or in the nearest thing around it that the file has.
   *
   * @param within the character of the text at the path that is wrong, from 0
   */
  add(path: YamlPath, message: string, within?: number): void {
    this.addAt(within === undefined ? this.offsetOf(path) : this.offsetWithin(path, within), message);
  }

  /** What is odd about the value at the path, and works. */
  warn(path: YamlPath, message: string): void {
    this.addAt(this.offsetOf(path), message, "warning");
  }

  /** A mistake in a key of the map at the path. */
  addAtKey(path: YamlPath, key: string, message: string): void {
    const map = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    this.addAt(offset ?? this.offsetOf(path), message);
  }

  /** The value as the file has it, in one short line; `nothing` when it is not there. */
  textAt(path: YamlPath): string {
    const node = this.nodeAt(path);
    if (node?.range == null) return "nothing";
    const text = this.text.slice(node.range[0], node.range[1]).trim().replace(/\s+/g, " ");
    if (text === "") return "nothing";
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  /** Where the text at the path comes from; `unset` when a variable of it is not set, which is a mistake already. */
  originOf(path: YamlPath): "file" | "environment" | "unset" {
    const node = this.nodeAt(path);
    const isSet = this.fromEnvironment.get(isAlias(node) ? node.resolve(this.document) : node);
    return isSet === undefined ? "file" : isSet ? "environment" : "unset";
  }

  private addAt(offset: number, message: string, severity: Finding["severity"] = "error"): void {
    const { line, col: column } = this.lines.linePos(offset);
    const said = severity === "warning" ? `warning: ${message}` : message;
    const text = `${this.fileName}:${line}:${column}: ${said}`;
    this.found.push({ offset, finding: { severity, line, column, message, text } });
  }

  private nodeAt(path: YamlPath): Node | undefined {
    let node: unknown = this.document.contents;
    for (const key of path) {
      const around = isAlias(node) ? node.resolve(this.document) : node;
      node = isCollection(around) ? around.get(key, true) : undefined;
    }
    return isNode(node) ? node : undefined;
  }

  private offsetOf(path: YamlPath): number {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.nodeAt(path.slice(0, length))?.range?.[0];
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  /**
   * Where a character of a text stands in the file, whose quotes, escapes, line breaks and indents are not in the text;
   * the beginning of the text when it is made of something else, such as an environment variable.
   */
  private offsetWithin(path: YamlPath, within: number): number {
    const start = this.offsetOf(path);
    const node = this.nodeAt(path);
    if (!isScalar(node) || typeof node.value !== "string" || node.range == null) return start;
    const [, end] = node.range;
    // A block begins behind the line with its | or >.
    const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    let at = isBlock ? this.text.indexOf("\n", start) + 1 : node.type === "PLAIN" ? start : start + 1;
    const skipTo = (character: string): void => {
      while (at < end && this.text[at] !== character && /[\s\\']/.test(this.text[at] ?? "")) at++;
    };
    for (const character of node.value.slice(0, within)) {
      if (/\s/.test(character)) continue;
      skipTo(character);
      if (this.text[at] !== character) return start;
      at++;
    }
    if (within < node.value.length) skipTo(node.value.charAt(within));
    return at;
  }

  private cureFor(offset: number): string {
    const { line } = this.lines.linePos(offset);
    const source = this.text.split("\n")[line - 1] ?? "";
    const unquoted = source.match(/^\s*(?:- )?(when|resolve_when):\s*(>.*)$/);
    return unquoted === null ? "" : `; write it in quotes: ${unquoted[1]}: "${unquoted[2]?.trim()}"`;
  }
}
