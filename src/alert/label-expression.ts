import type { BilingualText } from "../indicators/language.js";

/** A regular expression that cannot be used here, and the kind that was expected in its place. */
export class ExpressionRefusal extends Error {
  override readonly name = "ExpressionRefusal";

  constructor(readonly text: BilingualText) {
    super(`expected ${text.en}`);
  }
}

/** Places that an expression has when its counted repetitions are written out; each is looked at for each character. */
const MOST_PLACES = 2000;

/** A place in the expression: what must hold there, and where it goes on. */
type Place =
  | { kind: "end" }
  | { kind: "character"; accepts(character: string): boolean; next: Place }
  | { kind: "boundary"; holds(text: string, at: number): boolean; next: Place }
  | { kind: "fork"; ways: Place[] };

/** Part of an expression: makes the places that lead to `next`. */
type Part = (next: Place) => Place;

/**
 * A JavaScript regular expression for a whole text. All its ways are followed at once, character by character, so the
 * time grows with the length of the text alone: whoever writes `(a+)+` cannot stop the server, as with the backtracking
 * of the language's own. For that it has neither look-around nor back references.
 */
export class LabelExpression {
  private readonly start: Place;

  /**
   * @throws {SyntaxError} it is no regular expression
   * @throws {ExpressionRefusal} it is one that cannot be followed so, or has too many places
   */
  constructor(source: string) {
    // Says what is wrong in the words that people know, so what follows may trust the syntax.
    new RegExp(source);
    this.start = new ExpressionReader(source).read()({ kind: "end" });
  }

  matches(text: string): boolean {
    let places = reached([this.start], text, 0);
    for (let at = 0; at < text.length && places.size > 0; at++) {
      const character = text.charAt(at);
      const next: Place[] = [];
      for (const place of places) {
        if (place.kind === "character" && place.accepts(character)) next.push(place.next);
      }
      places = reached(next, text, at + 1);
    }
    for (const { kind } of places) if (kind === "end") return true;
    return false;
  }
}

/** These places, and those that they lead to without a character. */
function reached(from: Place[], text: string, at: number): Set<Place> {
  const places = new Set<Place>();
  const open = from;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (places.has(place)) continue;
    places.add(place);
    if (place.kind === "fork") open.push(...place.ways);
    else if (place.kind === "boundary" && place.holds(text, at)) open.push(place.next);
  }
  return places;
}

const isWord = (text: string, at: number): boolean => /\w/.test(text.charAt(at));
const isWordEdge = (text: string, at: number): boolean => isWord(text, at - 1) !== isWord(text, at);

const BOUNDARIES: Readonly<Record<string, (text: string, at: number) => boolean>> = {
  "^": (_, at) => at === 0,
  $: (text, at) => at === text.length,
  "\\b": isWordEdge,
  "\\B": (text, at) => !isWordEdge(text, at),
};

/** A class, an escape, or one character. */
const ATOM = /\[(?:\\.|[^\]\\])*\]|\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|.)|./sy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;
const GROUP = /\((?:\?(?::|<(?![=!])[^>]*>))?/y;

/** Reads an expression that the language itself takes. */
class ExpressionReader {
  #at = 0;
  #places = 0;

  constructor(private readonly source: string) {}

  read(): Part {
    const ways = [this.#sequence()];
    while (this.#take("|")) ways.push(this.#sequence());
    const [only] = ways;
    if (only !== undefined && ways.length === 1) return only;
    return (next) => this.#placed({ kind: "fork", ways: ways.map((way) => way(next)) });
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.source.length && !/[|)]/.test(this.source.charAt(this.#at))) parts.push(this.#repeated());
    return (next) => parts.reduceRight((after, part) => part(after), next);
  }

  #repeated(): Part {
    const part = this.#one();
    const [quantifier, sign, least, comma, most] = this.#match(QUANTIFIER) ?? [];
    if (quantifier === undefined) return part;
    if (sign !== undefined) return this.#times(part, sign === "+" ? 1 : 0, sign === "?" ? 1 : undefined);
    return this.#times(part, Number(least), comma === undefined ? Number(least) : most ? Number(most) : undefined);
  }

  #one(): Part {
    if (this.source.charAt(this.#at) === "(") return this.#group();
    const [atom = ""] = this.#match(ATOM) ?? [];
    if (/^\\[\dk]/.test(atom) && !this.#isNull(atom)) {
      throw new ExpressionRefusal({
        en: `a regular expression without back references such as ${atom}`,
        zh: `不含反向引用（例如 ${atom}）的正则表达式`,
      });
    }
    const holds = Object.hasOwn(BOUNDARIES, atom) ? BOUNDARIES[atom] : undefined;
    if (holds !== undefined) return (next) => this.#placed({ kind: "boundary", holds, next });
    const isPlain = atom.length === 1 && atom !== ".";
    const expression = new RegExp(isPlain ? "" : `^${atom}$`);
    const accepts = isPlain
      ? (character: string) => character === atom
      : (character: string) => expression.test(character);
    return (next) => this.#placed({ kind: "character", accepts, next });
  }

  /** `\0` is a character, but with a digit after it an octal number, which reads like a back reference. */
  #isNull(atom: string): boolean {
    return atom === "\\0" && !/\d/.test(this.source.charAt(this.#at));
  }

  #group(): Part {
    const [opening] = this.#match(GROUP) ?? [];
    if (opening === "(" && this.source.charAt(this.#at) === "?") {
      const found = this.source.slice(this.#at - 1, this.#at + 3);
      throw new ExpressionRefusal({
        en: `a regular expression without look-around and flags such as ${found}: use != or !~ for what must not match`,
        zh: `不含环视和标志（例如 ${found}）的正则表达式；不应匹配的内容请用 != 或 !~`,
      });
    }
    const inside = this.read();
    this.#take(")");
    return inside;
  }

  #times(part: Part, least: number, most: number | undefined): Part {
    return (next) => {
      let place = next;
      if (most === undefined) {
        const loop: Place & { kind: "fork" } = { kind: "fork", ways: [next] };
        loop.ways.push(part(this.#placed(loop)));
        place = loop;
      }
      for (let time = least; time < (most ?? least); time++) {
        place = this.#placed({ kind: "fork", ways: [next, part(place)] });
      }
      for (let time = 0; time < least; time++) {
        this.#count();
        place = part(place);
      }
      return place;
    };
  }

  #placed<P extends Place>(place: P): P {
    this.#count();
    return place;
  }

  /** Also what repeats nothing: `(){1000000}` is as much work. */
  #count(): void {
    if (++this.#places > MOST_PLACES) {
      throw new ExpressionRefusal({
        en: "a regular expression with fewer counted repetitions, such as {1,100}",
        zh: "重复次数更少的正则表达式，例如 {1,100}",
      });
    }
  }

  #take(sign: string): boolean {
    const isThere = this.source.charAt(this.#at) === sign;
    if (isThere) this.#at++;
    return isThere;
  }

  #match(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const found = token.exec(this.source);
    this.#at += found?.[0].length ?? 0;
    return found;
  }
}
